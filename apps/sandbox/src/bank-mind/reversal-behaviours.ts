import { doneBeforeCodes, oddReversalCodes, recordNotFound } from './codes.ts';
import { answer, type Behaviour, debit, decided, minuteMs, type Plan, secondMs, tell, undo } from './plan.ts';
import type { Dice } from './random.ts';

/** Done or not; a code that means "done before" is not said unless it is done. */
function oddly(dice: Dice): Plan {
  const code = dice.pick(oddReversalCodes);
  const isDone = doneBeforeCodes.includes(code) || dice.chance(0.4);
  return { steps: isDone ? [undo(), answer(code)] : [answer(code)] };
}

/** What a bank may do with a reversal instead of undoing the debit and saying 00. */
export const reversalBehaviours: readonly Behaviour[] = [
  {
    name: 'says-odd-code-to-reversal',
    says: '94, 76, 21, 12, 30, 96 … to a reversal, done or not; the next one may go better',
    plan: ({ dice }) => oddly(dice),
  },
  {
    name: 'never-confirms',
    says: 'for ever the same odd code to all reversals of a sale, done or not',
    isKept: true,
    plan: ({ saleDice }) => oddly(saleDice),
  },
  {
    name: 'leaves-reversal-unanswered',
    says: 'no answer to this reversal, done or not',
    plan: ({ dice }) => ({ steps: dice.chance(0.5) ? [undo()] : [] }),
  },
  {
    name: 'never-answers-reversals',
    says: 'no answer to any reversal of a sale, done or not',
    isKept: true,
    plan: ({ saleDice }) => ({ steps: saleDice.chance(0.5) ? [undo()] : [] }),
  },
  {
    name: 'does-not-know-yesterday',
    says: '25 to a reversal of a debit of an earlier business day, for ever; the debit stands, and is told again',
    isKept: true,
    plan: ({ isOfEarlierDay, dice }) =>
      isOfEarlierDay ? { steps: [answer(recordNotFound), tell(dice.between(5, 60) * secondMs)] } : undefined,
  },
  {
    name: 'does-not-know-it-yet',
    says: '25 to a reversal of a debit that stands; the next one may go better, and it is told that it was made',
    plan: ({ isDebited, dice }) =>
      isDebited ? { steps: [answer(recordNotFound), tell(dice.between(5, 60) * secondMs)] } : undefined,
  },
  {
    name: 'slow-to-reverse',
    says: 'undoes at once, answers after 20 seconds to 3 hours',
    plan: ({ dice }) => ({
      steps: [
        undo(),
        answer(decided, dice.pick([20 * secondMs, 90 * secondMs, 10 * minuteMs, 180 * minuteMs])),
      ],
    }),
  },
  {
    name: 'reverses-later',
    says: 'answers 00 at once and undoes minutes later',
    plan: ({ dice }) => ({ steps: [answer('00'), undo(dice.between(1, 10) * minuteMs)] }),
  },
  {
    name: 'reverses-the-reversal',
    says: 'undoes, says 00, then takes that back: the debit stands again, 0420 and 00 tell of it',
    plan: ({ isDebited, dice }) =>
      isDebited
        ? {
            steps: [
              undo(),
              answer(decided),
              debit(dice.between(5, 60) * secondMs),
              { do: 'announce-return', afterMs: 0 },
              tell(secondMs),
            ],
          }
        : undefined,
  },
  {
    name: 'confirms-and-does-nothing',
    says: '00 to the reversal, and the debit stands for ever: only the day file shows it',
    isKept: true,
    plan: () => ({ steps: [answer('00')] }),
  },
];

/** What a bank may do with a refund instead of giving the money back and saying 00. */
export const refundBehaviours: readonly Behaviour[] = [
  {
    name: 'keeps-refund-answer',
    says: 'refunds and never answers',
    plan: () => ({ steps: [{ do: 'refund', afterMs: 0 }] }),
  },
  {
    name: 'slow-refund',
    says: '09 to a refund, which is made minutes later and then answered',
    plan: ({ dice }) => ({
      steps: [answer('09'), { do: 'refund', afterMs: dice.between(1, 10) * minuteMs }, answer(decided)],
    }),
  },
  {
    name: 'refuses-refund',
    says: '57, 40 or 96 to a refund, which is not made',
    plan: ({ dice }) => ({ steps: [answer(dice.pick(['57', '40', '96']))] }),
  },
];
