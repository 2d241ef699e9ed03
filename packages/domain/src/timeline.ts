import { z } from 'zod';
import { refusalReason } from './acceptance.ts';
import { exchangeFailure, route } from './bank.ts';
import { attemptDecision, debtDecision, disputeCause, saleEndDecision } from './decisions.ts';
import { retryCause, waitReason } from './payment.ts';
import { instant, saleId, tillId } from './primitives.ts';
import { responseMeaning } from './responses.ts';
import { cardMode } from './sale.ts';

const ofBank = { bankId: z.string(), attempt: z.number().int() };

/** What of a sale is mended: it says what was sold and shown, and no bank sees it. */
export const mendedParts = ['line-items', 'checks', 'fiscal'] as const;
const mendedPart = z.enum(mendedParts);
export type MendedPart = z.infer<typeof mendedPart>;

/**
 * What can happen to a payment, each with its facts: codes, ids, numbers and instants, never a sentence. The words for each
 * kind are in `@bivak/messages`.
 */
export const paymentEventData = {
  /** Rung up; the host is asked while the buyer waits. */
  'rung-up': z.object({ tillId }),
  accepted: z.object({ tillId, mode: cardMode }),
  /** The till's clock was years off: the sale is dated as it arrived. */
  'dated-on-arrival': z.object({ tillAt: z.string() }),
  /** What only decorates could not be read or stored as it was: it was mended, and the money goes on. */
  mended: z.object({ parts: z.array(mendedPart) }),
  /** A person has decided that an entry which names a sale that was there before is a sale of its own. */
  'collected-by-decision': z.object({ saleId, by: z.string(), why: z.string() }),
  arrived: z.object({}),
  /** The till ended the sale without a receipt, for a reason that only a newer host can name if null: what was debited is given back. */
  'ended-without-receipt': z.object({ reason: refusalReason.nullable() }),
  'debit-sent': z.object({ ...ofBank, route }),
  'debit-not-sent': z.object({ ...ofBank, failure: exchangeFailure }),
  'debit-unanswered': z.object({ ...ofBank, failure: exchangeFailure }),
  'debit-answered': z.object({ ...ofBank, responseCode: z.string(), meaning: responseMeaning }),
  /** The bank has reserved the sum; it is debited by the completion that follows. */
  'sum-reserved': z.object({ ...ofBank, responseCode: z.string(), meaning: responseMeaning }),
  'completion-sent': z.object(ofBank),
  'completion-confirmed': z.object(ofBank),
  /** The bank will not debit what it has reserved: the attempt is given back. */
  'completion-refused': z.object({ ...ofBank, responseCode: z.string(), meaning: responseMeaning }),
  /** The bank was asked what became of a debit that it had not answered; null: it did not say. */
  'inquiry-sent': z.object(ofBank),
  'inquiry-answered': z.object({ ...ofBank, responseCode: z.string().nullable() }),
  /** An answer that nobody waited for any more. */
  'late-answer': z.object({
    bankId: z.string(),
    messageType: z.string(),
    responseCode: z.string().nullable(),
  }),
  /** A bank has approved, or may have, after another answer: the attempt is given back, whatever became of the payment. */
  'approved-late': z.object({ ...ofBank, responseCode: z.string().nullable() }),
  'interrupted-before-sending': z.object(ofBank),
  'interrupted-after-sending': z.object(ofBank),
  'reversal-sent': z.object(ofBank),
  'reversal-confirmed': z.object(ofBank),
  /** The bank does not know a debit that it has approved (after its cut-over): it is given back by a refund. */
  'refund-sent': z.object(ofBank),
  'refund-confirmed': z.object(ofBank),
  /** Nobody can say by the wire whether the bank has debited: a person decides. */
  disputed: z.object({ ...ofBank, cause: disputeCause }),
  /** Who has decided what by the bank's books, and why. */
  decided: z.object({ ...ofBank, decision: attemptDecision, by: z.string(), why: z.string() }),
  /** A debit that the store had lost was found in a bank's books. */
  'found-in-books': z.object(ofBank),
  /** Who has decided, after the store was put back from an older copy, that it goes on; `byBooks`: by the banks' books. */
  'restored-cleared': z.object({ byBooks: z.boolean(), by: z.string(), why: z.string() }),
  /** Waits for a reason that a person may want to know, until `untilAt` (null: until something else happens). */
  waiting: z.object({ reason: waitReason, untilAt: instant.nullable() }),
  /** A person has decided about a sale whose till never wrote its end. */
  'end-decided': z.object({ decision: saleEndDecision, by: z.string(), why: z.string() }),
  'retry-requested': z.object({ cause: retryCause }),
  /** Who has decided what about the debt's card, and why. */
  'debt-decided': z.object({ decision: debtDecision, by: z.string(), why: z.string() }),
  /** Another sale of the same till with the same card and sum, within a minute: perhaps one that was rung up twice. */
  'possible-double': z.object({ otherId: saleId }),
  collected: z.object({}),
  declined: z.object({}),
  /** No bank could reach the issuer: nobody has declined, and recovery goes on. */
  'not-reached': z.object({}),
  cancelled: z.object({}),
} as const;

export type PaymentEventKind = keyof typeof paymentEventData;
export const paymentEventKinds = Object.keys(paymentEventData) as [PaymentEventKind, ...PaymentEventKind[]];
export type PaymentEventData<Kind extends PaymentEventKind> = z.infer<(typeof paymentEventData)[Kind]>;

/** An event: its kind and the facts of that kind. */
export type PaymentEvent = {
  [Kind in PaymentEventKind]: { kind: Kind; data: PaymentEventData<Kind> };
}[PaymentEventKind];

/** An event at its instant, as APIs give it. */
export type TimelineEntry = PaymentEvent & { at: string };
export const timelineEntry = z.discriminatedUnion(
  'kind',
  paymentEventKinds.map((kind) =>
    z.object({ at: instant, kind: z.literal(kind), data: paymentEventData[kind] }),
  ) as unknown as [z.ZodObject<{ kind: z.ZodLiteral<PaymentEventKind> }>],
) as unknown as z.ZodType<TimelineEntry>;
