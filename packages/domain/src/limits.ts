import { z } from 'zod';
import { amountMinor, durationMs } from './primitives.ts';

/** Limits on offline sales. Sums in minor units, ages in milliseconds. */
export const offlineLimits = z.object({
  perSaleMinor: amountMinor,
  perCardMinor: amountMinor,
  perCardCount: z.number().int(),
  perTillMinor: amountMinor,
  perTillCount: z.number().int(),
  stopListMaxAgeMs: durationMs,
});
export type OfflineLimits = z.infer<typeof offlineLimits>;
