import { type VatRate, vatTable } from '@bivak/domain';

/** A sum that integer minor units can't hold exactly, or that is no sum at all. */
export class MoneyError extends Error {}

/** Checks an amount in minor units: a whole number, 0 or more, exact as a double. Throws {@link MoneyError}. */
function checked(amountMinor: number): number {
  if (Number.isSafeInteger(amountMinor) && amountMinor >= 0) return amountMinor;
  throw new MoneyError(
    `${amountMinor} is no amount in minor units: it has to be whole, 0 or more, at most ${Number.MAX_SAFE_INTEGER}`,
  );
}

/** `aMinor + bMinor`. Throws {@link MoneyError} if the sum overflows. */
export function addMinor(aMinor: number, bMinor: number): number {
  return checked(checked(aMinor) + checked(bMinor));
}

/** The sum of all amounts. Throws {@link MoneyError} if it overflows. */
export function sumMinor(amountsMinor: readonly number[]): number {
  return amountsMinor.reduce(addMinor, 0);
}

/** `amountMinor × quantity`, a whole quantity. Throws {@link MoneyError} if it overflows. */
export function multiplyMinor(amountMinor: number, quantity: number): number {
  const product = BigInt(checked(amountMinor)) * BigInt(checked(quantity));
  return checked(Number(product));
}

/** A fee of `percent` ("1.7", at most four decimals) of the amount, half a minor unit rounded up. */
export function feeMinor(amountMinor: number, percent: string): number {
  const [, whole, decimals = ''] = /^(\d{1,3})(?:\.(\d{1,4}))?$/.exec(percent) ?? [];
  if (whole === undefined)
    throw new MoneyError(`"${percent}" is no percentage: digits, a point and at most four decimals`);
  const perMillion = BigInt(whole) * 10_000n + BigInt(decimals.padEnd(4, '0'));
  return Number((BigInt(checked(amountMinor)) * perMillion * 2n + 1_000_000n) / 2_000_000n);
}

/** The VAT that a sum contains, half a minor unit rounded up: sum × percent / (100 + percent). */
export function vatContainedMinor(sumMinor: number, vatRate: VatRate): number {
  const percent = BigInt(vatTable[vatRate].percent);
  const whole = 100n + percent;
  return Number((BigInt(checked(sumMinor)) * percent * 2n + whole) / (whole * 2n));
}
