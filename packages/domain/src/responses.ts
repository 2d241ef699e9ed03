import { z } from 'zod';

/**
 * What a bank's answer means for the payment:
 * - `approved`: debited
 * - `partial`: debited, but for less than was asked
 * - `declined`: the issuer said no; another bank would hear the same
 * - `merchant-blocked`: this bank will not work for us; another one may
 * - `bank-trouble`: no decision was made; another bank may be asked
 * - `unsure`: nobody can say from the answer whether the issuer has debited: as good as no answer, so it is reversed first
 */
export const responseClasses = [
  'approved',
  'partial',
  'declined',
  'merchant-blocked',
  'bank-trouble',
  'unsure',
] as const;
export const responseClass = z.enum(responseClasses);
export type ResponseClass = z.infer<typeof responseClass>;

/**
 * What an unsure answer counts as once it is reversed: `declined`, the issuer's no (an attempt of the scheme's budget);
 * `retry`, no decision: another bank may be asked.
 */
export const afterReversals = ['declined', 'retry'] as const;
export const afterReversal = z.enum(afterReversals);
export type AfterReversal = z.infer<typeof afterReversal>;

/**
 * What an answer to a reversal means:
 * - `confirmed`: nothing is debited
 * - `not-yet`: the bank does not know the debit, which may still be on its way: asked again
 * - `refund`: the bank does not know a debit that it has approved (after its cut-over): given back by a refund
 * - `dispute`: the same at a bank that takes no refunds: a person decides
 * - `unconfirmed`: asked again
 */
export const reversalVerdicts = ['confirmed', 'not-yet', 'refund', 'dispute', 'unconfirmed'] as const;
export const reversalVerdict = z.enum(reversalVerdicts);
export type ReversalVerdict = z.infer<typeof reversalVerdict>;

/**
 * Why a debit is reversed: nobody knows what became of it; the bank has said something after its answer, or something that is
 * not understood; it refuses to debit what it has reserved; the sale did not happen; something else has paid for it.
 */
export const reversalReasons = [
  'no-answer',
  'late-answer',
  'answer-not-understood',
  'completion-refused',
  'sale-cancelled',
  'paid-otherwise',
] as const;
export type ReversalReason = (typeof reversalReasons)[number];

/** What a response code says. `@bivak/rules` has which code says which; `unlisted` is a code that nobody has listed. */
export const responseMeanings = [
  'approved',
  'approved-with-identification',
  'partially-approved',
  'approved-vip',
  'approved-update-track-3',
  'request-in-progress',
  'customer-cancellation',
  'no-action-taken',
  'partially-completed',
  'no-reason-to-decline',
  'purchase-amount-only',
  'network-unavailable',
  'refer-to-issuer',
  'refer-to-issuer-special',
  'merchant-not-served',
  'capture-card',
  'do-not-honour',
  'bank-error',
  'capture-card-special',
  'not-valid-for-card',
  'amount-not-valid',
  'no-such-card',
  'no-such-issuer',
  're-enter',
  'suspected-malfunction',
  'message-unreadable',
  'function-not-supported',
  'lost-card',
  'stolen-card',
  'account-closed',
  'insufficient-funds',
  'no-checking-account',
  'no-savings-account',
  'expired-card',
  'wrong-pin',
  'not-permitted-to-cardholder',
  'not-permitted-to-terminal',
  'suspected-fraud',
  'over-amount-limit',
  'restricted-card',
  'security-violation',
  'over-use-limit',
  'issuer-answered-late',
  'pin-tries-exceeded',
  'card-not-activated',
  'card-data-not-valid',
  'pin-not-verifiable',
  'closing-business-day',
  'issuer-unreachable',
  'no-route-to-issuer',
  'forbidden-by-law',
  'duplicate-transmission',
  'bank-malfunction',
  'advice-acknowledged',
  'message-not-authentic',
  'unlisted',
] as const;
export const responseMeaning = z.enum(responseMeanings);

/**
 * What an answer to an advice that debits means:
 * - `completed`: the debit stands
 * - `repeat`: the bank has not taken it yet
 * - `refused`: nobody can say that it is debited, and repeating it would not help: given back
 */
export const completionVerdicts = ['completed', 'repeat', 'refused'] as const;
export type CompletionVerdict = (typeof completionVerdicts)[number];

export type ResponseMeaning = z.infer<typeof responseMeaning>;
