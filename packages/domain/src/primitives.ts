import { z } from 'zod';

/** A UTC instant, ISO 8601 with milliseconds and Z. */
export const instant = z.iso.datetime({ offset: false, precision: 3 });

/** Money in minor units (kopecks) of the currency that stands beside it; within what a double holds exactly. */
export const amountMinor = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** ISO 4217, letters. */
export const currency = z.string().regex(/^[A-Z]{3}$/);

/** Till id: lower-case letters, digits and hyphens ("till-1"). */
export const tillId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/);

/** Sale identity, minted by the till before the card is read: till id, a hyphen, the sale's number in 6 to 15 digits. */
export const saleId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}-\d{6,15}$/);

/** A phone number in E.164 ("+79001234567"). */
export const phone = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'a phone number begins with + and the country code, digits only');

/** A percentage as text, so that no digit is lost: "1.7". */
export const percent = z.string().regex(/^\d{1,3}(\.\d{1,4})?$/, 'a percentage as text: "1.7"');

/** A duration or an age in milliseconds. */
export const durationMs = z.number().int();

/** A count of things. */
export const count = z.number().int().min(0);

/** A name that people gave, by the code of the language in which they gave it: `{"ru": "Банк Север", "en": "North Bank"}`. */
export const localName = z.record(z.string(), z.string());
export type LocalName = z.infer<typeof localName>;
