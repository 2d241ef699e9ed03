import type { AttemptState, ResponseClass } from '@bivak/domain';

/**
 * What an answer does that came after its attempt had another end, or none:
 * - `reopen`: the bank may have debited after all: the attempt is reversed (again), whatever the payment's state
 * - `remember`: the attempt is being given back already; that the bank has approved it decides what may end that
 * - `ignore`: it says what is known
 */
export type LateAnswerEffect = 'reopen' | 'remember' | 'ignore';

const mayBeDebited: readonly ResponseClass[] = ['approved', 'partial', 'unsure'];

const effects: Readonly<Record<AttemptState, LateAnswerEffect>> = {
  stored: 'remember',
  sent: 'remember',
  approved: 'ignore',
  declined: 'reopen',
  rejected: 'reopen',
  'not-sent': 'reopen',
  unknown: 'remember',
  reversing: 'remember',
  refunding: 'remember',
  disputed: 'remember',
  reversed: 'reopen',
};

/** Decides about an answer to a debit that nobody waits for, by what it means and the state of its attempt. */
export function lateAnswerEffect(state: AttemptState, meaning: ResponseClass): LateAnswerEffect {
  return mayBeDebited.includes(meaning) ? effects[state] : 'ignore';
}
