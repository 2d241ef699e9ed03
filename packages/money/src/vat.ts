import { MoneyError } from './arithmetic.ts';

/** VAT rates of a catalogue, in per cent; `none` is a sale without VAT, `0` one at the zero rate. */
export const vatRates = ['22', '20', '10', '7', '5', '0', 'none'] as const;

/**
 * The VAT that a sum contains, half a kopeck rounded up: sum × rate / (100 + rate). Throws {@link MoneyError} for a
 * rate that is not in {@link vatRates}.
 */
export function vatContainedMinor(sumMinor: number, vatRate: string): number {
  if (!(vatRates as readonly string[]).includes(vatRate))
    throw new MoneyError(`there is no VAT rate "${vatRate}"`);
  if (vatRate === 'none') return 0;
  const rate = BigInt(vatRate);
  return Number((BigInt(sumMinor) * rate * 2n + (100n + rate)) / ((100n + rate) * 2n));
}
