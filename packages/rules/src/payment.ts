import { defineLifecycle, type StateOf } from '@bivak/lifecycle';
import type { ResponseClass } from './response-codes.ts';
import type { RankedBank } from './routing.ts';

/** The life of a payment. Its id is the sale's identity; it is created once, whatever is shipped how often. */
export const paymentLife = defineLifecycle({
  name: 'payment',
  initial: 'received',
  states: {
    received: { to: ['routed', 'cancelled'], means: 'the host has the sale; no bank was chosen yet' },
    routed: {
      to: ['sending', 'cancelled'],
      means: 'the banks are ordered; nothing is under way (also: waiting until a bank may be asked again)',
    },
    sending: {
      to: ['collected', 'declined', 'unknown', 'routed'],
      means: 'an attempt is stored and on its way',
    },
    unknown: { to: ['reversing'], means: 'the bank may have debited; nobody knows' },
    reversing: {
      to: ['routed', 'cancelled'],
      means: 'a reversal is repeated until the bank answers it; no other bank may be asked before',
    },
    collected: { to: ['cancelling'], means: 'debited once; the money is on its way to the merchant' },
    declined: {
      to: ['routed', 'cancelled'],
      means: 'the issuer said no; recovery may ask for another attempt',
    },
    cancelling: { to: ['cancelled'], means: 'debited, but the sale did not happen: being reversed' },
    cancelled: { to: [], means: 'the sale did not happen and nothing is debited' },
  },
});
export type PaymentState = StateOf<typeof paymentLife>;

/** The life of one attempt at one bank. */
export const attemptLife = defineLifecycle({
  name: 'attempt',
  initial: 'stored',
  states: {
    stored: { to: ['sent', 'not-sent', 'unknown'], means: 'written down before its message leaves' },
    sent: { to: ['approved', 'declined', 'unknown', 'not-sent'], means: 'given to the bank’s link' },
    approved: { to: ['reversing'], means: 'the bank has debited' },
    declined: { to: [], means: 'the bank has answered and not debited' },
    'not-sent': { to: [], means: 'it is certain that nothing left' },
    unknown: { to: ['reversing'], means: 'it may have left, and there is no answer' },
    reversing: { to: ['reversed'], means: 'a reversal is stored, and repeated until it is answered' },
    reversed: { to: [], means: 'the bank has confirmed that nothing is debited' },
  },
});
export type AttemptState = StateOf<typeof attemptLife>;

export interface PaymentFacts {
  /** Counts from 0; each retry of a declined payment begins another cycle, in which every bank may be asked again. */
  cycle: number;
  /** The till has said that the sale did not happen. */
  cancelAsked: boolean;
}

export interface AttemptFacts {
  number: number;
  cycle: number;
  bankId: string;
  state: AttemptState;
  /** Of the answer, where there is one. */
  responseClass: ResponseClass | null;
  /** When it came into its state. */
  changedAtMs: number;
  /** How often its reversal was sent without an answer. */
  reversalTries: number;
}

export type NextStep =
  | { do: 'send'; bankId: string }
  | { do: 'reverse'; attempt: number; repeat: boolean }
  | { do: 'book'; state: 'collected' | 'declined' | 'cancelled'; attempt: number | null }
  /** `untilMs` null: until what is under way has ended. */
  | { do: 'wait'; untilMs: number | null };

const reversalRepeatMs = { first: 5_000, longest: 10 * 60_000 };
const bankRepeatMs = { first: 10_000, longest: 15 * 60_000 };
/** Schemes count attempts whatever bank carries them (20 in 30 days at Visa): spread over days, not spent in an hour. */
const issuerRepeatMs = { first: 60_000, longest: 4 * 60 * 60_000 };

/**
 * What to do next for a payment, from what is written down alone: the same after a crash as before it.
 *
 * - At most one attempt may be open (stored, sent, unknown, reversing) at any time.
 * - An unknown one is reversed until the bank confirms; only then may another bank, or the same again, be asked.
 * - The issuer's decline ends the cycle: another bank would hear the same.
 * - A bank that could not be reached, blocks us or is in trouble is asked again only after a growing wait; once every bank
 *   has answered that it is in trouble (mostly: with the issuer), all of them are, and the wait grows to hours.
 * - A cancelled sale is reversed where it was debited and never sent again.
 */
export function decideNextStep(
  payment: PaymentFacts,
  attempts: readonly AttemptFacts[],
  ranked: readonly RankedBank[],
  nowMs: number,
): NextStep {
  const open = attempts.find(({ state }) => state === 'unknown' || state === 'reversing');
  if (open !== undefined) return reverse(open, nowMs);
  if (attempts.some(({ state }) => state === 'stored' || state === 'sent'))
    return { do: 'wait', untilMs: null };
  const approved = attempts.find(({ state }) => state === 'approved');
  if (payment.cancelAsked) {
    if (approved !== undefined) return { do: 'reverse', attempt: approved.number, repeat: false };
    return { do: 'book', state: 'cancelled', attempt: null };
  }
  if (approved !== undefined) return { do: 'book', state: 'collected', attempt: approved.number };
  const inCycle = attempts.filter(({ cycle }) => cycle === payment.cycle);
  const refused = inCycle.find(
    ({ state, responseClass }) => state === 'declined' && responseClass === 'declined',
  );
  if (refused !== undefined) return { do: 'book', state: 'declined', attempt: refused.number };
  return nextBank(inCycle, ranked, nowMs);
}

function reverse(attempt: AttemptFacts, nowMs: number): NextStep {
  const step = { do: 'reverse', attempt: attempt.number, repeat: attempt.reversalTries > 0 } as const;
  if (attempt.state === 'unknown' || attempt.reversalTries === 0) return step;
  const dueMs = attempt.changedAtMs + growing(reversalRepeatMs, attempt.reversalTries);
  return nowMs >= dueMs ? step : { do: 'wait', untilMs: dueMs };
}

function nextBank(inCycle: readonly AttemptFacts[], ranked: readonly RankedBank[], nowMs: number): NextStep {
  const anyFromMs = anyMayBeAskedFromMs(inCycle, ranked.length);
  const dueMs = ranked.map(({ bankId }) =>
    Math.max(anyFromMs, mayBeAskedFromMs(inCycle.filter((attempt) => attempt.bankId === bankId))),
  );
  const index = dueMs.findIndex((fromMs) => fromMs <= nowMs);
  if (index >= 0) return { do: 'send', bankId: ranked[index]!.bankId };
  // No bank at all (every account blocked): looked at again when the longest wait has passed.
  return { do: 'wait', untilMs: dueMs.length === 0 ? nowMs + bankRepeatMs.longest : Math.min(...dueMs) };
}

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

const growing = (wait: { first: number; longest: number }, times: number): number =>
  Math.min(wait.longest, wait.first * 2 ** (times - 1));
