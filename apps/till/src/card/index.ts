export { type CardPrompt, type CardReader, type CardReadResult, cardReader } from './reader-client.ts';
