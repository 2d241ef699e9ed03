import { z } from 'zod';

/** Masked PAN: first six and last four digits, stars between ("220220******1234"). */
export const maskedPan = z.string().regex(/^\d{6}\*+\d{4}$/);

/** Card reference: HMAC-SHA-256 of the PAN under a key that only readers and the host hold, 64 hex digits. */
export const cardReference = z.string().regex(/^[0-9a-f]{64}$/);

/** What may be seen of a card that was held to a reader: this is signed into the journal and stays. */
export const cardSummary = z.object({
  /** Key serial number of AES DUKPT (ANSI X9.24-3), 24 hex digits: used for one tap, never again. */
  ksn: z.string().regex(/^[0-9a-f]{24}$/),
  maskedPan,
  cardReference,
  /** YYMM. */
  expiry: z.string().regex(/^\d{2}(0[1-9]|1[0-2])$/),
  /** Three digits (ISO/IEC 7813). */
  serviceCode: z.string().regex(/^\d{3}$/),
});
export type CardSummary = z.infer<typeof cardSummary>;

/** What only the host's key store can open, and what is destroyed: it lies beside the journal's entry. */
export const cardBlock = z.object({
  /** Track-2-equivalent data (`PAN=YYMMSSS…`), sealed by the reader for one purchase, hex: see `@bivak/card`. */
  ciphertext: z.string().regex(/^(?:[0-9a-f]{2})+$/),
});
export type CardBlock = z.infer<typeof cardBlock>;

/** What the reader gives. */
export const cardTap = cardSummary.extend(cardBlock.shape);
export type CardTap = z.infer<typeof cardTap>;

/**
 * Why a card cannot be debited for a sale:
 * - `unusable-key-serial-number`, `not-hex`, `too-short`, `bad-track-2`: it has not the form that a reader gives
 * - `altered-or-other-key`: altered, sealed for another sale, sum or till, or by a reader whose key is not loaded
 * - `other-card-than-reference`, `other-mask`, `other-expiry`, `other-service-code`: what is sealed is not what the sale says
 * - `used-by-another-sale`: its key serial number has paid for another sale
 * - `missing`: it never arrived
 * - `destroyed`: it was destroyed, as it is once nothing needs it any more
 */
export const cardDataFaults = [
  'unusable-key-serial-number',
  'not-hex',
  'too-short',
  'altered-or-other-key',
  'bad-track-2',
  'other-card-than-reference',
  'other-mask',
  'other-expiry',
  'other-service-code',
  'used-by-another-sale',
  'missing',
  'destroyed',
] as const;
export const cardDataFault = z.enum(cardDataFaults);
export type CardDataFault = z.infer<typeof cardDataFault>;

/** The card scheme whose rules bind a retry. `other` gets the cautious default. */
export const schemes = ['visa', 'mastercard', 'mir', 'other'] as const;
export const scheme = z.enum(schemes);
export type Scheme = z.infer<typeof scheme>;
