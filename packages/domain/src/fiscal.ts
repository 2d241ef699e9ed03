import { z } from 'zod';
import { instant } from './primitives.ts';

/** What the fiscal drive signed. */
export const fiscalMark = z.object({
  driveNumber: z.string(),
  registrationNumber: z.string(),
  documentNumber: z.number().int(),
  /** The printed fiscal sign: bytes 2..5 of tag 1077 as an unsigned number. */
  fiscalSign: z.number().int(),
  shiftNumber: z.number().int(),
  receiptNumber: z.number().int(),
  signedAt: instant,
  /** The text of the receipt's QR code. */
  qr: z.string(),
});
export type FiscalMark = z.infer<typeof fiscalMark>;

/** A document that opens or closes a shift. */
export const shiftMark = z.object({
  shiftNumber: z.number().int(),
  documentNumber: z.number().int(),
  fiscalSign: z.number().int(),
  signedAt: instant,
});
export type ShiftMark = z.infer<typeof shiftMark>;

/** Why a fiscal device refused, by name. */
export const fiscalRefusals = [
  'unknown-command',
  'wrong-state',
  'drive-error',
  'crypto-error',
  'drive-expired',
  'archive-full',
  'wrong-date-time',
  'no-such-data',
  'bad-parameters',
  'document-too-large',
  'no-operator-connection',
  'crypto-exhausted',
  'unsent-storage-full',
  'not-confirmed-30-days',
  'shift-over-24h',
  'clock-drift',
  'operator-message-refused',
  'shift-already-open',
  'shift-not-open',
  'registered-for-another',
  'bad-registration',
  'other',
] as const;
export const fiscalRefusal = z.enum(fiscalRefusals);
export type FiscalRefusal = z.infer<typeof fiscalRefusal>;
