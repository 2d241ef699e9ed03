import { z } from 'zod';

/**
 * What a person decides about an attempt that nobody can end by the wire, by what he has found in the bank's books:
 * - `nothing-debited`: the books hold no debit for it
 * - `debit-stands`: they do, and it pays for the sale
 * - `given-back`: they did, and the bank has given it back outside of this program
 * - `reverse-again`: the bank asks for another reversal
 */
export const attemptDecisions = ['nothing-debited', 'debit-stands', 'given-back', 'reverse-again'] as const;
export const attemptDecision = z.enum(attemptDecisions);
export type AttemptDecision = z.infer<typeof attemptDecision>;

/**
 * Why nobody can end an attempt by the wire:
 * - `reversal-unconfirmed`: its reversal was repeated for the longest time and no answer ended it
 * - `debit-not-found`: the bank knows of no debit that it had approved, and takes no refunds
 * - `refund-unanswered`, `refund-refused`, `refund-interrupted`: what became of its refund, which is sent once
 */
export const disputeCauses = [
  'reversal-unconfirmed',
  'debit-not-found',
  'refund-unanswered',
  'refund-refused',
  'refund-interrupted',
] as const;
export const disputeCause = z.enum(disputeCauses);
export type DisputeCause = z.infer<typeof disputeCause>;
