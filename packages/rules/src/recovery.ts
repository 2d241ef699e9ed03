import type { RetryClass, RetryDenial, Scheme } from '@bivak/domain';
import { isLocalHour, nextLocalHourMs } from './local-hour.ts';
import { attemptsLeft, type CardAttempt, nextWithinBudgetMs, type Share } from './scheme-rules.ts';

const hourMs = 3_600_000;

/** What the provider sets. */
export interface RecoveryPolicy {
  /** How long a debt is tried before its card is listed; 7 days by default. */
  windowMs: number;
  /** Hour of the day (0–23, in `timeZone`) at which a scheduled attempt is made: mornings find money more often. */
  attemptHourLocal: number;
  timeZone: string;
  /** The minimum time between two scheduled attempts. */
  minGapMs: number;
}

/** What is known of a debt when it is planned; all instants in milliseconds. */
export interface DebtToPlan {
  scheme: Scheme;
  amountMinor: number;
  /** Of the latest decline. */
  retryClass: RetryClass;
  /** The latest decline's advised wait. */
  waitMs: number;
  windowEndsAtMs: number;
  /** The latest decline. */
  declinedAtMs: number;
  /** Every attempt with this card at this acceptor, whatever bank and whatever debt; one that is asked for and not decided counts as of now. */
  cardAttempts: readonly CardAttempt[];
  /** How often in a row no bank has reached the issuer of this card. */
  unreachedInARow: number;
  /** How often of these it was tried because the issuer seemed to be back. */
  triedAsBack: number;
  /** The issuer has decided about some card of its own since it could not be reached about this one. */
  isIssuerBack: boolean;
}

export type DebtPlan =
  | { do: 'attempt'; atMs: number; reason: 'daily' | 'budget' | 'unreachable' | 'issuer-back' }
  /** Nothing more is tried; the card may be listed from `atMs` on (which may be now or past). */
  | { do: 'list'; atMs: number; reason: 'final' | 'mend-data' | 'window-ends' };

/**
 * What happens next to an open debt: the next scheduled attempt if the scheme allows one before the window ends, else the
 * listing at the window's end; at once if the issuer's answer forbids any retry. An attempt that fell due while nobody
 * was there is due now, once.
 */
export function planDebt(debt: DebtToPlan, policy: RecoveryPolicy, nowMs: number): DebtPlan {
  if (debt.retryClass === 'never') return { do: 'list', atMs: nowMs, reason: 'final' };
  if (debt.retryClass === 'mend-data') {
    return { do: 'list', atMs: debt.windowEndsAtMs, reason: 'mend-data' };
  }
  if (debt.retryClass === 'unreachable') return planUnreachable(debt, nowMs);
  const earliestMs = debt.declinedAtMs + Math.max(debt.waitMs, policy.minGapMs);
  const { attemptHourLocal, timeZone } = policy;
  // A wait of whole days ends a moment after the hour has begun: still the hour, not another day later.
  const scheduledMs = isLocalHour(earliestMs, attemptHourLocal, timeZone)
    ? earliestMs
    : nextLocalHourMs(earliestMs, attemptHourLocal, timeZone);
  const atMs = nextWithinBudgetMs(debt.scheme, debt.cardAttempts, debt.amountMinor, scheduledMs);
  if (atMs >= debt.windowEndsAtMs || nowMs >= debt.windowEndsAtMs) {
    return {
      do: 'list',
      atMs: debt.windowEndsAtMs,
      reason: 'window-ends',
    };
  }
  const reason = atMs === scheduledMs ? 'daily' : 'budget';
  return { do: 'attempt', atMs: Math.max(atMs, nowMs), reason };
}

/** How long an issuer that could not be reached is left alone at first. */
const unreachableGapMs = hourMs;

/**
 * An issuer that cannot be reached is tried again after growing waits, by day and by night, and never so often that what may
 * be spent on it is used up before the window ends. Once it is known to be back it is tried at once (or soon, if that was
 * said before and was not so). What was kept for that is spent on the last day if nobody has said so.
 */
function planUnreachable(debt: DebtToPlan, nowMs: number): DebtPlan {
  const { declinedAtMs, windowEndsAtMs, unreachedInARow, triedAsBack } = debt;
  const candidates: { fromMs: number; share: Share; reason: 'issuer-back' | 'unreachable' }[] = [
    { fromMs: declinedAtMs + gapMs(debt), share: 'unreachable', reason: 'unreachable' },
    {
      fromMs: Math.max(windowEndsAtMs - lastDayMs, declinedAtMs + growing(unreachedInARow, lastDayMs)),
      share: 'whole',
      reason: 'unreachable',
    },
  ];
  if (debt.isIssuerBack) {
    const fromMs = declinedAtMs + (triedAsBack === 0 ? 0 : growing(triedAsBack, lastDayMs));
    candidates.push({ fromMs, share: 'whole', reason: 'issuer-back' });
  }
  const [first] = candidates
    .map(({ fromMs, share, reason }) => ({
      reason,
      atMs: withinShareMs(debt, Math.max(fromMs, nowMs), share),
    }))
    .toSorted((a, b) => a.atMs - b.atMs);
  return first!.atMs < windowEndsAtMs
    ? { do: 'attempt', ...first! }
    : { do: 'list', atMs: windowEndsAtMs, reason: 'window-ends' };
}

const lastDayMs = 24 * hourMs;
const withinShareMs = (
  { scheme, cardAttempts, amountMinor }: Pick<DebtToPlan, 'scheme' | 'cardAttempts' | 'amountMinor'>,
  fromMs: number,
  share: Share,
): number => nextWithinBudgetMs(scheme, cardAttempts, amountMinor, fromMs, share);

/** An hour, three, nine, …; a day at most, or what spreads the attempts that are left over what is left of the window. */
function gapMs(debt: DebtToPlan): number {
  const { scheme, cardAttempts, amountMinor, declinedAtMs, windowEndsAtMs, unreachedInARow } = debt;
  const left = attemptsLeft(scheme, cardAttempts, amountMinor, declinedAtMs, 'unreachable');
  const spreadMs = (windowEndsAtMs - declinedAtMs) / (left + 1);
  return growing(unreachedInARow, Math.max(lastDayMs, spreadMs));
}

const growing = (times: number, maxMs: number): number =>
  Math.min(maxMs, unreachableGapMs * 3 ** Math.max(0, times - 1));

/**
 * When the window of a debt ends: so long after the host's first attempt, whatever has kept it from a decision; but not
 * before there was time to tell the cardholder.
 */
export const windowEndMs = (firstAttemptMs: number, openedMs: number, windowMs: number): number =>
  Math.max(firstAttemptMs + windowMs, openedMs + Math.min(windowMs, minNoticeMs));

const minNoticeMs = 48 * hourMs;

export type MayTryNow =
  | { allowed: true }
  /** `fromMs`: when it will be allowed; null: never. */
  | { allowed: false; denial: Exclude<RetryDenial, 'under-way' | 'closed'>; fromMs: number | null };

/**
 * Whether the cardholder may ask for an attempt right now (on the page, or by tapping the card): within the scheme's
 * budget, never after a final answer, and not before the time that the issuer has named. A wait that nobody has named and
 * that is only our caution is not applied, since the cardholder knows his own account. A bank that cannot be reached is left
 * alone for a while all the same: he cannot know that it is back.
 */
export function mayTryNow(
  debt: Pick<
    DebtToPlan,
    'scheme' | 'amountMinor' | 'retryClass' | 'waitMs' | 'declinedAtMs' | 'cardAttempts' | 'isIssuerBack'
  >,
  nowMs: number,
): MayTryNow {
  if (debt.retryClass === 'never') return { allowed: false, denial: 'final', fromMs: null };
  if (debt.retryClass === 'mend-data') return { allowed: false, denial: 'mend-data', fromMs: null };
  const isUnreachable = debt.retryClass === 'unreachable' && !debt.isIssuerBack;
  const waitMs = isUnreachable ? unreachableGapMs : debt.waitMs;
  const advisedMs = isUnreachable || debt.retryClass === 'later' ? debt.declinedAtMs + waitMs : nowMs;
  const fromMs = nextWithinBudgetMs(
    debt.scheme,
    debt.cardAttempts,
    debt.amountMinor,
    Math.max(nowMs, advisedMs),
    isUnreachable ? 'unreachable' : 'whole',
  );
  if (fromMs <= nowMs) return { allowed: true };
  const advised = isUnreachable ? 'bank-unreachable' : 'advised-wait';
  return { allowed: false, denial: fromMs === advisedMs ? advised : 'budget', fromMs };
}
