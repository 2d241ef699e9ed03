export {
  dataEncryptionKey,
  deriveInitialKey,
  initialKeyDerivation,
  isUsableCounter,
  nextCounter,
  serialNumberParts,
  transactionKey,
} from './dukpt.ts';
export { cardReference, longestPrefix, luhnDigit, luhnValid, maskPan } from './pan.ts';
export { type Purchase, purchaseContext } from './purchase.ts';
export { CardDataError, openTrack2, parseTrack2, sealTrack2, type Track2 } from './track2.ts';
export { lend } from './wiping.ts';
