export { type CardReader, cardReader } from './reader-client.ts';
