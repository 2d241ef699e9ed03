import { z } from 'zod';

/** Why a till refused a card, or could not finish a sale. `@bivak/messages` has what the cashier reads aloud and does. */
export const refusalReasons = [
  'stop-listed',
  'stop-list-too-old',
  'expired-card',
  'offline-not-permitted',
  'over-sale-limit',
  'over-card-limit',
  'over-card-count',
  'over-till-limit',
  'over-till-count',
  'clock-unsure',
  'card-unreadable',
  'card-not-presented',
  'card-reader-silent',
  'declined-online',
  'fiscal-drive-refused',
  'fiscal-drive-silent',
  'interrupted',
] as const;
export const refusalReason = z.enum(refusalReasons);
export type RefusalReason = z.infer<typeof refusalReason>;
