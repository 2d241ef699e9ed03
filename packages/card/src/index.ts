export {
  dataEncryptionKey,
  deriveInitialKey,
  isUsableCounter,
  nextCounter,
  transactionKey,
} from './dukpt.ts';
export { cardReference, longestPrefix, luhnDigit, luhnValid, maskPan } from './pan.ts';
export { CardDataError, openTrack2, parseTrack2, sealTrack2, type Track2 } from './track2.ts';
