/**
 * VAT of a receipt's line. `code` is the value of tag 1199; `totalTag` the receipt's own tag for the total of this
 * rate, null if it goes into tag 1115 (rates of 2025 and 2026). For "0" and "none" the total is that of the
 * sums, for the others that of the tax.
 */
export interface VatRow {
  rate: string;
  percent: number;
  code: number;
  totalTag: number | null;
  /** The first day on which the rate may be used, as far as it is younger than FFD 1.05. */
  since: string | null;
}

/**
 * Sources: 1–6 FNS order MMV-7-20/229@, table of tag 1199; 5 and 7 per cent from 2025-01-01, 22 per cent from
 * 2026-01-01 (code 11 as receipts of 2026 in public collections have it, with their totals in tags 1115 and 1119).
 */
export const vatRows: readonly VatRow[] = [
  { rate: '22', percent: 22, code: 11, totalTag: null, since: '2026-01-01' },
  { rate: '20', percent: 20, code: 1, totalTag: 1102, since: null },
  { rate: '10', percent: 10, code: 2, totalTag: 1103, since: null },
  { rate: '7', percent: 7, code: 8, totalTag: null, since: '2025-01-01' },
  { rate: '5', percent: 5, code: 7, totalTag: null, since: '2025-01-01' },
  { rate: '0', percent: 0, code: 5, totalTag: 1104, since: null },
  { rate: 'none', percent: 0, code: 6, totalTag: 1105, since: null },
];

export function vatRow(rate: string): VatRow | undefined {
  return vatRows.find((row) => row.rate === rate);
}

/** The tax that a sum with VAT holds, in minor units, rounded half up: sum × rate / (100 + rate). */
export function vatWithin(sumMinor: number, percent: number): number {
  const numerator = BigInt(sumMinor) * BigInt(percent);
  const denominator = BigInt(100 + percent);
  return Number((2n * numerator + denominator) / (2n * denominator));
}
