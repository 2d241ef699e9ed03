import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import {
  type DebtFacts,
  type DebtToPlan,
  type MayTryNow,
  mayTryNow,
  type NoticeKind,
  nextNoticeMs,
  noticesDue,
  planDebt,
  type RecoveryPolicy,
} from '@bivak/rules';
import { type NoticeWriter, noticesMade, storeNotice, withdrawWaiting } from '../notices/store.ts';
import { declinedPayment, requestAttempt } from '../payments/retry.ts';
import { cardAttempts } from '../payments/scheme-budget.ts';
import { isCardListed, listCard, unlistCard } from '../stoplist/entries.ts';
import { type Database, type Queries, startWorker, type Worker } from '../store/index.ts';
import * as store from './store.ts';

export interface RecoveryContext {
  database: Database;
  clock: Clock;
  log: Logger;
  policy: RecoveryPolicy;
  /** Words a notice for its debt. */
  writeNotice: NoticeWriter;
  /** Something changed for the others: payments have an attempt to make, notices to send, or the stop-list changed. */
  wakeOthers: () => void;
  /** An attempt that was asked for has been booked. */
  onSettled: (paymentId: string) => void;
}

const batch = 100;
/** A debt that could not be taken further is looked at again so soon; it holds up no other. */
const afterErrorMs = 5_000;

/**
 * Starts recovery: finds declined payments by its own claim (payments knows nothing of debts), plans each debt, asks
 * payments for attempts, and lists the cards of those that stay unpaid.
 */
export function startRecovery(context: RecoveryContext): Worker {
  const { database, clock, log } = context;
  return startWorker('recovery', clock, log, async () => {
    let failures = 0;
    const each = async (
      keys: readonly { bucket: number; payment_id: string }[],
      act: typeof discover,
    ): Promise<void> => {
      for (const { bucket, payment_id } of keys) {
        await act(context, bucket, payment_id).catch((error: unknown) => {
          failures++;
          log.error({ err: error, paymentId: payment_id }, 'a debt could not be taken further now');
        });
      }
    };
    await each(await store.undiscovered(database, batch), discover);
    await each(await store.ended(database, batch), settle);
    await each(await store.due(database, clock.nowMs(), batch), look);
    return failures > 0 ? clock.nowMs() + afterErrorMs : store.nextDueMs(database);
  });
}

async function discover(
  { database, clock, policy }: RecoveryContext,
  bucket: number,
  paymentId: string,
): Promise<void> {
  await database.transaction(async (queries) => {
    const payment = await declinedPayment(queries, bucket, paymentId);
    if (payment !== undefined) await store.openDebt(queries, payment, policy.windowMs, clock.nowMs());
  });
}

/** Books what came of an attempt that recovery had asked for. */
async function settle(context: RecoveryContext, bucket: number, paymentId: string): Promise<void> {
  const nowMs = context.clock.nowMs();
  await context.database.transaction(async (queries) => {
    const debt = await store.lockDebt(queries, bucket, paymentId);
    if (debt?.state !== 'attempting') return;
    const end = await store.endOfAttempt(queries, debt);
    // Another host was quicker, and a further attempt is under way already.
    if (end === undefined) return;
    const isListed = await isCardListed(queries, debt);
    if (end === 'collected') {
      await store.moveDebt(queries, debt, isListed ? 'paid-after-listing' : 'recovered', nowMs);
      await unlistCard(queries, debt);
    } else {
      const declined = await declinedPayment(queries, bucket, paymentId);
      if (declined === undefined) throw new Error(`payment ${paymentId} is declined by no answer`);
      await store.noteDecline(queries, debt, declined);
      await store.moveDebt(queries, debt, isListed ? 'stop-listed' : 'open', nowMs);
    }
    await store.planSiblings(queries, debt, nowMs);
    await plan(context, queries, debt, nowMs);
  });
  context.onSettled(paymentId);
  context.wakeOthers();
}

async function look(context: RecoveryContext, bucket: number, paymentId: string): Promise<void> {
  await context.database.transaction(async (queries) => {
    const debt = await store.lockDebt(queries, bucket, paymentId);
    if (debt !== undefined) await plan(context, queries, debt, context.clock.nowMs());
  });
  context.wakeOthers();
}

/** Does what is due for a debt and notes when to look at it again. */
async function plan(
  context: RecoveryContext,
  queries: Queries,
  debt: store.DebtRow,
  nowMs: number,
): Promise<void> {
  let plannedMs: number | null = null;
  debt.next_attempt_at = null;
  if (debt.state === 'open') {
    const next = planDebt(await toPlan(queries, debt, nowMs), context.policy, nowMs);
    if (next.do === 'list' && next.atMs <= nowMs) await list(queries, debt, nowMs);
    else if (next.do === 'attempt' && next.atMs <= nowMs) await attempt(queries, debt, 'retry', nowMs);
    else plannedMs = next.atMs;
    if (next.do === 'attempt' && plannedMs !== null) debt.next_attempt_at = new Date(plannedMs);
  }
  let isListed = await isCardListed(queries, debt);
  if (debt.state === 'attempting' && !isListed) {
    // The banks may be out of reach for longer than the window: the issuer's last word was no.
    isListed = nowMs >= debt.window_ends_at.getTime();
    if (isListed) await listCard(queries, debt, debt.reason, nowMs);
    else plannedMs = debt.window_ends_at.getTime();
  }
  const facts: DebtFacts = {
    state: debt.state,
    isListed,
    openedAtMs: debt.opened_at.getTime(),
    windowEndsAtMs: debt.window_ends_at.getTime(),
  };
  await tell(context, queries, debt, facts, nowMs);
  const noticeMs = debt.phone === null ? null : nextNoticeMs(facts, nowMs);
  const dueMs = [plannedMs, noticeMs].filter((atMs) => atMs !== null);
  await store.schedule(queries, debt, dueMs.length === 0 ? null : Math.min(...dueMs));
}

async function toPlan(queries: Queries, debt: store.DebtRow, nowMs: number): Promise<DebtToPlan> {
  return {
    scheme: debt.scheme,
    amountMinor: debt.amount_minor,
    retryClass: debt.retry_class,
    waitMs: debt.wait_ms,
    windowEndsAtMs: debt.window_ends_at.getTime(),
    declinedAtMs: debt.declined_at.getTime(),
    cardAttempts: await cardAttempts(queries, debt.bucket, debt.card_reference, nowMs),
  };
}

async function list(queries: Queries, debt: store.DebtRow, nowMs: number): Promise<void> {
  await store.moveDebt(queries, debt, 'stop-listed', nowMs);
  await listCard(queries, debt, debt.reason, nowMs);
}

async function attempt(
  queries: Queries,
  debt: store.DebtRow,
  cause: 'retry' | 'asked-by-cardholder',
  nowMs: number,
): Promise<boolean> {
  if (!(await requestAttempt(queries, { bucket: debt.bucket, paymentId: debt.payment_id }, cause, nowMs)))
    return false;
  await store.moveDebt(queries, debt, 'attempting', nowMs);
  await store.noteAsked(queries, debt);
  return true;
}

/** Stores the notices that are due; without a phone number there is nobody to tell. */
async function tell(
  { writeNotice }: RecoveryContext,
  queries: Queries,
  debt: store.DebtRow,
  facts: DebtFacts,
  nowMs: number,
): Promise<void> {
  if (debt.phone === null) return;
  const made: ReadonlySet<NoticeKind> = await noticesMade(queries, debt);
  for (const kind of noticesDue(facts, made, nowMs)) {
    // A reminder that still waits for the centre would be untrue by now.
    if (kind === 'paid') await withdrawWaiting(queries, debt, nowMs);
    await storeNotice(queries, debt, kind, debt.phone, writeNotice(kind, debt, nowMs), nowMs);
  }
}

export type TryNow =
  | { asked: true }
  | { asked: false; why: 'under-way' | 'closed' | Extract<MayTryNow, { allowed: false }>['why'] };

/** The cardholder asks for an attempt at once: granted within the scheme's budget and never while one is under way. */
export async function tryNow(context: RecoveryContext, bucket: number, paymentId: string): Promise<TryNow> {
  const nowMs = context.clock.nowMs();
  const answer = await context.database.transaction<TryNow>(async (queries) => {
    const debt = await store.lockDebt(queries, bucket, paymentId);
    if (debt === undefined) return { asked: false, why: 'closed' };
    const may = await mayTry(queries, debt, nowMs);
    if (!may.allowed) return { asked: false, why: may.why };
    if (!(await attempt(queries, debt, 'asked-by-cardholder', nowMs)))
      return { asked: false, why: 'under-way' };
    await plan(context, queries, debt, nowMs);
    return { asked: true };
  });
  if (answer.asked) context.wakeOthers();
  return answer;
}

/** What the cardholder may do about a debt now. */
export type CardholderMay = MayTryNow | { allowed: false; why: 'under-way' | 'closed'; fromMs: null };

async function mayTry(queries: Queries, debt: store.DebtRow, nowMs: number): Promise<CardholderMay> {
  if (debt.state === 'recovered' || debt.state === 'paid-after-listing')
    return { allowed: false, why: 'closed', fromMs: null };
  if (debt.state === 'attempting') return { allowed: false, why: 'under-way', fromMs: null };
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
  if (debt === undefined) return { allowed: false, why: 'closed', fromMs: null };
  return mayTry(queries, debt, nowMs);
}
