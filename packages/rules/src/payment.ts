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
import { attemptsLeft, type CardAttempt, nextWithinBudgetMs } from './scheme-rules.ts';
import { maxCompletingMs, maxReversingMs } from './stays.ts';

export interface PaymentFacts {
  /** Counts from 0; each retry of a declined payment begins another cycle, in which every bank may be asked again. */
  cycle: number;
  /** The till has said that the sale did not happen. */
  cancelRequested: boolean;
  amountMinor: number;
  scheme: Scheme;
  /** Attempts with this card that its scheme may count; looked at only once an attempt has left. */
  cardAttempts: readonly CardAttempt[];
  /** The issuer was known not to be reached when the cycle's first attempt was made; looked at only once one has left. */
  isIssuerUnreached: boolean;
  /** The cycle has ended, since no bank reached the issuer: only another one is tried. */
  isUnreached: boolean;
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
  /** How often the advice that debits was sent without an answer that ends it. */
  completionTries: number;
  /** Since when that advice is to be sent; null before. */
  completingSinceMs: number | null;
  /** The bank has not answered the debit, can be asked what became of it, and was not. */
  mayInquire: boolean;
  /** Nobody waited for its answer, since the host died: that says nothing of bank or issuer. */
  wasInterrupted: boolean;
}

export type NextStep =
  | { do: 'send'; bankId: string }
  | { do: 'reverse'; attempt: number; repeat: boolean }
  /** The advice that debits what the bank has reserved, or what it takes as an advice. */
  | { do: 'complete'; attempt: number; repeat: boolean }
  /** Asked once what became of a debit: evidence that it stands; everything else is reversed all the same. */
  | { do: 'inquire'; attempt: number }
  /** Sent once: a refund that is not answered is a matter for a person. */
  | { do: 'refund'; attempt: number }
  /** Nobody can say by the wire whether the bank has debited: raised as an alarm, decided by a person. */
  | { do: 'dispute'; attempt: number; cause: DisputeCause }
  | { do: 'book'; state: PaymentEnd; attempt: number | null }
  /** `untilMs` null: until what is under way has ended. */
  | { do: 'wait'; reason: WaitReason; untilMs: number | null };

const reversalRepeatMs = { first: 5_000, max: 10 * 60_000 };
const completionRepeatMs = { first: 5_000, max: 10 * 60_000 };
const bankRepeatMs = { first: 10_000, max: 15 * 60_000 };
/** Once every bank was asked in vain, one is asked again after so long each; then the cycle ends, and recovery spaces the rest. */
const unreachedRepeatsMs = [5 * 60_000, 30 * 60_000] as const;

/**
 * What to do next for a payment, from what is written down alone: the same after a crash as before it.
 *
 * - While an attempt is open (its outcome unknown, being reversed or refunded, disputed) no bank is sent a debit. Usually that
 *   is one; an approval that comes after another answer may open more, also of a payment that has long been decided.
 * - An open one is reversed until the bank confirms; one that nobody can end by the wire is a person's to decide.
 * - One whose sum the bank has reserved is completed until the bank answers, unless the sale did not happen or is paid otherwise.
 * - The issuer's decline ends the cycle: another bank would hear the same.
 * - A bank that could not be reached, blocks us or is in trouble is asked again only after a growing wait.
 * - If what left has brought no decision of the issuer at any bank, the cycle ends so: that is no decline, and recovery goes on.
 *   An issuer that is known not to be reached is tried once in a cycle, each time through the bank that was asked longest ago.
 * - A card's scheme bounds the attempts that follow one that left, whatever bank carries them.
 * - A cancelled sale is reversed if it was debited, and never sent again.
 */
export function decideNextStep(
  payment: PaymentFacts,
  attempts: readonly AttemptFacts[],
  banks: BankOrder,
  nowMs: number,
): NextStep {
  const approved = attempts.filter(({ state }) => state === 'approved');
  const isWanted = !payment.cancelRequested && approved.length === 0;
  const open = endOpen(attempts, isWanted, nowMs);
  if (open !== null) return open;
  // Debited twice, because an approval came late or a person has found it in a bank's books: the later one is given back.
  const surplus = payment.cancelRequested ? approved[0] : approved[1];
  if (surplus !== undefined) return { do: 'reverse', attempt: surplus.number, repeat: false };
  if (payment.cancelRequested) return { do: 'book', state: 'cancelled', attempt: null };
  if (approved[0] !== undefined) return { do: 'book', state: 'collected', attempt: approved[0].number };
  const inCycle = attempts.filter(({ cycle }) => cycle === payment.cycle);
  const declined = inCycle.find(isIssuersNo);
  if (declined !== undefined) return { do: 'book', state: 'declined', attempt: declined.number };
  return nextDebit(payment, attempts, banks, nowMs);
}

/** The issuer's no, also one that was not understood and has been reversed. */
const isIssuersNo = ({ state, afterReversal }: AttemptFacts): boolean =>
  state === 'declined' || (state === 'reversed' && afterReversal === 'declined');

/** The states in which nobody knows whether the bank has debited, or holds what it has. */
export const openAttemptStates = [
  'stored',
  'sent',
  'completing',
  'unknown',
  'reversing',
  'refunding',
  'disputed',
] as const satisfies readonly AttemptState[];

/** What the open attempts need: the first that something can be done for, else the wait that ends first; null if none is open. */
function endOpen(attempts: readonly AttemptFacts[], isWanted: boolean, nowMs: number): NextStep | null {
  const steps = attempts
    .filter(({ state }) => (openAttemptStates as readonly AttemptState[]).includes(state))
    .map((open) => endOne(open, isWanted, nowMs));
  const act = steps.find((step) => step.do !== 'wait');
  if (act !== undefined) return act;
  const waits = steps.filter((step) => step.do === 'wait');
  return waits.toSorted((a, b) => (a.untilMs ?? Infinity) - (b.untilMs ?? Infinity))[0] ?? null;
}

/** `isWanted`: the sale did happen, and nothing has paid for it yet. */
function endOne(attempt: AttemptFacts, isWanted: boolean, nowMs: number): NextStep {
  const { state, bankId, number } = attempt;
  if (state === 'disputed')
    return { do: 'wait', reason: { kind: 'decision-needed', bankId, attempt: number }, untilMs: null };
  if (state === 'stored' || state === 'sent' || state === 'refunding')
    return { do: 'wait', reason: { kind: 'answer-pending', bankId }, untilMs: null };
  if (state === 'completing') return isWanted ? complete(attempt, nowMs) : reverse(attempt, nowMs);
  if (state === 'unknown' && attempt.mayInquire && isWanted) return { do: 'inquire', attempt: number };
  return reverse(attempt, nowMs);
}

function complete(attempt: AttemptFacts, nowMs: number): NextStep {
  const { bankId, number, completionTries: tries, completingSinceMs } = attempt;
  const step = { do: 'complete', attempt: number, repeat: tries > 0 } as const;
  if (tries === 0) return step;
  // By the last try, as with a reversal.
  if (attempt.changedAtMs - (completingSinceMs ?? attempt.changedAtMs) >= maxCompletingMs)
    return { do: 'dispute', attempt: number, cause: 'completion-unanswered' };
  const dueMs = attempt.changedAtMs + growing(completionRepeatMs, tries);
  if (nowMs >= dueMs) return step;
  return { do: 'wait', reason: { kind: 'completion-unconfirmed', bankId, tries }, untilMs: dueMs };
}

function reverse(attempt: AttemptFacts, nowMs: number): NextStep {
  const { bankId, number, reversalTries: tries, reversalVerdict, reversingSinceMs } = attempt;
  const step = { do: 'reverse', attempt: number, repeat: tries > 0 } as const;
  if (attempt.state === 'unknown' || attempt.state === 'completing') return step;
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

/** Sends the next debit of a cycle that nobody has decided, waits, or ends it: no bank reaches the issuer now. */
function nextDebit(
  payment: PaymentFacts,
  attempts: readonly AttemptFacts[],
  banks: BankOrder,
  nowMs: number,
): NextStep {
  const { cycle, scheme, cardAttempts, amountMinor } = payment;
  const inCycle = attempts.filter((attempt) => attempt.cycle === cycle);
  const unreached = inCycle.filter(isInVain);
  const isProbe = payment.isIssuerUnreached || wasUnreached(attempts, cycle - 1);
  const maxUnreached = maxUnreachedAttempts(cycle, isProbe, banks.ranked.length);
  if (payment.isUnreached || unreached.length >= maxUnreached)
    return { do: 'book', state: 'declined', attempt: null };
  const next = nextBank(inCycle, isProbe ? inTurn(banks, attempts) : banks, nowMs);
  if (next.do !== 'send' || !attempts.some(hasLeft)) return next;
  if (unreached.length > 0 && attemptsLeft(scheme, cardAttempts, amountMinor, nowMs, 'unreachable') === 0)
    return { do: 'book', state: 'declined', attempt: null };
  // What recovery has asked for it has planned within its share; one that has not left anything yet may use it all.
  const fromMs = nextWithinBudgetMs(scheme, cardAttempts, amountMinor, nowMs);
  if (fromMs <= nowMs) return next;
  return { do: 'wait', reason: { kind: 'scheme-budget', scheme }, untilMs: fromMs };
}

/** True if the attempt may have been counted by the card's scheme. */
const hasLeft = ({ state, wasInterrupted, responseClass }: AttemptFacts): boolean =>
  state !== 'stored' && state !== 'not-sent' && !(wasInterrupted && responseClass === null);

/** It left and brought no decision of the issuer, at a bank that serves us; what may be debited is given back. */
const isInVain = (attempt: AttemptFacts): boolean =>
  hasLeft(attempt) && !isIssuersNo(attempt) && attempt.responseClass !== 'merchant-blocked';

function wasUnreached(attempts: readonly AttemptFacts[], cycle: number): boolean {
  const before = attempts.filter((attempt) => attempt.cycle === cycle);
  return before.some(isInVain) && !before.some(isIssuersNo);
}

/** So many attempts in vain end a cycle: each bank is asked once, at first two more times; a known trouble is only probed. */
function maxUnreachedAttempts(cycle: number, isProbe: boolean, banks: number): number {
  if (isProbe) return 1;
  return Math.max(1, banks) + (cycle === 0 ? unreachedRepeatsMs.length : 0);
}

/** The banks in the order in which they were asked last, those first that were not. */
function inTurn({ ranked, blocked }: BankOrder, attempts: readonly AttemptFacts[]): BankOrder {
  const lastMs = ({ bankId }: RankedBank): number =>
    Math.max(
      Number.NEGATIVE_INFINITY,
      ...attempts
        .filter((one) => one.bankId === bankId && hasLeft(one))
        .map(({ changedAtMs }) => changedAtMs),
    );
  return { ranked: ranked.toSorted((a, b) => compare(lastMs(a), lastMs(b))), blocked };
}

const compare = (one: number, other: number): number => (one === other ? 0 : one < other ? -1 : 1);

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

/** When any bank may be asked again: at once until each was asked in vain once, then after a wait of its own each time. */
function anyMayBeAskedFromMs(inCycle: readonly AttemptFacts[], banks: number): number {
  const unreached = inCycle.filter(isInVain);
  const repeat = unreached.length - Math.max(1, banks);
  if (repeat < 0) return Number.NEGATIVE_INFINITY;
  const lastMs = Math.max(...unreached.map(({ changedAtMs }) => changedAtMs));
  return lastMs + unreachedRepeatsMs[Math.min(repeat, unreachedRepeatsMs.length - 1)]!;
}

const growing = (wait: { first: number; max: number }, times: number): number =>
  Math.min(wait.max, wait.first * 2 ** (times - 1));
