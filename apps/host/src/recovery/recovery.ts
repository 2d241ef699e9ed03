import type { Clock } from '@bivak/clock';
import { isPaidDebt, type NoticeKind, type RetryCause, type RetryDenial } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import {
  type DebtFacts,
  type DebtToPlan,
  decideListing,
  mayTryNow,
  nextNoticeMs,
  noticesDue,
  planDebt,
  type RecoveryPolicy,
} from '@bivak/rules';
import { noticesOf, storeNotice, withdrawWaiting } from '../notices/store.ts';
import {
  clearRecoveryDue,
  type DuePayment,
  declinedPayment,
  dueForRecovery,
  requestAttempt,
} from '../payments/retry.ts';
import { cardAttempts } from '../payments/scheme-budget.ts';
import { issuerBackTold, issuerReach, issuersBack } from '../routing/index.ts';
import { isCardListed, listCard, unlistCard } from '../stoplist/entries.ts';
import {
  type Database,
  type NoticeFacts,
  type Queries,
  startWorker,
  type Transaction,
  type Worker,
} from '../store/index.ts';
import { tellOfDebts } from './debt-alarms.ts';
import * as store from './store.ts';

export interface RecoveryContext {
  database: Database;
  clock: Clock;
  log: Logger;
  policy: RecoveryPolicy;
  /** Something changed for the others: payments have an attempt to make, notices to send, or the stop-list changed. */
  wakeOthers: () => void;
  /** A requested attempt has been booked. */
  onDecided: (paymentId: string) => void;
}

const batch = 100;
/** A debt that could not be advanced is looked at again so soon; it holds up no other. */
const afterErrorMs = 5_000;

/**
 * Starts recovery: finds payments that were declined, or not reached, by its own claim (payments knows nothing of debts), plans each debt, requests
 * attempts of payments, and lists the cards of those that stay unpaid.
 */
export function startRecovery(context: RecoveryContext): Worker {
  const { database, clock, log } = context;
  return startWorker('recovery', clock, log, async () => {
    let failures = 0;
    const each = async <Key extends store.DebtKey>(
      keys: readonly Key[],
      act: (context: RecoveryContext, key: Key) => Promise<void>,
    ): Promise<void> => {
      for (const key of keys) {
        await act(context, key).catch((error: unknown) => {
          failures++;
          log.error({ err: error, paymentId: key.payment_id }, 'a debt could not be advanced now');
        });
      }
    };
    const ends = await dueForRecovery(database, batch);
    await each(ends, takeEnd);
    for (const issuer of await issuersBack(database)) {
      await store.bringForward(database, issuer, clock.nowMs());
      await issuerBackTold(database, issuer);
    }
    await each(await store.due(database, clock.nowMs(), batch), planDue);
    await tellOfDebts(database, clock.nowMs());
    if (failures > 0) return clock.nowMs() + afterErrorMs;
    return ends.length === batch ? clock.nowMs() : store.nextDueMs(database);
  });
}

/**
 * Takes a payment's end: one without a debt opens it, one with a debt decides it. Without a fiscal document the items were not
 * handed over: what was declined while the buyer waited becomes a debt only if the till then accepted it offline.
 */
async function takeEnd(context: RecoveryContext, payment: DuePayment): Promise<void> {
  const { state, has_debt, has_receipt, cancel_requested } = payment;
  if (has_debt) await bookAttemptEnd(context, payment);
  else if (state === 'declined' && has_receipt && !cancel_requested) await discover(context, payment);
  await clearRecoveryDue(context.database, payment);
}

async function discover(
  { database, clock, policy }: RecoveryContext,
  { bucket, payment_id: paymentId }: store.DebtKey,
): Promise<void> {
  await database.transaction(async (queries) => {
    const payment = await declinedPayment(queries, bucket, paymentId);
    if (payment !== undefined) await store.openDebt(queries, payment, policy.windowMs, clock.nowMs());
  });
}

/** Books what came of an attempt that recovery had requested. */
async function bookAttemptEnd(
  context: RecoveryContext,
  { bucket, payment_id: paymentId }: store.DebtKey,
): Promise<void> {
  const nowMs = context.clock.nowMs();
  await context.database.transaction(async (queries) => {
    const debt = await store.lockDebt(queries, bucket, paymentId);
    if (debt === undefined || isPaidDebt(debt.state)) return;
    const end = await store.endOfAttempt(queries, debt);
    // Another host was quicker, and a further attempt is under way already.
    if (end === undefined || (end === 'declined' && debt.state !== 'attempting')) return;
    const isListed = await isCardListed(queries, debt);
    if (end === 'collected') {
      await store.recordShortfall(queries, debt, null);
      await store.moveDebt(queries, debt, isListed ? 'paid-after-listing' : 'recovered', nowMs);
      await unlistCard(queries, debt);
    } else {
      const declined = await declinedPayment(queries, bucket, paymentId);
      if (declined === undefined) throw new Error(`payment ${paymentId} is declined by no answer`);
      await store.recordDecline(queries, debt, declined);
      await store.moveDebt(queries, debt, isListed ? 'stop-listed' : 'open', nowMs);
    }
    await store.planSiblings(queries, debt, nowMs);
    await plan(context, queries, debt, nowMs);
  });
  context.onDecided(paymentId);
  context.wakeOthers();
}

async function planDue(
  context: RecoveryContext,
  { bucket, payment_id: paymentId }: store.DebtKey,
): Promise<void> {
  await context.database.transaction(async (queries) => {
    const debt = await store.lockDebt(queries, bucket, paymentId);
    if (debt !== undefined) await plan(context, queries, debt, context.clock.nowMs());
  });
  context.wakeOthers();
}

/** What may have become of notices that are on their way, or of a debt that a person has to decide about, is looked at so often. */
const lookAgainMs = 10 * 60_000;

/** Does what is due for a debt and stores when to look at it again. */
async function plan(
  context: RecoveryContext,
  queries: Transaction,
  debt: store.DebtRow,
  nowMs: number,
): Promise<void> {
  debt.next_attempt_at = null;
  const plannedMs = await act(context, queries, debt, nowMs);
  const facts = await factsOf(queries, debt);
  await storeNotices(queries, debt, facts, nowMs);
  const noticeMs = debt.phone === null ? null : nextNoticeMs(facts, nowMs);
  const dueMs = [plannedMs, noticeMs].filter((atMs) => atMs !== null);
  await store.schedule(queries, debt, dueMs.length === 0 ? null : Math.min(...dueMs));
}

/** Requests the attempt that is due, or does with the card what is due; resolves with when to look again, null: at no time. */
async function act(
  context: RecoveryContext,
  queries: Transaction,
  debt: store.DebtRow,
  nowMs: number,
): Promise<number | null> {
  if (debt.state === 'held') return listIfMay(queries, debt, nowMs);
  if (debt.state === 'attempting' && !(await isCardListed(queries, debt))) {
    // The banks may be out of reach for longer than the window; the issuer's last answer was no approval.
    const endsMs = debt.window_ends_at.getTime();
    return nowMs >= endsMs ? listIfMay(queries, debt, nowMs) : endsMs;
  }
  if (debt.state !== 'open') return null;
  const next = planDebt(await toPlan(queries, debt, nowMs), context.policy, nowMs);
  if (next.atMs > nowMs) {
    if (next.do === 'attempt') debt.next_attempt_at = new Date(next.atMs);
    return next.atMs;
  }
  if (next.do === 'list') return listIfMay(queries, debt, nowMs);
  if (next.reason === 'issuer-back') await store.recordTriedAsBack(queries, debt);
  await attempt(context, queries, debt, 'retry', nowMs);
  return debt.window_ends_at.getTime();
}

async function factsOf(queries: Queries, debt: store.DebtRow): Promise<DebtFacts> {
  return {
    state: debt.state,
    isListed: await isCardListed(queries, debt),
    retryClass: debt.retry_class,
    openedAtMs: debt.opened_at.getTime(),
    windowEndsAtMs: debt.window_ends_at.getTime(),
  };
}

async function toPlan(queries: Queries, debt: store.DebtRow, nowMs: number): Promise<DebtToPlan> {
  const declinedAtMs = debt.declined_at.getTime();
  const { backAtMs } = await issuerReach(queries, debt.issuer);
  return {
    scheme: debt.scheme,
    amountMinor: debt.amount_minor,
    retryClass: debt.retry_class,
    waitMs: debt.wait_ms,
    windowEndsAtMs: debt.window_ends_at.getTime(),
    declinedAtMs,
    cardAttempts: await cardAttempts(queries, debt.bucket, debt.card_reference, nowMs),
    unreachedInARow: debt.unreached_in_a_row,
    triedAsBack: debt.tried_as_back,
    isIssuerBack: backAtMs !== null && backAtMs >= declinedAtMs,
  };
}

/** Lists the card if its holder was told as was promised, else waits for that, or holds the debt for a person. */
async function listIfMay(queries: Transaction, debt: store.DebtRow, nowMs: number): Promise<number | null> {
  const notices = await noticesOf(queries, debt);
  const isTold = noticesDue(await factsOf(queries, debt), kindsOf(notices), nowMs).length === 0;
  // What fell due while nobody was there is told first.
  if (!isTold && debt.phone !== null && debt.retry_class !== 'never') return nowMs + lookAgainMs;
  const facts = {
    retryClass: debt.retry_class,
    hasContact: debt.phone !== null,
    decision: debt.listing_decision,
    notices,
  };
  const listing = decideListing(facts, nowMs);
  // While an attempt is under way its end decides first.
  const mayMove = debt.state !== 'attempting';
  if (listing.do === 'hold' && mayMove) {
    if (debt.state !== 'held') await store.moveDebt(queries, debt, 'held', nowMs);
    await store.recordShortfall(queries, debt, listing.shortfall);
  } else if (listing.do === 'list') {
    await store.recordShortfall(queries, debt, null);
    if (mayMove) await store.moveDebt(queries, debt, 'stop-listed', nowMs);
    await listCard(queries, debt, nowMs);
    return null;
  } else if (listing.do === 'give-up' && mayMove) {
    await store.recordShortfall(queries, debt, null);
    await store.moveDebt(queries, debt, 'given-up', nowMs);
    return null;
  }
  const untilMs = listing.do === 'wait' ? listing.untilMs : Number.POSITIVE_INFINITY;
  return Math.min(untilMs, nowMs + lookAgainMs);
}

async function attempt(
  { log }: RecoveryContext,
  queries: Transaction,
  debt: store.DebtRow,
  cause: RetryCause,
  nowMs: number,
): Promise<boolean> {
  const payment = { bucket: debt.bucket, paymentId: debt.payment_id };
  if (!(await requestAttempt(queries, payment, cause, nowMs, log))) return false;
  await store.moveDebt(queries, debt, 'attempting', nowMs);
  await store.recordRequest(queries, debt);
  return true;
}

const kindsOf = (notices: Awaited<ReturnType<typeof noticesOf>>): Set<NoticeKind> =>
  new Set(notices.map(({ kind }) => kind));

/** Stores the notices that are due; without a phone number there is nobody to tell. */
async function storeNotices(
  queries: Queries,
  debt: store.DebtRow,
  facts: DebtFacts,
  nowMs: number,
): Promise<void> {
  if (debt.phone === null) return;
  const made = kindsOf(await noticesOf(queries, debt));
  for (const kind of noticesDue(facts, made, nowMs)) {
    // A reminder that still waits for the centre would be untrue by now.
    if (kind === 'paid') await withdrawWaiting(queries, debt, nowMs);
    await storeNotice(queries, debt, kind, debt.phone, noticeFactsOf(debt), nowMs);
  }
}

const noticeFactsOf = (debt: store.DebtRow): NoticeFacts => ({
  amountMinor: debt.amount_minor,
  currency: debt.currency,
  soldAt: debt.sold_at.toISOString(),
  timeZone: debt.time_zone,
  windowEndsAt: debt.window_ends_at.toISOString(),
  retryClass: debt.retry_class,
  nextAttemptAt: debt.next_attempt_at?.toISOString() ?? null,
});

export type TryNow = { requested: true } | { requested: false; denial: RetryDenial };

/** The cardholder requests an attempt at once: granted within the scheme's budget and never while one is under way. */
export async function tryNow(context: RecoveryContext, bucket: number, paymentId: string): Promise<TryNow> {
  const nowMs = context.clock.nowMs();
  const result = await context.database.transaction<TryNow>(async (queries) => {
    const debt = await store.lockDebt(queries, bucket, paymentId);
    if (debt === undefined) return { requested: false, denial: 'closed' };
    const may = await mayTry(queries, debt, nowMs);
    if (!may.allowed) return { requested: false, denial: may.denial };
    if (!(await attempt(context, queries, debt, 'cardholder-request', nowMs)))
      return { requested: false, denial: 'under-way' };
    await plan(context, queries, debt, nowMs);
    return { requested: true };
  });
  if (result.requested) context.wakeOthers();
  else context.log.info({ paymentId, denial: result.denial }, 'an attempt now was denied');
  return result;
}

/** What the cardholder may do about a debt now; `fromMs`: when he may, null: that is not known, or never. */
export type CardholderMay =
  | { allowed: true }
  | { allowed: false; denial: RetryDenial; fromMs: number | null };

async function mayTry(queries: Queries, debt: store.DebtRow, nowMs: number): Promise<CardholderMay> {
  if (isPaidDebt(debt.state)) return { allowed: false, denial: 'closed', fromMs: null };
  if (debt.state === 'attempting') return { allowed: false, denial: 'under-way', fromMs: null };
  return mayTryNow(await toPlan(queries, debt, nowMs), nowMs);
}

/** Whether {@link tryNow} would be granted, for the page: nothing is locked and nothing changes. */
export async function mayTryDebt(
  queries: Queries,
  bucket: number,
  paymentId: string,
  nowMs: number,
): Promise<CardholderMay> {
  const debt = await store.readDebt(queries, bucket, paymentId);
  if (debt === undefined) return { allowed: false, denial: 'closed', fromMs: null };
  return mayTry(queries, debt, nowMs);
}
