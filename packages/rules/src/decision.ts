import type { AttemptDecision, AttemptState, DebtDecision, DebtState, DisputeCause } from '@bivak/domain';
import type { AttemptFacts, PaymentFacts } from './payment.ts';

/** The state into which a decision brings a disputed attempt. */
export const decidedStates: Readonly<Record<AttemptDecision, AttemptState>> = {
  'nothing-debited': 'reversed',
  'debit-stands': 'approved',
  'given-back': 'reversed',
  'reverse-again': 'reversing',
  'complete-again': 'completing',
};

/**
 * What a person may decide about a disputed attempt; none for one that is not disputed. A debit may stand only if it pays for
 * a sale that did happen and that nothing else has paid; nor may what debits be sent again otherwise.
 */
export function decisionsFor(
  payment: Pick<PaymentFacts, 'cancelRequested'>,
  attempts: readonly (Pick<AttemptFacts, 'number' | 'state'> & { disputeCause: DisputeCause | null })[],
  number: number,
): readonly AttemptDecision[] {
  const disputed = attempts.find((attempt) => attempt.number === number);
  if (disputed?.state !== 'disputed') return [];
  const isPaid = attempts.some(({ state }) => state === 'approved');
  const mayStand = !payment.cancelRequested && !isPaid;
  const mayComplete = mayStand && disputed.disputeCause === 'completion-unanswered';
  return [
    'nothing-debited',
    mayStand ? 'debit-stands' : 'given-back',
    'reverse-again',
    ...(mayComplete ? (['complete-again'] as const) : []),
  ];
}

/** What a person may decide about a debt; nothing about one that is not held for him. */
export const debtDecisionsFor = (state: DebtState): readonly DebtDecision[] =>
  state === 'held' ? ['list-card', 'give-up'] : [];
