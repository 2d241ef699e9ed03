import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import {
  type DebtFacts,
  mayTryNow,
  type NoticeKind,
  nextNoticeMs,
  noticesDue,
  planDebt,
  type RecoveryPolicy,
} from '@bivak/rules';
import { type NoticeWriter, noticesMade, storeNotice } from '../notices/store.ts';
import { cardAttemptsAtMs, declinedPayment, requestAttempt } from '../payments/retry.ts';
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

/**
 * Starts recovery: finds declined payments by its own claim (payments knows nothing of debts), plans each debt, asks
 * payments for attempts, and lists the cards of those that stay unpaid.
 */
export function startRecovery(context: RecoveryContext): Worker {
  const { database, clock, log } = context;
  return startWorker('recovery', clock, log, async () => {
    for (const { bucket, payment_id } of await store.undiscovered(database, batch))
      await discover(context, bucket, payment_id);
    for (const { bucket, payment_id } of await store.ended(database, batch))
      await settle(context, bucket, payment_id);
    for (const { bucket, payment_id } of await store.due(database, clock.nowMs(), batch))
      await look(context, bucket, payment_id);
    return store.nextDueMs(database);
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
    const isListed = await isCardListed(queries, debt);
    const declined = await declinedPayment(queries, bucket, paymentId);
    if (declined === undefined) {
      await store.moveDebt(queries, debt, isListed ? 'paid-after-listing' : 'recovered', nowMs);
      await unlistCard(queries, debt);
    } else {
      await store.noteDecline(queries, debt, declined);
      await store.moveDebt(queries, debt, isListed ? 'stop-listed' : 'open', nowMs);
    }
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
  let nextAttemptMs: number | null = null;
  let plannedMs: number | null = null;
  if (debt.state === 'open') {
    const next = planDebt(await toPlan(queries, debt), context.policy, nowMs);
    if (next.do === 'list' && next.atMs <= nowMs) await list(queries, debt, nowMs);
    else if (next.do === 'attempt' && next.atMs <= nowMs) await attempt(queries, debt, 'retry', nowMs);
    else plannedMs = next.atMs;
    if (next.do === 'attempt' && plannedMs !== null) nextAttemptMs = next.atMs;
  }
  await tell(context, queries, debt, nowMs);
  const noticeMs = debt.phone === null ? null : nextNoticeMs(factsOf(debt), nowMs);
  const dueMs = [plannedMs, noticeMs].filter((atMs) => atMs !== null);
  await store.schedule(queries, debt, nextAttemptMs, dueMs.length === 0 ? null : Math.min(...dueMs));
}

async function toPlan(queries: Queries, debt: store.DebtRow) {
  return {
    scheme: debt.scheme,
    retryClass: debt.retry_class,
    waitMs: debt.wait_ms,
    windowEndsAtMs: debt.window_ends_at.getTime(),
    declinedAtMs: debt.declined_at.getTime(),
    cardAttemptsAtMs: await cardAttemptsAtMs(queries, debt.bucket, debt.card_reference),
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

const factsOf = (debt: store.DebtRow): DebtFacts => ({
  state: debt.state,
  openedAtMs: debt.opened_at.getTime(),
  windowEndsAtMs: debt.window_ends_at.getTime(),
});

/** Stores the notices that are due; without a phone number there is nobody to tell. */
async function tell(
  { writeNotice }: RecoveryContext,
  queries: Queries,
  debt: store.DebtRow,
  nowMs: number,
): Promise<void> {
  if (debt.phone === null) return;
  const made: ReadonlySet<NoticeKind> = await noticesMade(queries, debt);
  for (const kind of noticesDue(factsOf(debt), made, nowMs)) {
    await storeNotice(queries, debt, kind, debt.phone, writeNotice(kind, debt, nowMs), nowMs);
  }
}

export type TryNow =
  | { asked: true }
  | { asked: false; why: 'under-way' | 'closed' | 'final' | 'mend-data' | 'budget' };

/** The cardholder asks for an attempt at once: granted within the scheme's budget and never while one is under way. */
export async function tryNow(context: RecoveryContext, bucket: number, paymentId: string): Promise<TryNow> {
  const nowMs = context.clock.nowMs();
  const answer = await context.database.transaction<TryNow>(async (queries) => {
    const debt = await store.lockDebt(queries, bucket, paymentId);
    if (debt === undefined || debt.state === 'recovered' || debt.state === 'paid-after-listing')
      return { asked: false, why: 'closed' };
    if (debt.state === 'attempting') return { asked: false, why: 'under-way' };
    const may = mayTryNow(await toPlan(queries, debt), nowMs);
    if (!may.allowed) return { asked: false, why: may.why };
    return (await attempt(queries, debt, 'asked-by-cardholder', nowMs))
      ? { asked: true }
      : { asked: false, why: 'under-way' };
  });
  if (answer.asked) context.wakeOthers();
  return answer;
}
