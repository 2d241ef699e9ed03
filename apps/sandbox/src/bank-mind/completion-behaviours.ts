import { recordNotFound } from './codes.ts';
import { answer, type Behaviour, complete, decided, minuteMs, secondMs, tell } from './plan.ts';

/** What a bank may do with the advice that debits a reserved sum, instead of debiting it and saying 00. */
export const completionBehaviours: readonly Behaviour[] = [
  { name: 'loses-completion', says: 'neither debits nor answers', plan: () => ({ steps: [] }) },
  {
    name: 'keeps-completion-answer',
    says: 'debits, and never answers this advice',
    plan: () => ({ steps: [complete()] }),
  },
  {
    name: 'never-answers-completions',
    says: 'no answer to any completion of a sale, done or not',
    isKept: true,
    plan: ({ saleDice }) => ({ steps: saleDice.chance(0.5) ? [complete()] : [] }),
  },
  {
    name: 'slow-to-complete',
    says: 'debits, and answers after 20 seconds to 3 hours',
    plan: ({ dice }) => ({
      steps: [
        complete(),
        answer(decided, dice.pick([20 * secondMs, 90 * secondMs, 10 * minuteMs, 180 * minuteMs])),
      ],
    }),
  },
  {
    name: 'completes-later',
    says: 'no answer; debits minutes later and says so then, unless it was reversed',
    plan: ({ dice }) => ({ steps: [complete(dice.between(1, 10) * minuteMs), tell(0)] }),
  },
  {
    name: 'declines-completion',
    says: '25, 05 or 12 to a completion, which is not done',
    plan: ({ dice }) => ({ steps: [answer(dice.pick([recordNotFound, '05', '12']))] }),
  },
  {
    name: 'declines-then-completes',
    says: '25 to a completion; debits a moment later and says 00, unless it was reversed',
    plan: ({ dice }) => ({
      steps: [answer(recordNotFound), complete(dice.between(1, 30) * secondMs), tell(0)],
    }),
  },
  {
    name: 'trouble-at-completion',
    says: '96 or 91 to a completion, done or not; the next one may go better',
    plan: ({ dice }) => {
      const code = answer(dice.pick(['96', '91']));
      return { steps: dice.chance(0.5) ? [complete(), code] : [code] };
    },
  },
  {
    name: 'says-an-odd-code-to-completion',
    says: 'a code of another table to a completion, done or not',
    plan: ({ dice }) => {
      const code = answer(dice.pick(['94', '21', '77', 'ZZ', '09']));
      return { steps: dice.chance(0.5) ? [complete(), code] : [code] };
    },
  },
];

/** What a bank may do when it is asked what became of a debit, instead of saying so. */
export const inquiryBehaviours: readonly Behaviour[] = [
  { name: 'ignores-inquiry', says: 'no answer', plan: () => ({ steps: [] }) },
  {
    name: 'denies-at-inquiry',
    says: '25, whether it knows the debit or not',
    plan: () => ({ steps: [answer(recordNotFound)] }),
  },
  {
    name: 'says-an-odd-code-to-inquiry',
    says: '96, 12, 09 or ZZ',
    plan: ({ dice }) => ({ steps: [answer(dice.pick(['96', '12', '09', 'ZZ']))] }),
  },
];
