import { z } from 'zod';
import { refusalReason } from './acceptance.ts';
import { exchangeFailure, route } from './bank.ts';
import { attemptDecision, disputeCause } from './decisions.ts';
import { retryCause, waitReason } from './payment.ts';
import { instant, tillId } from './primitives.ts';
import { responseMeaning } from './responses.ts';
import { cardMode } from './sale.ts';

const ofBank = { bankId: z.string(), attempt: z.number().int() };

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
  arrived: z.object({}),
  /** The till ended the sale without a receipt, for a reason that only a newer host can name if null: what was debited is given back. */
  'ended-without-receipt': z.object({ reason: refusalReason.nullable() }),
  'debit-sent': z.object({ ...ofBank, route }),
  'debit-not-sent': z.object({ ...ofBank, failure: exchangeFailure }),
  'debit-unanswered': z.object({ ...ofBank, failure: exchangeFailure }),
  'debit-answered': z.object({ ...ofBank, responseCode: z.string(), meaning: responseMeaning }),
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
  /** Waits for a reason that a person may want to know, until `untilAt` (null: until something else happens). */
  waiting: z.object({ reason: waitReason, untilAt: instant.nullable() }),
  'retry-requested': z.object({ cause: retryCause }),
  collected: z.object({}),
  declined: z.object({}),
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
