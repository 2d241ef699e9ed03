import type {
  AfterReversal,
  AttemptState,
  DisputeCause,
  PaymentEnd,
  RankedBank,
  ResponseClass,
  ReversalVerdict,
  Scheme,
  WaitReason,
} from '@bivak/domain';
import type { BankOrder } from './routing.ts';
import { type CardAttempt, nextWithinBudgetMs } from './scheme-rules.ts';
import { maxReversingMs } from './stays.ts';

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
  /** What an unsure answer counts as once it is reversed; null otherwise. */
  afterReversal: AfterReversal | null;
  /** When it came into its state. */
  changedAtMs: number;
  /** How often its reversal was sent without an answer that ends it. */
  reversalTries: number;
  /** When its first reversal was stored; null before. */
  reversingSinceMs: number | null;
  /** What the last answer to its reversal meant; null if there was none. */
  reversalVerdict: ReversalVerdict | null;
}

export type NextStep =
  | { do: 'send'; bankId: string }
  | { do: 'reverse'; attempt: number; repeat: boolean }
  /** Sent once: a refund that is not answered is a matter for a person. */
  | { do: 'refund'; attempt: number }
  /** Nobody can say by the wire whether the bank has debited: raised as an alarm, decided by a person. */
  | { do: 'dispute'; attempt: number; cause: DisputeCause }
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
 * - While an attempt is open (its outcome unknown, being reversed or refunded, disputed) no bank is sent a debit. Usually that
 *   is one; an approval that comes after another answer may open more, also of a payment that has long been decided.
 * - An open one is reversed until the bank confirms; one that nobody can end by the wire is a person's to decide.
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
  const open = endOpen(attempts, nowMs);
  if (open !== null) return open;
  const approved = attempts.filter(({ state }) => state === 'approved');
  // Debited twice, because an approval came late or a person has found it in a bank's books: the later one is given back.
  const surplus = payment.cancelRequested ? approved[0] : approved[1];
  if (surplus !== undefined) return { do: 'reverse', attempt: surplus.number, repeat: false };
  if (payment.cancelRequested) return { do: 'book', state: 'cancelled', attempt: null };
  if (approved[0] !== undefined) return { do: 'book', state: 'collected', attempt: approved[0].number };
  const inCycle = attempts.filter(({ cycle }) => cycle === payment.cycle);
  const declined = inCycle.find(isIssuersNo);
  if (declined !== undefined) return { do: 'book', state: 'declined', attempt: declined.number };
  const next = nextBank(inCycle, banks, nowMs);
  const isRetry = attempts.some(({ responseClass }) => responseClass !== null);
  return next.do === 'send' && isRetry ? withinBudget(payment, next, nowMs) : next;
}

/** The issuer's no, also one that was not understood and has been reversed. */
const isIssuersNo = ({ state, afterReversal }: AttemptFacts): boolean =>
  state === 'declined' || (state === 'reversed' && afterReversal === 'declined');

/** The states in which nobody knows whether the bank has debited, or holds what it has. */
export const openAttemptStates = [
  'stored',
  'sent',
  'unknown',
  'reversing',
  'refunding',
  'disputed',
] as const satisfies readonly AttemptState[];

/** What the open attempts need: the first that something can be done for, else the wait that ends first; null if none is open. */
function endOpen(attempts: readonly AttemptFacts[], nowMs: number): NextStep | null {
  const steps = attempts
    .filter(({ state }) => (openAttemptStates as readonly AttemptState[]).includes(state))
    .map((open) => endOne(open, nowMs));
  const act = steps.find((step) => step.do !== 'wait');
  if (act !== undefined) return act;
  const waits = steps.filter((step) => step.do === 'wait');
  return waits.toSorted((a, b) => (a.untilMs ?? Infinity) - (b.untilMs ?? Infinity))[0] ?? null;
}

function endOne(attempt: AttemptFacts, nowMs: number): NextStep {
  const { state, bankId, number } = attempt;
  if (state === 'disputed')
    return { do: 'wait', reason: { kind: 'decision-needed', bankId, attempt: number }, untilMs: null };
  if (state === 'stored' || state === 'sent' || state === 'refunding')
    return { do: 'wait', reason: { kind: 'answer-pending', bankId }, untilMs: null };
  return reverse(attempt, nowMs);
}

function reverse(attempt: AttemptFacts, nowMs: number): NextStep {
  const { bankId, number, reversalTries: tries, reversalVerdict, reversingSinceMs } = attempt;
  const step = { do: 'reverse', attempt: number, repeat: tries > 0 } as const;
  if (attempt.state === 'unknown') return step;
  if (reversalVerdict === 'refund') return { do: 'refund', attempt: number };
  if (reversalVerdict === 'dispute') return { do: 'dispute', attempt: number, cause: 'debit-not-found' };
  if (tries === 0) return step;
  // By the last try, not by now: a host that was away for longer tries once more first.
  if (attempt.changedAtMs - (reversingSinceMs ?? attempt.changedAtMs) >= maxReversingMs)
    return { do: 'dispute', attempt: number, cause: 'reversal-unconfirmed' };
  const dueMs = attempt.changedAtMs + growing(reversalRepeatMs, tries);
  if (nowMs >= dueMs) return step;
  const kind = reversalVerdict === 'not-yet' ? 'debit-not-seen-yet' : 'reversal-unconfirmed';
  return { do: 'wait', reason: { kind, bankId, tries }, untilMs: dueMs };
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
