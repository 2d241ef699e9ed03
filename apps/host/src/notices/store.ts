import { type NoticeKind, type NoticeState, noticeLifecycle } from '@bivak/domain';
import { assertMove } from '@bivak/lifecycle';
import {
  type Database,
  type NoticeFacts,
  type Queries,
  type Row,
  rows,
  sql,
  statesBefore,
} from '../store/index.ts';
import { candidatesOf, keyOf, type NamedMessage } from './message-ids.ts';

export type NoticeRow = Pick<
  Row<'notices'>,
  'bucket' | 'payment_id' | 'kind' | 'state' | 'phone' | 'data' | 'stored_at' | 'tries'
>;

type DebtKey = Pick<Row<'notices'>, 'bucket' | 'payment_id'>;

/** The notices of a debt, and what became of each. */
export async function noticesOf(
  queries: Queries,
  debt: DebtKey,
): Promise<{ kind: NoticeKind; state: NoticeState; storedAtMs: number }[]> {
  const found = await queries.query<Pick<Row<'notices'>, 'kind' | 'state' | 'stored_at'>>(sql`
    select kind, state, stored_at from notices where bucket = ${debt.bucket} and payment_id = ${debt.payment_id}`);
  return found.map(({ kind, state, stored_at }) => ({ kind, state, storedAtMs: stored_at.getTime() }));
}

/** Writes a notice down before it is sent: one of each kind for a debt, ever. */
export async function storeNotice(
  queries: Queries,
  debt: DebtKey,
  kind: NoticeKind,
  phone: string,
  facts: NoticeFacts,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  await queries.query(sql`
    insert into notices (bucket, payment_id, kind, state, phone, data, stored_at, changed_at, tries, due_at)
    values (${debt.bucket}, ${debt.payment_id}, ${kind}, ${noticeLifecycle.initial}, ${phone}, ${JSON.stringify(facts)}, ${at}, ${at}, 0, ${at})
    on conflict (bucket, payment_id, kind) do nothing`);
}

/**
 * Claims at most `limit` due notices: they are marked as being sent, and fall due again if their host dies. Those of a debt
 * go one after the other, so that the notice of a payment never comes before that of the decline.
 */
export async function claimNotices(
  database: Database,
  nowMs: number,
  leaseMs: number,
  limit: number,
): Promise<NoticeRow[]> {
  const due = await database.query<Pick<NoticeRow, 'bucket'>>(sql`
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
      select n.bucket, n.payment_id, n.kind, n.state, n.phone, n.data, n.stored_at, n.tries from notices n
      where n.bucket = ${bucket} and n.due_at <= ${new Date(nowMs)} and not exists (
        select 1 from notices before where before.bucket = n.bucket and before.payment_id = n.payment_id
          and before.due_at is not null and before.stored_at < n.stored_at)
      order by n.due_at limit ${limit} for update of n skip locked`);
    for (const { payment_id, kind, state } of rows) {
      if (state !== 'sending') assertMove(noticeLifecycle, state, 'sending');
      await queries.query(sql`
        update notices set state = 'sending', tries = tries + 1, changed_at = ${new Date(nowMs)}, due_at = ${new Date(nowMs + leaseMs)}
        where bucket = ${bucket} and payment_id = ${payment_id} and kind = ${kind}`);
    }
    return rows;
  });
}

/** The debt is paid: what was not handed over yet is not sent any more. */
export async function withdrawWaiting(queries: Queries, debt: DebtKey, nowMs: number): Promise<void> {
  await queries.query(sql`
    update notices set state = 'withdrawn', changed_at = ${new Date(nowMs)}, due_at = null
    where bucket = ${debt.bucket} and payment_id = ${debt.payment_id} and state = any(${statesBefore(noticeLifecycle, 'withdrawn')}::text[])`);
}

/** Moves a notice that is being sent; one that has left that state meanwhile (another host's) stays as it is: false. */
async function moveSending(
  queries: Queries,
  notice: NoticeRow,
  to: NoticeState,
  changes: { dueMs?: number; nowMs: number },
): Promise<boolean> {
  if (to !== 'sending') assertMove(noticeLifecycle, 'sending', to);
  const dueAt = changes.dueMs === undefined ? null : new Date(changes.dueMs);
  const moved = await queries.query(sql`
    update notices set state = ${to}, due_at = ${dueAt}, changed_at = ${new Date(changes.nowMs)}
    where bucket = ${notice.bucket} and payment_id = ${notice.payment_id} and kind = ${notice.kind} and state = 'sending'
    returning kind`);
  return moved.length > 0;
}

/** The centre has taken it: each part under its id, by which receipts find it. */
export async function recordAccepted(
  database: Database,
  notice: NoticeRow,
  messageIds: readonly string[],
  nowMs: number,
): Promise<void> {
  const { bucket, payment_id, kind } = notice;
  await database.transaction(async (queries) => {
    if (!(await moveSending(queries, notice, 'accepted', { nowMs }))) return;
    const list = messageIds.map((id, part) => [bucket, payment_id, kind, part + 1, id, keyOf(id)]);
    await queries.query(sql`
      insert into notice_messages (bucket, payment_id, kind, part, message_id, message_key) values ${rows(list)}
      on conflict (bucket, payment_id, kind, part) do nothing`);
  });
}

/**
 * It is sent again at `dueMs`. `state` says what is known: `stored`, the centre certainly has not got it; `sending`, it may
 * have.
 */
export const recordRetry = (
  queries: Queries,
  notice: NoticeRow,
  state: 'stored' | 'sending',
  dueMs: number,
  nowMs: number,
): Promise<boolean> => moveSending(queries, notice, state, { dueMs, nowMs });

export const recordFailed = (queries: Queries, notice: NoticeRow, nowMs: number): Promise<boolean> =>
  moveSending(queries, notice, 'failed', { nowMs });

type MessageRow = Pick<
  Row<'notice_messages'>,
  'bucket' | 'payment_id' | 'kind' | 'part' | 'message_id' | 'is_delivered'
> &
  NamedMessage;

/** Messages that a receipt may mean: their ids, as it names them, in the forms that centres have. */
export function messagesNamed(queries: Queries, messageIds: readonly string[]): Promise<MessageRow[]> {
  const keys = messageIds.flatMap((id) => candidatesOf(id).map(({ key }) => key));
  return queries.query<MessageRow>(sql`
    select m.bucket, m.payment_id, m.kind, m.part, m.message_id, m.message_key as "key", m.is_delivered, n.phone
    from notice_messages m
    join notices n on n.bucket = m.bucket and n.payment_id = m.payment_id and n.kind = m.kind
    where m.message_key = any(${keys}::text[])`);
}

/**
 * Records what a receipt says of a message: the first word counts. The notice is delivered when all of its parts are, and
 * has failed when one of them has.
 */
export async function recordDelivery(
  database: Database,
  { bucket, payment_id, kind, part }: MessageRow,
  isDelivered: boolean,
  nowMs: number,
): Promise<void> {
  await database.transaction(async (queries) => {
    // Held until the end, so that the last two receipts of a notice do not miss each other.
    await queries.query(sql`
      select state from notices where bucket = ${bucket} and payment_id = ${payment_id} and kind = ${kind} for update`);
    await queries.query(sql`
      update notice_messages set is_delivered = ${isDelivered}
      where bucket = ${bucket} and payment_id = ${payment_id} and kind = ${kind} and part = ${part} and is_delivered is null`);
    const parts = await queries.query<Pick<MessageRow, 'is_delivered'>>(sql`
      select is_delivered from notice_messages where bucket = ${bucket} and payment_id = ${payment_id} and kind = ${kind}`);
    const state = stateOf(parts.map(({ is_delivered }) => is_delivered));
    if (state === undefined) return;
    assertMove(noticeLifecycle, 'accepted', state);
    await queries.query(sql`
      update notices set state = ${state}, changed_at = ${new Date(nowMs)}
      where bucket = ${bucket} and payment_id = ${payment_id} and kind = ${kind} and state = 'accepted'`);
  });
}

/** What is known of a notice by its parts; undefined before all have been reported. */
function stateOf(parts: readonly (boolean | null)[]): NoticeState | undefined {
  if (parts.includes(false)) return 'failed';
  return parts.every((isDelivered) => isDelivered === true) ? 'delivered' : undefined;
}

/** When a notice may be sent next; one that waits for an earlier one of its debt is not counted. */
export async function nextNoticeDueMs(queries: Queries): Promise<number | null> {
  const [row] = await queries.query<Pick<Row<'notices'>, 'due_at'>>(sql`
    select min(n.due_at) as due_at from notices n where n.due_at is not null and not exists (
      select 1 from notices before where before.bucket = n.bucket and before.payment_id = n.payment_id
        and before.due_at is not null and before.stored_at < n.stored_at)`);
  return row?.due_at?.getTime() ?? null;
}
