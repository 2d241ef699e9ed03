import type { AttemptState, PaymentEnd, RankedBank, ResponseClass, Scheme, WaitReason } from '@bivak/domain';
import type { BankOrder } from './routing.ts';
import { type CardAttempt, nextWithinBudgetMs } from './scheme-rules.ts';

export interface PaymentFacts {
  /** Counts from 0; each retry of a declined payment begins another cycle, in which every bank may be asked again. */
  cycle: number;
  /** The till has said that the sale did not happen. */
  cancelRequested: boolean;
  amountMinor: number;
  scheme: Scheme;
  /** Other attempts with this card that its scheme may count; looked at only once an attempt was answered. */
  cardAttempts: readonly CardAttempt[];
}

export interface AttemptFacts {
  number: number;
  cycle: number;
  bankId: string;
  state: AttemptState;
  /** Of the answer, if there is one. */
  responseClass: ResponseClass | null;
  /** When it came into its state. */
  changedAtMs: number;
  /** How often its reversal was sent without an answer. */
  reversalTries: number;
}

export type NextStep =
  | { do: 'send'; bankId: string }
  | { do: 'reverse'; attempt: number; repeat: boolean }
  | { do: 'book'; state: PaymentEnd; attempt: number | null }
  /** `untilMs` null: until what is under way has ended. */
  | { do: 'wait'; reason: WaitReason; untilMs: number | null };

const reversalRepeatMs = { first: 5_000, max: 10 * 60_000 };
const bankRepeatMs = { first: 10_000, max: 15 * 60_000 };
/** Schemes count attempts whatever bank carries them (20 in 30 days at Visa): spread over days, not spent in an hour. */
const issuerRepeatMs = { first: 60_000, max: 4 * 60 * 60_000 };

/**
 * What to do next for a payment, from what is written down alone: the same after a crash as before it.
 *
 * - At most one attempt may be open (stored, sent, unknown, reversing) at any time.
 * - An unknown one is reversed until the bank confirms; only then may another bank, or the same again, be asked.
 * - The issuer's decline ends the cycle: another bank would hear the same.
 * - A bank that could not be reached, blocks us or is in trouble is asked again only after a growing wait; once every bank
 *   has answered that it is in trouble (mostly: with the issuer), all of them are, and the wait grows to hours.
 * - A card's scheme bounds the attempts that follow an answered one, whatever bank carries them.
 * - A cancelled sale is reversed if it was debited, and never sent again.
 */
export function decideNextStep(
  payment: PaymentFacts,
  attempts: readonly AttemptFacts[],
  banks: BankOrder,
  nowMs: number,
): NextStep {
  const open = attempts.find(({ state }) => state === 'unknown' || state === 'reversing');
  if (open !== undefined) return reverse(open, nowMs);
  const pending = attempts.find(({ state }) => state === 'stored' || state === 'sent');
  if (pending !== undefined)
    return { do: 'wait', reason: { kind: 'answer-pending', bankId: pending.bankId }, untilMs: null };
  const approved = attempts.find(({ state }) => state === 'approved');
  if (payment.cancelRequested) {
    if (approved !== undefined) return { do: 'reverse', attempt: approved.number, repeat: false };
    return { do: 'book', state: 'cancelled', attempt: null };
  }
  if (approved !== undefined) return { do: 'book', state: 'collected', attempt: approved.number };
  const inCycle = attempts.filter(({ cycle }) => cycle === payment.cycle);
  const declined = inCycle.find(({ state }) => state === 'declined');
  if (declined !== undefined) return { do: 'book', state: 'declined', attempt: declined.number };
  const next = nextBank(inCycle, banks, nowMs);
  const isRetry = attempts.some(({ responseClass }) => responseClass !== null);
  return next.do === 'send' && isRetry ? withinBudget(payment, next, nowMs) : next;
}

function reverse(attempt: AttemptFacts, nowMs: number): NextStep {
  const { bankId, reversalTries: tries } = attempt;
  const step = { do: 'reverse', attempt: attempt.number, repeat: tries > 0 } as const;
  if (attempt.state === 'unknown' || tries === 0) return step;
  const dueMs = attempt.changedAtMs + growing(reversalRepeatMs, tries);
  if (nowMs >= dueMs) return step;
  return { do: 'wait', reason: { kind: 'reversal-unconfirmed', bankId, tries }, untilMs: dueMs };
}

/** A first attempt is no retry and is always allowed; one more has to stay within the scheme's budget. */
function withinBudget(
  { scheme, cardAttempts, amountMinor }: PaymentFacts,
  next: NextStep,
  nowMs: number,
): NextStep {
  const fromMs = nextWithinBudgetMs(scheme, cardAttempts, amountMinor, nowMs);
  if (fromMs <= nowMs) return next;
  return { do: 'wait', reason: { kind: 'scheme-budget', scheme }, untilMs: fromMs };
}

function nextBank(inCycle: readonly AttemptFacts[], { ranked, blocked }: BankOrder, nowMs: number): NextStep {
  // No bank at all (every account blocked): looked at again when the longest wait has passed.
  if (ranked.length === 0)
    return {
      do: 'wait',
      reason: { kind: 'banks-blocked', bankIds: [...blocked] },
      untilMs: nowMs + bankRepeatMs.max,
    };
  const anyFromMs = anyMayBeAskedFromMs(inCycle, ranked.length);
  const dueMs = ranked.map(({ bankId }) =>
    Math.max(anyFromMs, mayBeAskedFromMs(inCycle.filter((attempt) => attempt.bankId === bankId))),
  );
  const index = dueMs.findIndex((fromMs) => fromMs <= nowMs);
  if (index >= 0) return { do: 'send', bankId: ranked[index]!.bankId };
  const kind = anyFromMs > nowMs ? 'banks-in-trouble' : 'banks-unreachable';
  return { do: 'wait', reason: { kind, bankIds: idsOf(ranked) }, untilMs: Math.min(...dueMs) };
}

const idsOf = (ranked: readonly RankedBank[]): string[] => ranked.map(({ bankId }) => bankId);

function mayBeAskedFromMs(attemptsAtBank: readonly AttemptFacts[]): number {
  if (attemptsAtBank.length === 0) return Number.NEGATIVE_INFINITY;
  const lastMs = Math.max(...attemptsAtBank.map(({ changedAtMs }) => changedAtMs));
  return lastMs + growing(bankRepeatMs, attemptsAtBank.length);
}

/** When any bank may be asked again: at once until each could say once that it was in trouble, then after a growing wait. */
function anyMayBeAskedFromMs(inCycle: readonly AttemptFacts[], banks: number): number {
  const answered = inCycle.filter(
    ({ responseClass }) => responseClass === 'bank-trouble' || responseClass === 'unsure',
  );
  if (answered.length < Math.max(1, banks)) return Number.NEGATIVE_INFINITY;
  const lastMs = Math.max(...answered.map(({ changedAtMs }) => changedAtMs));
  return lastMs + growing(issuerRepeatMs, answered.length - Math.max(1, banks) + 1);
}

const growing = (wait: { first: number; max: number }, times: number): number =>
  Math.min(wait.max, wait.first * 2 ** (times - 1));
