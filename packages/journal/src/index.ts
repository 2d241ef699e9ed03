export { type BatchError, type BatchReading, decodeBatch, encodeBatch } from './batch.ts';
export {
  type ChainError,
  type ChainPlace,
  genesisHash,
  hashOf,
  readPayload,
  type SealedEntry,
  sealEntry,
  verifyNext,
} from './chain.ts';
export * from './entries.ts';
