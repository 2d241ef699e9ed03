export { addMinor, feeMinor, MoneyError, multiplyMinor, sumMinor, vatContainedMinor } from './arithmetic.ts';
export { type Currency, currencies, currencyOf } from './currencies.ts';
