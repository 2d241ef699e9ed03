import { z } from 'zod';

/** Masked PAN: first six and last four digits, stars between ("220220******1234"). */
export const maskedPan = z.string().regex(/^\d{6}\*+\d{4}$/);

/** Card reference: HMAC-SHA-256 of the PAN under a key that only readers and the host hold, 64 hex digits. */
export const cardReference = z.string().regex(/^[0-9a-f]{64}$/);

/** What the reader gives: card data that only the host's key store can open, and what may be seen. */
export const cardTap = z.object({
  /** Key serial number of AES DUKPT (ANSI X9.24-3), 24 hex digits. */
  ksn: z.string().regex(/^[0-9a-f]{24}$/),
  /** Track-2-equivalent data (`PAN=YYMMSSS`), encrypted by the reader, hex: see `@bivak/card`. */
  ciphertext: z.string().regex(/^(?:[0-9a-f]{2})+$/),
  maskedPan,
  cardReference,
  /** YYMM. */
  expiry: z.string().regex(/^\d{2}(0[1-9]|1[0-2])$/),
  /** Three digits (ISO/IEC 7813). */
  serviceCode: z.string().regex(/^\d{3}$/),
});
export type CardTap = z.infer<typeof cardTap>;

/** Why encrypted card data cannot be opened. */
export const cardDataFaults = [
  'unusable-key-serial-number',
  'not-hex',
  'too-short',
  'altered-or-other-key',
  'bad-track-2',
  'other-card-than-reference',
] as const;
export const cardDataFault = z.enum(cardDataFaults);
export type CardDataFault = z.infer<typeof cardDataFault>;

/** The card scheme whose rules bind a retry. `other` gets the cautious default. */
export const schemes = ['visa', 'mastercard', 'mir', 'other'] as const;
export const scheme = z.enum(schemes);
export type Scheme = z.infer<typeof scheme>;
