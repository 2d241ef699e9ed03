import { z } from 'zod';

/**
 * A VAT rate of a catalogue and how a receipt names it. `code` is the value of tag 1199; `totalTag` the receipt's own tag
 * for the total of this rate, null if it goes into tag 1115 (rates of 2025 and 2026). For "0" and "none" the total is that
 * of the sums, for the others that of the tax.
 */
export interface VatRow {
  percent: number;
  code: number;
  totalTag: number | null;
  /** The first day on which the rate may be used; null if it is as old as FFD 1.05. */
  since: string | null;
}

/**
 * The one VAT table. Sources: codes 1–6 FNS order MMV-7-20/229@, table of tag 1199; 5 and 7 per cent from 2025-01-01; 22 per
 * cent from 2026-01-01 (FNS order ЕД-7-20/1050@ of 8 December 2025), with its totals in tags 1115 and 1119.
 * `none` is a sale without VAT, `0` one at the zero rate.
 */
export const vatTable = {
  '22': { percent: 22, code: 11, totalTag: null, since: '2026-01-01' },
  '20': { percent: 20, code: 1, totalTag: 1102, since: null },
  '10': { percent: 10, code: 2, totalTag: 1103, since: null },
  '7': { percent: 7, code: 8, totalTag: null, since: '2025-01-01' },
  '5': { percent: 5, code: 7, totalTag: null, since: '2025-01-01' },
  '0': { percent: 0, code: 5, totalTag: 1104, since: null },
  none: { percent: 0, code: 6, totalTag: 1105, since: null },
} as const satisfies Readonly<Record<string, VatRow>>;

export type VatRate = keyof typeof vatTable;
export const vatRates = Object.keys(vatTable) as [VatRate, ...VatRate[]];

/** As the catalogue has it: "22", "10", "0", "none" (per cent). */
export const vatRate = z.enum(vatRates);
