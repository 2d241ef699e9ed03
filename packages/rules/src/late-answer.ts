import type { AttemptState, ResponseClass } from '@bivak/domain';

/**
 * What an answer does that came after its attempt had another end, or none:
 * - `reopen`: the bank may have debited after all: the attempt is reversed (again), whatever the payment's state
 * - `remember`: the attempt is being given back already; that the bank has approved it decides what may end that
 * - `complete`: the advice that debits is answered: the debit stands
 * - `ignore`: it says what is known
 */
export type LateAnswerEffect = 'reopen' | 'remember' | 'complete' | 'ignore';

const mayBeDebited: readonly ResponseClass[] = ['approved', 'partial', 'unsure'];

const effects: Readonly<Record<AttemptState, LateAnswerEffect>> = {
  stored: 'remember',
  sent: 'remember',
  completing: 'complete',
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

/**
 * Decides about an answer that nobody waits for, by what it means and the state of its attempt. `isDebit`: it answers what
 * debits, not what reserves. An advice that is still repeated is ended by an approval of the whole sum alone; it is told again.
 */
export function lateAnswerEffect(
  state: AttemptState,
  meaning: ResponseClass,
  isDebit: boolean,
): LateAnswerEffect {
  if (!mayBeDebited.includes(meaning)) return 'ignore';
  if (state !== 'completing') return effects[state];
  if (!isDebit || meaning === 'unsure') return 'ignore';
  return meaning === 'approved' ? 'complete' : 'reopen';
}
