export { type CardAnswer, type CardPrompt, type CardReader, cardReader } from './reader-client.ts';
