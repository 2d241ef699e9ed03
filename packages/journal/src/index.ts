export {
  type Attachment,
  type Attachments,
  attach,
  attachmentFault,
  commitmentTo,
  readContent,
} from './attachments.ts';
export { type BatchError, type BatchReading, decodeBatch, encodeBatch, type LineFault } from './batch.ts';
export {
  type ChainPlace,
  genesisHash,
  hashOf,
  type NewAttachments,
  readEntry,
  readEnvelope,
  type SealedEntry,
  type SignedEntry,
  sealEntry,
  verifyNext,
} from './chain.ts';
export * from './entries.ts';
