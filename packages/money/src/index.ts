export { addMinor, feeMinor, MoneyError, multiplyMinor, sumMinor, vatContainedMinor } from './arithmetic.ts';
export { currencyOf, minorOfText } from './currencies.ts';
