import { z } from 'zod';

/** An error as RFC 9457 has it, with the stable `code` of the kind of error. */
export const problemDocument = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  instance: z.string(),
});
export type ProblemDocument = z.infer<typeof problemDocument>;

/** A UTC instant, ISO 8601 with milliseconds and Z. */
export const instant = z.iso.datetime({ offset: false, precision: 3 });

/** Money in minor units (kopecks) of the currency that stands beside it; within what a double holds exactly. */
export const amountMinor = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** ISO 4217, letters. */
export const currency = z.string().regex(/^[A-Z]{3}$/);

/** Till id: lower-case letters, digits and hyphens ("till-1"). */
export const tillId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/);

/** Sale identity, minted by the till before the card is read: till id, a hyphen, the sale's number in six digits or more. */
export const saleId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}-\d{6,}$/);

/** Masked PAN: first six and last four digits, stars between ("220220******1234"). */
export const maskedPan = z.string().regex(/^\d{6}\*+\d{4}$/);

/** Card reference: HMAC-SHA-256 of the PAN under a key that only readers and the host hold, 64 hex digits. */
export const cardReference = z.string().regex(/^[0-9a-f]{64}$/);

/** A phone number in E.164 ("+79001234567"). */
export const phone = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'a phone number begins with + and the country code, digits only');

export const language = z.enum(['ru', 'en']);
export type Language = z.infer<typeof language>;

export const tender = z.enum(['card', 'cash']);
export type Tender = z.infer<typeof tender>;

/**
 * Why a till refused a card, or could not finish a sale. The words for each, in both languages, are in
 * `@bivak/words`.
 */
export const refusalReason = z.enum([
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
]);
export type RefusalReason = z.infer<typeof refusalReason>;

/** One check that acceptance made, for the record and for the console. */
export const check = z.object({
  name: z.string(),
  passed: z.boolean(),
  /** In plain English, with the figures: "sum 1 500 00 of at most 5 000 00 minor units". */
  detail: z.string(),
});
export type Check = z.infer<typeof check>;
