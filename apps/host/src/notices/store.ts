import type { NoticeKind, RetryClass } from '@bivak/rules';
import { type Database, type Queries, sql } from '../store/index.ts';

/** What of a debt a notice's words may use. */
export interface DebtToTell {
  bucket: number;
  payment_id: string;
  amount_minor: number;
  currency: string;
  opened_at: Date;
  window_ends_at: Date;
  /** Of the latest decline: what may still be tried with this card. */
  retry_class: RetryClass;
  /** The next attempt by the schedule; null: none is planned. */
  next_attempt_at: Date | null;
}

/** Words a notice; the text is kept as it was sent. */
export type NoticeWriter = (kind: NoticeKind, debt: DebtToTell, nowMs: number) => string;

export interface NoticeRow {
  bucket: number;
  payment_id: string;
  kind: NoticeKind;
  phone: string;
  text: string;
  tries: number;
}

type DebtKey = Pick<DebtToTell, 'bucket' | 'payment_id'>;

export async function noticesMade(queries: Queries, debt: DebtKey): Promise<Set<NoticeKind>> {
  const found = await queries.query<{ kind: NoticeKind }>(sql`
    select kind from notices where bucket = ${debt.bucket} and payment_id = ${debt.payment_id}`);
  return new Set(found.map(({ kind }) => kind));
}

/** Writes a notice down before it is sent: one row for each event of a debt, ever. */
export async function storeNotice(
  queries: Queries,
  debt: DebtKey,
  kind: NoticeKind,
  phone: string,
  text: string,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  await queries.query(sql`
    insert into notices (bucket, payment_id, kind, state, phone, text, stored_at, changed_at, tries, message_ids, due_at)
    values (${debt.bucket}, ${debt.payment_id}, ${kind}, 'stored', ${phone}, ${text}, ${at}, ${at}, 0, '', ${at})
    on conflict (bucket, payment_id, kind) do nothing`);
}

/**
 * Claims at most `limit` due notices: they are marked as being sent, and fall due again if their host dies. Those of a debt
 * go one after the other, so that nobody reads of a payment before he reads of the decline.
 */
export async function claimNotices(
  database: Database,
  nowMs: number,
  leaseMs: number,
  limit: number,
): Promise<NoticeRow[]> {
  const due = await database.query<{ bucket: number }>(sql`
    select bucket from notices where due_at <= ${new Date(nowMs)} group by bucket order by min(due_at) limit ${limit}`);
  const claimed: NoticeRow[] = [];
  for (const { bucket } of due) {
    if (claimed.length >= limit) break;
    claimed.push(...(await claimInBucket(database, bucket, nowMs, leaseMs, limit - claimed.length)));
  }
  return claimed;
}

function claimInBucket(
  database: Database,
  bucket: number,
  nowMs: number,
  leaseMs: number,
  limit: number,
): Promise<NoticeRow[]> {
  return database.transaction(async (queries) => {
    const rows = await queries.query<NoticeRow>(sql`
      select n.bucket, n.payment_id, n.kind, n.phone, n.text, n.tries from notices n
      where n.bucket = ${bucket} and n.due_at <= ${new Date(nowMs)} and not exists (
        select 1 from notices before where before.bucket = n.bucket and before.payment_id = n.payment_id
          and before.due_at is not null and before.stored_at < n.stored_at)
      order by n.due_at limit ${limit} for update of n skip locked`);
    for (const { payment_id, kind } of rows) {
      await queries.query(sql`
        update notices set state = 'sending', tries = tries + 1, changed_at = ${new Date(nowMs)}, due_at = ${new Date(nowMs + leaseMs)}
        where bucket = ${bucket} and payment_id = ${payment_id} and kind = ${kind}`);
    }
    return rows;
  });
}

/** The debt is paid: what of it was not handed over yet is not said any more. */
export async function withdrawWaiting(queries: Queries, debt: DebtKey, nowMs: number): Promise<void> {
  await queries.query(sql`
    update notices set state = 'withdrawn', changed_at = ${new Date(nowMs)}, due_at = null
    where bucket = ${debt.bucket} and payment_id = ${debt.payment_id} and state = 'stored'`);
}

export async function recordAccepted(
  queries: Queries,
  notice: NoticeRow,
  messageId: string,
  nowMs: number,
): Promise<void> {
  await queries.query(sql`
    update notices set state = 'accepted', message_ids = ${messageId}, changed_at = ${new Date(nowMs)}, due_at = null
    where bucket = ${notice.bucket} and payment_id = ${notice.payment_id} and kind = ${notice.kind} and state = 'sending'`);
}

/**
 * It is sent again at `dueMs`. `state` says what is known: `stored`, the centre certainly has not got it; `sending`, it may
 * have.
 */
export async function recordRetry(
  queries: Queries,
  notice: NoticeRow,
  state: 'stored' | 'sending',
  dueMs: number,
): Promise<void> {
  await queries.query(sql`
    update notices set state = ${state}, due_at = ${new Date(dueMs)}
    where bucket = ${notice.bucket} and payment_id = ${notice.payment_id} and kind = ${notice.kind} and state = 'sending'`);
}

export async function recordFailed(queries: Queries, notice: NoticeRow, nowMs: number): Promise<void> {
  await queries.query(sql`
    update notices set state = 'failed', changed_at = ${new Date(nowMs)}, due_at = null
    where bucket = ${notice.bucket} and payment_id = ${notice.payment_id} and kind = ${notice.kind} and state = 'sending'`);
}

/** A delivery receipt has come for a message; false where no notice is known by its id. */
export async function recordDelivery(
  queries: Queries,
  messageId: string,
  isDelivered: boolean,
  nowMs: number,
): Promise<boolean> {
  const told = await queries.query<{ bucket: number; payment_id: string; kind: NoticeKind }>(sql`
    select bucket, payment_id, kind from notices where message_ids = ${messageId} and state in ('accepted', 'delivered', 'failed')`);
  for (const { bucket, payment_id, kind } of told) {
    await queries.query(sql`
      update notices set state = ${isDelivered ? 'delivered' : 'failed'}, changed_at = ${new Date(nowMs)}
      where bucket = ${bucket} and payment_id = ${payment_id} and kind = ${kind} and state = 'accepted'`);
  }
  return told.length > 0;
}

/** When a notice may be sent next; one that waits for an earlier one of its debt is not counted. */
export async function nextNoticeDueMs(queries: Queries): Promise<number | null> {
  const [row] = await queries.query<{ due_at: Date | null }>(sql`
    select min(n.due_at) as due_at from notices n where n.due_at is not null and not exists (
      select 1 from notices before where before.bucket = n.bucket and before.payment_id = n.payment_id
        and before.due_at is not null and before.stored_at < n.stored_at)`);
  return row?.due_at?.getTime() ?? null;
}
