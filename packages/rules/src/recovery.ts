import type { RetryClass, RetryDenial, Scheme } from '@bivak/domain';
import { isLocalHour, nextLocalHourMs } from './local-hour.ts';
import { type CardAttempt, nextWithinBudgetMs } from './scheme-rules.ts';

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
}

export type DebtPlan =
  | { do: 'attempt'; atMs: number; reason: 'daily' | 'budget' }
  /** Nothing more is tried; the card is listed at `atMs` (which may be now or past). */
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

export type MayTryNow =
  | { allowed: true }
  /** `fromMs`: when it will be allowed; null: never. */
  | { allowed: false; denial: Exclude<RetryDenial, 'under-way' | 'closed'>; fromMs: number | null };

/**
 * Whether the cardholder may ask for an attempt right now (on the page, or by tapping the card): within the scheme's
 * budget, never after a final answer, and not before the time that the issuer has named. A wait that nobody has named and
 * that is only our caution is not applied, since the cardholder knows his own account.
 */
export function mayTryNow(
  debt: Pick<
    DebtToPlan,
    'scheme' | 'amountMinor' | 'retryClass' | 'waitMs' | 'declinedAtMs' | 'cardAttempts'
  >,
  nowMs: number,
): MayTryNow {
  if (debt.retryClass === 'never') return { allowed: false, denial: 'final', fromMs: null };
  if (debt.retryClass === 'mend-data') return { allowed: false, denial: 'mend-data', fromMs: null };
  const advisedMs = debt.retryClass === 'later' ? debt.declinedAtMs + debt.waitMs : nowMs;
  const fromMs = nextWithinBudgetMs(
    debt.scheme,
    debt.cardAttempts,
    debt.amountMinor,
    Math.max(nowMs, advisedMs),
  );
  if (fromMs <= nowMs) return { allowed: true };
  return { allowed: false, denial: fromMs === advisedMs ? 'advised-wait' : 'budget', fromMs };
}
