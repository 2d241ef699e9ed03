import { duplicate, oddCodes, otherApprovals, troubleCodes } from './codes.ts';
import {
  answer,
  type Behaviour,
  debit,
  decided,
  hourMs,
  minuteMs,
  type PlanContext,
  secondMs,
  tell,
} from './plan.ts';

const amountField = (amountMinor: number): string => String(amountMinor).padStart(12, '0');
/** DE 54: default account, approved amount (type 53 at this bank), roubles, debit. */
const approvedAmountIn54 = (amountMinor: number): string => `0053643D${amountField(amountMinor)}`;
/** How long a gateway waits for a reversal of what it has kept to itself, before it goes on by itself. */
const patienceMs = 3 * minuteMs;

/** A part is approved, in one of the ways in which banks say so. (00 with the part in DE 54 is said to nobody: it is a balance.) */
function part({ dice, amountMinor }: PlanContext) {
  const percent = dice.pick([10, 40, 50, 99]);
  const partMinor = Math.max(1, Math.floor((amountMinor * percent) / 100));
  const ways = [
    answer('10', 0, { onlyIfDebited: true }),
    answer('32', 0, { onlyIfDebited: true }),
    answer('10', 0, { onlyIfDebited: true, change: { 4: amountField(partMinor) } }),
    answer('00', 0, { onlyIfDebited: true, change: { 4: amountField(partMinor) } }),
    answer('10', 0, { onlyIfDebited: true, change: { 54: approvedAmountIn54(partMinor) } }),
    answer('10', 0, { onlyIfDebited: true, change: { 6: amountField(partMinor) } }),
  ];
  return { steps: [debit(0, { share: percent / 100 }), dice.pick(ways)] };
}

/**
 * What a bank may do with a debit instead of asking the issuer and saying what came of it. Each debit that a plan makes
 * against what it has said is told in the end (`tell`), or was never denied by a code that decides anything; the one
 * exception, `denies-for-ever`, is in no preset: only the day file shows it.
 */
export const debitBehaviours: readonly Behaviour[] = [
  {
    name: 'approves-by-another-code',
    says: 'debits, and says 08, 11, 16, 85, 87 or Y1',
    plan: ({ dice }) => ({ steps: [debit(), answer(dice.pick(otherApprovals), 0, { onlyIfDebited: true })] }),
  },
  {
    name: 'says-an-odd-code',
    says: 'answers a code of another table, with or without having debited',
    plan: ({ dice }) => {
      const code = answer(dice.pick(oddCodes));
      return { steps: dice.chance(0.5) ? [debit(), code] : [code] };
    },
  },
  {
    name: 'approves-a-part',
    says: 'debits less than was asked: 10, 32, a smaller DE 4, DE 54, DE 6',
    plan: part,
  },
  {
    name: 'in-progress',
    says: '09, and later what the issuer decided',
    plan: ({ dice }) => ({
      steps: [answer('09'), debit(dice.between(2, 40) * secondMs), answer(decided), tell(minuteMs)],
    }),
  },
  {
    name: 'declines-then-approves',
    says: '51 by a stand-in, and later 00 with the money debited',
    plan: ({ dice }) => ({ steps: [answer('51'), debit(dice.between(2, 60) * secondMs), tell(0)] }),
  },
  {
    name: 'trouble-then-approves',
    says: '91 or 96, and seconds later 00 with the money debited',
    plan: ({ dice }) => ({
      steps: [answer(dice.pick(['91', '96'])), debit(dice.between(2, 12) * secondMs), tell(0)],
    }),
  },
  {
    name: 'trouble',
    says: 'a malfunction of its own or of the network; nothing is debited',
    plan: ({ dice }) => ({ steps: [answer(dice.pick(troubleCodes))] }),
  },
  {
    name: 'declines',
    says: 'an issuer that declines without a reason',
    plan: () => ({ steps: [answer('05')] }),
  },
  {
    name: 'sent-twice-by-a-gateway',
    says: 'a gateway sends the debit twice, the first answer is lost, the second is 94',
    plan: () => ({ steps: [debit(), answer(duplicate, 0, { onlyIfDebited: true })] }),
  },
  {
    name: 'posts-later',
    says: 'answers 00, and the debit is in the books only later',
    plan: ({ dice }) => ({
      steps: [debit(0, { postAfterMs: dice.between(5, 120) * secondMs }), answer(decided)],
    }),
  },
  {
    name: 'debits-after-saying-25',
    says: 'silent; says 25 to the reversal, debits a moment later and says 00',
    plan: ({ dice }) => ({
      steps: [debit(patienceMs), tell(0)],
      atReversal: [answer('25'), debit(dice.between(1, 30) * secondMs), tell(0)],
    }),
  },
  {
    name: 'debits-after-confirming',
    says: 'silent; says 00 to the reversal, debits after that and says 00',
    plan: ({ dice }) => ({
      steps: [debit(patienceMs), tell(0)],
      atReversal: [answer('00'), debit(dice.between(1, 30) * secondMs), tell(0)],
    }),
  },
  { name: 'keeps-its-answer', says: 'debits and never answers', plan: () => ({ steps: [debit()] }) },
  { name: 'never-sees-it', says: 'neither debits nor answers', plan: () => ({ steps: [] }) },
  {
    name: 'closes-after-debit',
    says: 'debits, and the connection is gone before the answer',
    plan: () => ({ steps: [debit(), { do: 'close', afterMs: 0 }] }),
  },
  {
    name: 'slow',
    says: 'answers after 10 to 90 seconds',
    plan: ({ dice }) => ({ steps: [debit(), answer(decided, dice.between(10, 90) * secondMs)] }),
  },
  {
    name: 'answers-after-hours',
    says: 'answers after one to nine hours',
    plan: ({ dice }) => ({ steps: [debit(), answer(decided, dice.between(60, 540) * minuteMs)] }),
  },
  {
    name: 'debits-after-hours',
    says: 'a queue that is worked off hours later: debits and says 00 then, unless it was reversed',
    plan: ({ dice }) => ({ steps: [debit(dice.between(1, 6) * hourMs), tell(0)] }),
  },
  {
    name: 'denies-for-ever',
    says: 'debits and says 51, and never anything else: only the day file shows it',
    plan: () => ({ steps: [debit(), answer('51', 0, { onlyIfDebited: true })] }),
  },
];
