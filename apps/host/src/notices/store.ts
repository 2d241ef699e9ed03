import type { NoticeKind } from '@bivak/rules';
import { type Database, type Queries, sql } from '../store/index.ts';

/** What of a debt a notice's words may use. */
export interface DebtToTell {
  bucket: number;
  payment_id: string;
  amount_minor: number;
  currency: string;
  opened_at: Date;
  window_ends_at: Date;
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

/** Claims due notices: they are marked as being sent, and fall due again if their host dies. */
export async function claimNotices(
  database: Database,
  nowMs: number,
  leaseMs: number,
  limit: number,
): Promise<NoticeRow[]> {
  const due = await database.query<{ bucket: number }>(sql`
    select bucket from notices where due_at <= ${new Date(nowMs)} group by bucket order by min(due_at) limit ${limit}`);
  const claimed: NoticeRow[] = [];
  for (const { bucket } of due) claimed.push(...(await claimInBucket(database, bucket, nowMs, leaseMs)));
  return claimed;
}

function claimInBucket(
  database: Database,
  bucket: number,
  nowMs: number,
  leaseMs: number,
): Promise<NoticeRow[]> {
  return database.transaction(async (queries) => {
    const rows = await queries.query<NoticeRow>(sql`
      select bucket, payment_id, kind, phone, text, tries from notices
      where bucket = ${bucket} and due_at <= ${new Date(nowMs)} order by due_at limit 20 for update skip locked`);
    for (const { payment_id, kind } of rows) {
      await queries.query(sql`
        update notices set state = 'sending', tries = tries + 1, changed_at = ${new Date(nowMs)}, due_at = ${new Date(nowMs + leaseMs)}
        where bucket = ${bucket} and payment_id = ${payment_id} and kind = ${kind}`);
    }
    return rows;
  });
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

export async function recordRetry(queries: Queries, notice: NoticeRow, dueMs: number): Promise<void> {
  await queries.query(sql`
    update notices set due_at = ${new Date(dueMs)}
    where bucket = ${notice.bucket} and payment_id = ${notice.payment_id} and kind = ${notice.kind} and state = 'sending'`);
}

export async function recordFailed(queries: Queries, notice: NoticeRow, nowMs: number): Promise<void> {
  await queries.query(sql`
    update notices set state = 'failed', changed_at = ${new Date(nowMs)}, due_at = null
    where bucket = ${notice.bucket} and payment_id = ${notice.payment_id} and kind = ${notice.kind}`);
}

/** A delivery receipt has come for a message. */
export async function recordDelivery(
  queries: Queries,
  messageId: string,
  isDelivered: boolean,
  nowMs: number,
): Promise<void> {
  const told = await queries.query<{ bucket: number; payment_id: string; kind: NoticeKind }>(sql`
    select bucket, payment_id, kind from notices where message_ids = ${messageId} and state = 'accepted'`);
  for (const { bucket, payment_id, kind } of told) {
    await queries.query(sql`
      update notices set state = ${isDelivered ? 'delivered' : 'failed'}, changed_at = ${new Date(nowMs)}
      where bucket = ${bucket} and payment_id = ${payment_id} and kind = ${kind} and state = 'accepted'`);
  }
}

export async function nextNoticeDueMs(queries: Queries): Promise<number | null> {
  const [row] = await queries.query<{ due_at: Date | null }>(
    sql`select min(due_at) as due_at from notices where due_at is not null`,
  );
  return row?.due_at?.getTime() ?? null;
}
