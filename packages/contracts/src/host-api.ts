import { z } from 'zod';
import { amountMinor, cardReference, check, currency, instant, maskedPan, saleId, tillId } from './common.ts';

/** A page of a list: `GET …?limit=&cursor=`; `nextCursor` is null at the end. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** `GET /v1/payments?state=&tillId=&search=` (search: last four digits, sale id, sum). The payment's id is its sale's identity. */
export const paymentState = z.enum([
  'received',
  'routed',
  'sending',
  'unknown',
  'reversing',
  'collected',
  'declined',
  'cancelling',
  'cancelled',
]);
export const payment = z.object({
  id: saleId,
  tillId,
  state: paymentState,
  amountMinor,
  currency,
  maskedPan,
  mode: z.enum(['offline', 'online']),
  soldAt: instant,
  receivedAt: instant,
  /** When the bank wants to have seen it. */
  bankDueAt: instant,
  collectedAt: instant.nullable(),
  /** The bank that collected it, or the last one tried. */
  bankId: z.string().nullable(),
  issuer: z.string().nullable(),
  debtId: z.string().nullable(),
});
export type Payment = z.infer<typeof payment>;

export const attemptState = z.enum([
  'stored',
  'sent',
  'approved',
  'declined',
  'unknown',
  'not-sent',
  'reversing',
  'reversed',
]);
export const attempt = z.object({
  number: z.number().int(),
  bankId: z.string(),
  state: attemptState,
  cause: z.enum(['first', 'failover', 'retry', 'asked-by-cardholder']),
  stan: z.string(),
  rrn: z.string(),
  storedAt: instant,
  sentAt: instant.nullable(),
  answeredAt: instant.nullable(),
  responseCode: z.string().nullable(),
  /** What the code means, in plain English. */
  responseMeaning: z.string().nullable(),
  feeMinor: amountMinor.nullable(),
  /** Why this bank, in words. */
  routeReason: z.string(),
});
export type Attempt = z.infer<typeof attempt>;

/** `GET /v1/payments/{id}`: the payment, its attempts, and its story, a line an event. */
export const paymentDetail = payment.extend({
  attempts: z.array(attempt),
  lines: z.array(z.object({ name: z.string(), quantity: z.number().int(), sumMinor: amountMinor })),
  checks: z.array(check),
  fiscal: z
    .object({ driveNumber: z.string(), documentNumber: z.number().int(), fiscalSign: z.number().int() })
    .nullable(),
  routing: z.array(z.object({ bankId: z.string(), costMinor: amountMinor, reason: z.string() })),
  story: z.array(z.object({ at: instant, what: z.string() })),
});
export type PaymentDetail = z.infer<typeof paymentDetail>;

/** `GET /v1/debts?state=` */
export const debtState = z.enum(['open', 'attempting', 'recovered', 'stop-listed', 'paid-after-listing']);
export const debt = z.object({
  id: z.string(),
  paymentId: saleId,
  state: debtState,
  amountMinor,
  currency,
  maskedPan,
  reason: z.string(),
  retryClass: z.enum(['never', 'later', 'mend-data', 'generic']),
  attemptsMade: z.number().int(),
  openedAt: instant,
  nextAttemptAt: instant.nullable(),
  windowEndsAt: instant,
  closedAt: instant.nullable(),
  hasContact: z.boolean(),
  notices: z.array(
    z.object({
      kind: z.string(),
      at: instant,
      state: z.enum(['stored', 'sending', 'accepted', 'delivered', 'failed', 'withdrawn']),
    }),
  ),
});
export type Debt = z.infer<typeof debt>;

/** `GET /v1/stop-list` */
export const stopListEntry = z.object({
  cardReference,
  maskedPan: maskedPan.nullable(),
  reason: z.string(),
  since: instant,
  debtId: z.string().nullable(),
});
export const stopList = z.object({
  version: z.number().int(),
  issuedAt: instant.nullable(),
  entries: z.array(stopListEntry),
});
export type StopList = z.infer<typeof stopList>;

/** `GET /v1/tills` */
export const tillSummary = z.object({
  tillId,
  place: z.string(),
  enrolledAt: instant.nullable(),
  lastContactAt: instant.nullable(),
  acknowledgedSeq: z.number().int(),
  stopListVersion: z.number().int().nullable(),
  sales: z.number().int(),
  /** Set where the journal was refused (gap, broken chain, wrong signature): what and when. */
  alarm: z.object({ what: z.string(), at: instant }).nullable(),
});
export type TillSummary = z.infer<typeof tillSummary>;

/** `GET /v1/banks` */
export const bank = z.object({
  bankId: z.string(),
  name: z.object({ ru: z.string(), en: z.string() }),
  /** From the host's point of view. */
  link: z.enum(['signed-on', 'connecting', 'down']),
  health: z.enum(['healthy', 'failing', 'blocked']),
  feePercent: z.string(),
  onUsFeePercent: z.string(),
  collected: z.number().int(),
  collectedMinor: amountMinor,
  lastAnswerAt: instant.nullable(),
});
export type Bank = z.infer<typeof bank>;

/** Lists that always fit on one page answer in the same form, with `nextCursor` null. */
export const tillList = page(tillSummary);
export const bankList = page(bank);
export const paymentList = page(payment);
export const debtList = page(debt);

/** `GET /v1/money`: where the money is now; counts and sums for each stage. */
export const stage = z.object({ count: z.number().int(), sumMinor: amountMinor });
export const money = z.object({
  currency,
  toBeSent: stage,
  atBanks: stage,
  collected: stage,
  declined: stage,
  recovered: stage,
  stopListed: stage,
});
export type Money = z.infer<typeof money>;

/** `GET /v1/work`: what is under way; the sandbox's story waits until all but `scheduled` are 0 before it moves the clock. */
export const work = z.object({
  intakeBacklog: z.number().int(),
  paymentsInFlight: z.number().int(),
  debtsAttempting: z.number().int(),
  noticesInFlight: z.number().int(),
  /** The next instant at which something is due by the schedule, or null. */
  nextDueAt: instant.nullable(),
});
export type Work = z.infer<typeof work>;
