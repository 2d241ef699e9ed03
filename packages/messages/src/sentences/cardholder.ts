import {
  type DebtState,
  isPaidDebt,
  type ResponseMeaning,
  type RetryCause,
  type RetryDenial,
  type WaitKind,
} from '@bivak/domain';
import type { Renderer } from '../render/renderer.ts';
import { cardholderReasons } from './cardholder-reasons.ts';
import { rowFor, type Table } from './table.ts';

/** What the cardholder's page knows of a debt as a whole; instants in milliseconds. */
export interface CardholderFacts {
  state: DebtState;
  /** Whether the card may be tried now; if not, why, and from when (null: that is not known, or never). */
  mayTry: { allowed: true } | { allowed: false; denial: RetryDenial; fromMs: number | null };
  /** Why the attempt under way waits; null if it does not, or if there is none. */
  waitKind: WaitKind | null;
  /** Nobody knows what a bank has debited, and a person looks into it, or may have to. */
  isLookedInto: boolean;
  nextAttemptAtMs: number | null;
  windowEndsAtMs: number;
  /** The last attempt that has ended. `cause`: why its cycle was begun, null: the first one; `meaning` null: the issuer was not reached. */
  lastAttempt: { atMs: number; cause: RetryCause | null; meaning: ResponseMeaning | null } | null;
}

type Timed = CardholderFacts & { nowMs: number };

export type CardholderClaim =
  | 'looked-into'
  | 'attempt-under-way'
  | 'bank-is-asked'
  | 'paid'
  | 'unpaid'
  | 'declined'
  | 'not-reached'
  | 'card-not-taken'
  | 'not-payable-with-card'
  | 'will-try-again-at'
  | 'attempt-is-due'
  | 'payable-until-end';

type StateKey =
  | 'looked-into'
  | 'asking'
  | 'cannot-ask-now'
  | 'paid'
  | 'paid-after-listing'
  | 'listed-final'
  | 'listed'
  | 'final'
  | 'tried-again'
  | 'about-to-try'
  | 'payable-until'
  | 'unpaid'
  | 'unreached-tried-again'
  | 'unreached-about-to-try'
  | 'unreached';

const isUnreached = ({ lastAttempt }: CardholderFacts): boolean => lastAttempt?.meaning === null;
const isFinal = ({ mayTry }: CardholderFacts): boolean =>
  !mayTry.allowed && (mayTry.denial === 'final' || mayTry.denial === 'mend-data');

const isPayableBeforeEnd = ({ mayTry, windowEndsAtMs, nowMs }: Timed): boolean =>
  windowEndsAtMs > nowMs && (mayTry.allowed || (mayTry.fromMs !== null && mayTry.fromMs < windowEndsAtMs));

/** Every state of a debt, and the sentence that its cardholder reads. */
export const cardholderRows: Table<StateKey, Timed, CardholderClaim> = {
  'looked-into': {
    when: ({ state, isLookedInto }) => isLookedInto && !isPaidDebt(state),
    claims: ['looked-into'],
  },
  asking: {
    when: ({ state, waitKind }) =>
      state === 'attempting' && (waitKind === null || waitKind === 'answer-pending'),
    claims: ['attempt-under-way', 'bank-is-asked'],
  },
  'cannot-ask-now': { when: ({ state }) => state === 'attempting', claims: ['attempt-under-way'] },
  paid: { when: ({ state }) => state === 'recovered', claims: ['paid'] },
  'paid-after-listing': { when: ({ state }) => state === 'paid-after-listing', claims: ['paid'] },
  'listed-final': {
    when: (facts) => facts.state === 'stop-listed' && isFinal(facts),
    claims: ['unpaid', 'card-not-taken', 'not-payable-with-card'],
  },
  listed: { when: ({ state }) => state === 'stop-listed', claims: ['unpaid', 'card-not-taken'] },
  final: { when: isFinal, claims: ['unpaid', 'declined', 'not-payable-with-card'] },
  'unreached-tried-again': {
    when: (facts) =>
      isUnreached(facts) && facts.nextAttemptAtMs !== null && facts.nextAttemptAtMs > facts.nowMs,
    claims: ['unpaid', 'not-reached', 'will-try-again-at'],
  },
  'unreached-about-to-try': {
    when: (facts) => isUnreached(facts) && facts.nextAttemptAtMs !== null,
    claims: ['unpaid', 'not-reached', 'attempt-is-due'],
  },
  unreached: { when: isUnreached, claims: ['unpaid', 'not-reached'] },
  'tried-again': {
    when: ({ nextAttemptAtMs, nowMs }) => nextAttemptAtMs !== null && nextAttemptAtMs > nowMs,
    claims: ['unpaid', 'declined', 'will-try-again-at'],
  },
  'about-to-try': {
    when: ({ nextAttemptAtMs }) => nextAttemptAtMs !== null,
    claims: ['unpaid', 'declined', 'attempt-is-due'],
  },
  'payable-until': { when: isPayableBeforeEnd, claims: ['unpaid', 'declined', 'payable-until-end'] },
  unpaid: { when: ({ state }) => isUnpaidState(state), claims: ['unpaid', 'declined'] },
};

/** Unpaid, and no attempt is under way. */
const isUnpaidState = (state: DebtState): boolean => !isPaidDebt(state) && state !== 'attempting';

export interface CardholderText {
  key: StateKey;
  /** What the page says of the debt. */
  state: string;
  /** The last attempt, when it was and why it failed. */
  last: string | null;
  /** The one thing that the cardholder can do, or why he cannot now. */
  action: { kind: 'try' | 'wait' | 'none'; text: string } | null;
  /** True if the page has to look again by itself. */
  refreshes: boolean;
}

/** The sentences of the cardholder's page. The renderer needs the till's time zone and `nowMs`. */
export function cardholderText(facts: CardholderFacts, renderer: Renderer): CardholderText {
  const { t, nowMs } = renderer;
  if (nowMs === undefined) throw new Error('the cardholder’s page needs nowMs');
  const key = rowFor(cardholderRows, { ...facts, nowMs });
  const isLookedInto = key === 'looked-into';
  const isUnpaid = !isLookedInto && isUnpaidState(facts.state);
  return {
    key,
    state: t(`cardholder:state.${key}`, {
      next: facts.nextAttemptAtMs === null ? '' : aheadText(renderer, facts.nextAttemptAtMs),
      end: aheadText(renderer, facts.windowEndsAtMs),
    }),
    last: isUnpaid ? lastText(facts, renderer) : null,
    action: isUnpaid ? actionText(facts, renderer) : null,
    refreshes: facts.state === 'attempting' && !isLookedInto,
  };
}

function lastText({ lastAttempt }: CardholderFacts, renderer: Renderer): string | null {
  if (lastAttempt === null) return null;
  const { t, time, moment, daysAhead } = renderer;
  const { atMs, cause, meaning } = lastAttempt;
  const at = daysAhead(atMs) === 0 ? time(atMs) : moment(atMs);
  if (meaning === null) return t(`cardholder:lastUnreached.${cause ?? 'first'}`, { at });
  return t(`cardholder:last.${cause ?? 'first'}`, {
    at,
    reason: t(`cardholder:reason.${cardholderReasons[meaning]}`),
  });
}

/** "today, 9:00"; another day by its weekday: the page is read when it is made. */
const aheadText = ({ t, time, ahead, daysAhead }: Renderer, atMs: number): string =>
  daysAhead(atMs) === 0 ? t('cardholder:today', { time: time(atMs) }) : ahead(atMs);

function actionText({ mayTry }: CardholderFacts, renderer: Renderer): CardholderText['action'] {
  const { t } = renderer;
  if (mayTry.allowed) return { kind: 'try', text: t('cardholder:try') };
  const { denial, fromMs } = mayTry;
  if (denial === 'final' || denial === 'mend-data') return { kind: 'none', text: t('cardholder:final') };
  if (fromMs === null || denial === 'under-way' || denial === 'closed') return null;
  return { kind: 'wait', text: t(`cardholder:later.${denial}`, { from: aheadText(renderer, fromMs) }) };
}
