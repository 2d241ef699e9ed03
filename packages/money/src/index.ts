export { addMinor, feeMinor, MoneyError, multiplyMinor, sumMinor, vatContainedMinor } from './arithmetic.ts';
export { formatMoney } from './format.ts';
