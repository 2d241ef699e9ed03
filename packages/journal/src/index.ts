export { type BatchError, type BatchReading, decodeBatch, encodeBatch, type LineFault } from './batch.ts';
export {
  type ChainPlace,
  genesisHash,
  hashOf,
  readEntry,
  readEnvelope,
  type SealedEntry,
  sealEntry,
  verifyNext,
} from './chain.ts';
export * from './entries.ts';
