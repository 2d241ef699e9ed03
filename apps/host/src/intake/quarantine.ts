import { type QuarantineKind, type QuarantineReason, unexplainedKinds } from '@bivak/domain';
import { type EntryEnvelope, readEnvelope } from '@bivak/journal';
import { endAlarm, raiseAlarm } from '../alarms/alarms.ts';
import { type Database, type Queries, type Row, sql, tillBucket } from '../store/index.ts';

/**
 * Quarantines a good entry of a journal that cannot become a payment (now), so that those behind it are not held up, and
 * raises its alarm. Nothing is lost: the entry stays in the intake, and what is wrong with it stands here. Once more takes
 * the newest reason.
 */
export async function quarantineEntry(
  database: Database,
  envelope: EntryEnvelope,
  reason: QuarantineReason,
  nowMs: number,
): Promise<void> {
  const { tillId, seq, kind, version } = envelope;
  await database.transaction(async (queries) => {
    const [before] = await queries.query<Pick<Row<'quarantine'>, 'reason'>>(sql`
      select reason from quarantine where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq = ${seq} for update`);
    await queries.query(sql`
      insert into quarantine (till_bucket, till_id, seq, entry_kind, version, reason, quarantined_at)
      values (${tillBucket(tillId)}, ${tillId}, ${seq}, ${kind}, ${version}, ${JSON.stringify(reason)}, ${new Date(nowMs)})
      on conflict (till_bucket, till_id, seq) do update set reason = excluded.reason`);
    const subject = subjectOf(seq, reason);
    if (before !== undefined && subjectOf(seq, before.reason) !== subject)
      await endLastAlarm(queries, { tillId, seq }, before.reason, nowMs);
    await raiseAlarm(queries, { tillId, kind: 'entry-quarantined', subject, data: { seq, reason } }, nowMs);
  });
}

/** The entry was folded after all: its alarm is over, unless other entries share it. */
export async function releaseEntry(
  database: Database,
  { tillId, seq }: { tillId: string; seq: number },
  nowMs: number,
): Promise<void> {
  await database.transaction(async (queries) => {
    const [released] = await queries.query<Pick<Row<'quarantine'>, 'reason'>>(sql`
      delete from quarantine where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq = ${seq} returning reason`);
    if (released !== undefined) await endLastAlarm(queries, { tillId, seq }, released.reason, nowMs);
  });
}

/** The kind of entries that a newer host will explain; undefined if a person has to look into this one. */
const kindToExplain = (reason: QuarantineReason): string | undefined =>
  reason.kind === 'unknown-kind' || reason.kind === 'newer-version' ? reason.entryKind : undefined;

/** What one newer host will explain is one alarm: a newer till may write such entries by the hundred. */
const subjectOf = (seq: number, reason: QuarantineReason): string => kindToExplain(reason) ?? String(seq);

/** Ends the alarm of an entry that has left quarantine, or is there for another reason now, if no other entry shares it. */
async function endLastAlarm(
  queries: Queries,
  { tillId, seq }: { tillId: string; seq: number },
  reason: QuarantineReason,
  nowMs: number,
): Promise<void> {
  const others = await queries.query<Pick<Row<'quarantine'>, 'seq'>>(sql`
    select seq from quarantine where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq <> ${seq}
      and reason ->> 'kind' = any(${unexplainedKinds}::text[]) and reason ->> 'entryKind' = ${kindToExplain(reason) ?? null} limit 1`);
  if (others.length > 0) return;
  await endAlarm(queries, { tillId, kind: 'entry-quarantined', subject: subjectOf(seq, reason) }, nowMs);
}

/** Reasons that another program may not have: it may know the kind, the version or the form of the body. */
const unreadKinds: readonly QuarantineKind[] = [...unexplainedKinds, 'malformed-body'];

export interface QuarantinedEntry {
  envelope: EntryEnvelope;
  receivedAt: Date;
  reason: QuarantineReason;
}

/** Tills with entries that the program which quarantined them could not read. */
export async function tillsWithUnread(queries: Queries): Promise<string[]> {
  const found = await queries.query<Pick<Row<'quarantine'>, 'till_id'>>(sql`
    select till_id from quarantine where reason ->> 'kind' = any(${unreadKinds}::text[]) group by till_id order by till_id`);
  return found.map(({ till_id }) => till_id);
}

/** Such entries of a till, in the journal's order, after `afterSeq`. */
export async function unreadEntries(
  queries: Queries,
  tillId: string,
  afterSeq: number,
  limit: number,
): Promise<QuarantinedEntry[]> {
  const found = await queries.query<
    Pick<Row<'quarantine'>, 'reason'> & Pick<Row<'intake'>, 'payload' | 'received_at'>
  >(sql`
    select q.reason, i.payload, i.received_at from quarantine q
    join intake i on i.till_bucket = q.till_bucket and i.till_id = q.till_id and i.seq = q.seq
    where q.till_bucket = ${tillBucket(tillId)} and q.till_id = ${tillId} and q.seq > ${afterSeq}
      and q.reason ->> 'kind' = any(${unreadKinds}::text[])
    order by q.seq limit ${limit}`);
  return found.map(({ reason, payload, received_at }) => ({
    envelope: readEnvelope(payload)!,
    receivedAt: received_at,
    reason,
  }));
}
