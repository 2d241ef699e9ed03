import type { ReversalVerdict } from '@bivak/domain';

/** What is known of an attempt whose reversal was answered. */
export interface ReversedAttempt {
  /** The bank has said, at any time, that it has debited. */
  wasApproved: boolean;
  /** The bank has reserved the sum, and the advice that debits it may have left: what became of that is not known. */
  mayBeCompleted: boolean;
  /** When the debit left; null if it may have left and nobody noted when. */
  sentAtMs: number | null;
}

/** What a bank's profile says about the end of a reversal. */
export interface ReversalTerms {
  /** Codes by which the bank confirms that nothing is debited (any more), beside 00. */
  confirmingCodes: readonly string[];
  /** Codes by which it says that it knows of no such debit. */
  notFoundCodes: readonly string[];
  /** So long after a debit left, "no such debit" means that it has not arrived yet. */
  notYetMs: number;
  /** Whether the bank takes a refund. */
  takesRefunds: boolean;
}

/** Reads the answer to a reversal that arrived at `nowMs`. A code that nobody has listed confirms nothing. */
export function readReversalAnswer(
  responseCode: string,
  attempt: ReversedAttempt,
  terms: ReversalTerms,
  nowMs: number,
): ReversalVerdict {
  if (responseCode === '00' || terms.confirmingCodes.includes(responseCode)) return 'confirmed';
  if (!terms.notFoundCodes.includes(responseCode)) return 'unconfirmed';
  if (attempt.wasApproved) return terms.takesRefunds ? 'refund' : 'dispute';
  // It knew of the reservation: that it knows nothing any more says nothing of the debit.
  if (attempt.mayBeCompleted) return 'dispute';
  const isFresh = attempt.sentAtMs === null || nowMs - attempt.sentAtMs < terms.notYetMs;
  return isFresh ? 'not-yet' : 'confirmed';
}
