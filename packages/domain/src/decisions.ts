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
