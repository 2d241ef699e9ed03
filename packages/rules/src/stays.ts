import type { PaymentState } from '@bivak/domain';

const hourMs = 60 * 60_000;

/**
 * So long a reversal is repeated; then a person decides by the bank's books, and is told so by an alarm. The other open states
 * of an attempt are short: an unknown one is reversed at once, and one that is stored, sent or refunding is held by a claim;
 * when that has passed, it is taken for interrupted.
 */
export const maxReversingMs = 6 * hourMs;

/** So long an advice that debits is repeated; then a person decides, as about a reversal. */
export const maxCompletingMs = 6 * hourMs;

/**
 * So long a payment may stay undecided (since it arrived, was cancelled, or another attempt at it was requested) before that
 * is an alarm, by the state in which it is then; null: it is decided. The banks want to see a sale within a day. Between
 * attempts a payment goes to and fro between these states, which is no progress.
 */
export const maxPaymentStayMs: Readonly<Record<PaymentState, number | null>> = {
  received: 24 * hourMs,
  routed: 24 * hourMs,
  sending: 24 * hourMs,
  unknown: 24 * hourMs,
  reversing: 24 * hourMs,
  collected: null,
  declined: null,
  cancelling: 8 * hourMs,
  cancelled: null,
};

/**
 * So long a till may take to say how a sale ended that a bank approved while its buyer waited: it may have lost its link right
 * then. After that it is an alarm with the money at stake, and a person decides whether to keep it or to give it back.
 */
export const maxUnendedSaleMs = 24 * hourMs;

/** So long an accepted sale may wait to become a payment before that is an alarm: seconds are usual. */
export const maxUnfoldedMs = hourMs / 4;
