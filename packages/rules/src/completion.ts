import type { CompletionVerdict } from '@bivak/domain';
import type { Verdict } from './response-codes.ts';

/** What a bank's profile says about the end of an advice that debits. */
export interface CompletionTerms {
  /** DE 39 by which the bank confirms that the debit stands, beside its approvals. */
  confirmingCodes: readonly string[];
}

/**
 * Reads the answer to an advice that debits. Only an approval of the whole sum says that it stands; a bank in trouble is told
 * again; whatever else it says, nobody can say that it has debited, nor that it has not.
 */
export function readCompletionAnswer(
  responseCode: string,
  verdict: Pick<Verdict, 'class'>,
  { confirmingCodes }: CompletionTerms,
): CompletionVerdict {
  if (verdict.class === 'approved' || confirmingCodes.includes(responseCode)) return 'completed';
  return verdict.class === 'bank-trouble' ? 'repeat' : 'refused';
}
