import type { AttemptDecision, AttemptState } from '@bivak/domain';
import type { AttemptFacts, PaymentFacts } from './payment.ts';

/** The state into which a decision brings a disputed attempt. */
export const decidedStates: Readonly<Record<AttemptDecision, AttemptState>> = {
  'nothing-debited': 'reversed',
  'debit-stands': 'approved',
  'given-back': 'reversed',
  'reverse-again': 'reversing',
};

/**
 * What a person may decide about a disputed attempt; none for one that is not disputed. A debit may stand only if it pays for
 * a sale that did happen and that nothing else has paid.
 */
export function decisionsFor(
  payment: Pick<PaymentFacts, 'cancelRequested'>,
  attempts: readonly Pick<AttemptFacts, 'number' | 'state'>[],
  number: number,
): readonly AttemptDecision[] {
  if (attempts.find((attempt) => attempt.number === number)?.state !== 'disputed') return [];
  const isPaid = attempts.some(({ state }) => state === 'approved');
  const mayStand = !payment.cancelRequested && !isPaid;
  return ['nothing-debited', mayStand ? 'debit-stands' : 'given-back', 'reverse-again'];
}
