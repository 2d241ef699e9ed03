import { z } from 'zod';

/**
 * What a person decides about an attempt that nobody can end by the wire, by what he has found in the bank's books:
 * - `nothing-debited`: the books hold no debit for it
 * - `debit-stands`: they do, and it pays for the sale
 * - `given-back`: they did, and the bank has given it back outside of this program
 * - `reverse-again`: the bank asks for another reversal
 * - `complete-again`: the bank asks once more for the advice that debits
 */
export const attemptDecisions = [
  'nothing-debited',
  'debit-stands',
  'given-back',
  'reverse-again',
  'complete-again',
] as const;
export const attemptDecision = z.enum(attemptDecisions);
export type AttemptDecision = z.infer<typeof attemptDecision>;

/**
 * Why nobody can end an attempt by the wire:
 * - `reversal-unconfirmed`: its reversal was repeated for the longest time and no answer ended it
 * - `debit-not-found`: the bank knows of no debit that it had approved, and takes no refunds
 * - `completion-unanswered`: the advice that debits was repeated for the longest time and not answered
 * - `refund-unanswered`, `refund-refused`, `refund-interrupted`: what became of its refund, which is sent once
 */
export const disputeCauses = [
  'reversal-unconfirmed',
  'debit-not-found',
  'completion-unanswered',
  'refund-unanswered',
  'refund-refused',
  'refund-interrupted',
] as const;
export const disputeCause = z.enum(disputeCauses);
export type DisputeCause = z.infer<typeof disputeCause>;

/**
 * What a person decides about a debt whose window is over and whose holder was not told as was promised:
 * - `list-card`: its card is refused by the tills until it is paid
 * - `give-up`: its card is not listed, and nobody tries it any more unless its holder asks for it
 */
export const debtDecisions = ['list-card', 'give-up'] as const;
export const debtDecision = z.enum(debtDecisions);
export type DebtDecision = z.infer<typeof debtDecision>;

/** How the promised notices of a debt fell short: its holder got none of them, or not all. */
export const noticeShortfalls = ['none-delivered', 'some-not-delivered'] as const;
export const noticeShortfall = z.enum(noticeShortfalls);
export type NoticeShortfall = z.infer<typeof noticeShortfall>;

/**
 * What a person decides about a sale that was approved online and whose till never wrote its end:
 * - `keep`: the buyer has the items, and what was debited stays
 * - `give-back`: the sale did not happen, and what was debited for it is given back
 */
export const saleEndDecisions = ['keep', 'give-back'] as const;
export const saleEndDecision = z.enum(saleEndDecisions);
export type SaleEndDecision = z.infer<typeof saleEndDecision>;

/**
 * What a person decides about an entry that was quarantined:
 * - `collect`: it is a sale of its own and gets a payment of its own
 * - `dismiss`: nothing is collected for it here
 */
export const entryDecisions = ['collect', 'dismiss'] as const;
export const entryDecision = z.enum(entryDecisions);
export type EntryDecision = z.infer<typeof entryDecision>;
