import { z } from 'zod';

/**
 * What a till writes into its journal. The journal is the truth about what happened at the counter: it is
 * appended to and never changed; sales, counters, reports and the shift are folded from it.
 *
 * Money is in minor units of `currency`; instants are UTC, ISO 8601 with milliseconds.
 */
const amountMinor = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const instant = z.iso.datetime({ offset: false, precision: 3 });
const saleId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}-\d{6,}$/);

/** What the reader gives: card data that only the host's key store can open, and what may be seen. */
export const cardTap = z.strictObject({
  /** Key serial number of AES DUKPT (ANSI X9.24-3), 24 hex digits. */
  ksn: z.string().regex(/^[0-9a-f]{24}$/),
  /** Track-2-equivalent data (`PAN=YYMMSSS`), encrypted by the reader, hex: see `@bivak/card`. */
  ciphertext: z.string().regex(/^(?:[0-9a-f]{2})+$/),
  maskedPan: z.string().regex(/^\d{6}\*+\d{4}$/),
  cardReference: z.string().regex(/^[0-9a-f]{64}$/),
  /** YYMM. */
  expiry: z.string().regex(/^\d{2}(0[1-9]|1[0-2])$/),
  serviceCode: z.string().regex(/^\d{3}$/),
});
export type CardTap = z.infer<typeof cardTap>;

const line = z.strictObject({
  sku: z.string(),
  name: z.string(),
  quantity: z.number().int().min(1),
  priceMinor: amountMinor,
  sumMinor: amountMinor,
  vatRate: z.string(),
});
const check = z.strictObject({ name: z.string(), passed: z.boolean(), detail: z.string() });
const saleBasics = {
  saleId,
  saleKey: z.string(),
  lines: z.array(line).min(1),
  totalMinor: amountMinor,
  currency: z.string(),
  tender: z.enum(['card', 'cash']),
  shiftNumber: z.number().int().min(1),
};
const fiscal = z.strictObject({
  driveNumber: z.string(),
  registrationNumber: z.string(),
  documentNumber: z.number().int(),
  fiscalSign: z.number().int(),
  shiftNumber: z.number().int(),
  receiptNumber: z.number().int(),
  signedAt: instant,
  qr: z.string(),
});

/** Body of each kind of entry. */
export const entryBodies = {
  'till.started': z.strictObject({ softwareVersion: z.string() }),
  'shift.opened': z.strictObject({ shiftNumber: z.number().int(), documentNumber: z.number().int() }),
  'shift.closed': z.strictObject({ shiftNumber: z.number().int(), documentNumber: z.number().int() }),
  /**
   * Written before the drive is asked to sign (and, where the host is asked first, before the host is): after a
   * crash the till finds it, asks the drive what became of it, and never does it twice.
   * `asked: 'online'` makes the host authorise at once; an offline or cash sale counts from `sale.accepted` on.
   */
  'sale.intent': z.strictObject({
    ...saleBasics,
    asked: z.enum(['offline', 'online', 'cash']),
    card: cardTap.nullable(),
    contact: z.strictObject({ phone: z.string() }).nullable(),
    checks: z.array(check),
  }),
  /** The drive has signed: goods and receipt are the buyer's. */
  'sale.accepted': z.strictObject({
    saleId,
    mode: z.enum(['offline', 'online', 'cash']),
    fiscal,
    checks: z.array(check),
  }),
  /** The till refused the card; nothing was signed and nothing may be debited. `cardReference` is null where no card was read. */
  'sale.refused': z.strictObject({
    ...saleBasics,
    /** Which way it would have gone. */
    asked: z.enum(['offline', 'online', 'cash']).optional(),
    reason: z.string(),
    maskedPan: z.string().nullable(),
    cardReference: z.string().nullable(),
    checks: z.array(check),
  }),
  /** An intent that ended without a fiscal document; what was authorised online has to be given back. */
  'sale.abandoned': z.strictObject({ saleId, reason: z.string() }),
  'stop-list.applied': z.strictObject({ version: z.number().int() }),
} as const;

export type EntryKind = keyof typeof entryBodies;
export type EntryBody<Kind extends EntryKind> = z.infer<(typeof entryBodies)[Kind]>;

/** An entry before it is chained and signed. */
export type EntryDraft = { [Kind in EntryKind]: { kind: Kind; body: EntryBody<Kind> } }[EntryKind];

/** What is hashed and signed: canonical JSON (RFC 8785) of this object, in UTF-8. */
export const entryPayload = z.strictObject({
  tillId: z.string(),
  /** 1, 2, 3 … without a gap. */
  seq: z.number().int().min(1),
  at: instant,
  /** IANA name of the till's time zone ("Europe/Moscow"). */
  timeZone: z.string(),
  kind: z.enum(Object.keys(entryBodies) as [EntryKind, ...EntryKind[]]),
  body: z.looseObject({}),
  /** SHA-256 of the payload before, hex; 64 zeros for seq 1. */
  prevHash: z.string().regex(/^[0-9a-f]{64}$/),
});
export type EntryPayload = Omit<z.infer<typeof entryPayload>, 'kind' | 'body'> & EntryDraft;
