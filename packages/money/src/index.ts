export { addMinor, feeMinor, MoneyError, multiplyMinor, sumMinor } from './arithmetic.ts';
export { formatMoney } from './format.ts';
export { vatContainedMinor, vatRates } from './vat.ts';
