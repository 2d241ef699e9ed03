import type { PaymentState } from '@bivak/domain';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * So long a reversal is repeated; then a person decides by the bank's books, and is told so by an alarm. The other open states
 * of an attempt are short: an unknown one is reversed at once, and one that is stored, sent or refunding is held by a claim;
 * when that has passed, it is taken for interrupted.
 */
export const maxReversingMs = 6 * hourMs;

/**
 * So long a payment may be in one state before that is an alarm; null: it is decided. The banks want to see a sale within a
 * day, and a reversal becomes a person's matter before the payment that waits for it does.
 */
export const maxPaymentStayMs: Readonly<Record<PaymentState, number | null>> = {
  received: 24 * hourMs,
  routed: 24 * hourMs,
  sending: 10 * minuteMs,
  unknown: 10 * minuteMs,
  reversing: 8 * hourMs,
  collected: null,
  declined: null,
  cancelling: 8 * hourMs,
  cancelled: null,
};
