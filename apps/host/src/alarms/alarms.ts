import { randomUUID } from 'node:crypto';
import {
  type Alarm,
  type AlarmFacts,
  type AlarmKind,
  type AlarmState,
  alarmLifecycle,
  Problem,
} from '@bivak/domain';
import {
  type Database,
  type PageEnd,
  type Queries,
  type Row,
  sql,
  statesBefore,
  tillBucket,
} from '../store/index.ts';

/** What is wrong with a till. `subject` tells alarms of one kind apart: at most one of a kind and subject is open. */
export type AlarmToRaise = AlarmFacts & { tillId: string; subject: string };

/** Raises an alarm; the same one again while it is open is only seen again, with the newest facts. */
export async function raiseAlarm(
  queries: Queries,
  { tillId, kind, subject, data }: AlarmToRaise,
  nowMs: number,
  alarmId: string = randomUUID(),
): Promise<void> {
  const at = new Date(nowMs);
  await queries.query(sql`
    insert into alarms (till_bucket, alarm_id, till_id, kind, subject, state, data, raised_at, last_seen_at)
    values (${tillBucket(tillId)}, ${alarmId}, ${tillId}, ${kind}, ${subject}, ${alarmLifecycle.initial}, ${JSON.stringify(data)}, ${at}, ${at})
    on conflict (till_bucket, till_id, kind, subject) where ended_at is null
    do update set last_seen_at = excluded.last_seen_at, data = excluded.data`);
}

/** What raised the alarm is over; one that is not open is no error. */
export async function endAlarm(
  queries: Queries,
  { tillId, kind, subject }: { tillId: string; kind: AlarmKind; subject: string },
  nowMs: number,
): Promise<void> {
  await queries.query(sql`
    update alarms set state = 'ended', ended_at = ${new Date(nowMs)}
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and kind = ${kind} and subject = ${subject}
      and state = any(${statesBefore(alarmLifecycle, 'ended')}::text[])`);
}

/** What raised the alarms of a kind is over, whatever they are about within it. */
export async function endAlarmsOfKind(
  queries: Queries,
  tillId: string,
  kind: AlarmKind,
  nowMs: number,
): Promise<void> {
  await queries.query(sql`
    update alarms set state = 'ended', ended_at = ${new Date(nowMs)}
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and kind = ${kind} and ended_at is null`);
}

/** The tills of which an alarm of this kind is open. */
export async function tillsWithAlarm(queries: Queries, kind: AlarmKind): Promise<string[]> {
  const found = await queries.query<Pick<Row<'alarms'>, 'till_id'>>(sql`
    select till_id from alarms where ended_at is null and kind = ${kind} group by till_id`);
  return found.map(({ till_id }) => till_id);
}

/** Somebody has seen the alarm; once more is no error. Throws Problem `unknown-alarm` or `alarm-ended`. */
export async function acknowledgeAlarm(
  database: Database,
  alarmId: string,
  by: string,
  nowMs: number,
): Promise<Alarm> {
  const [found] = await database.query<Pick<AlarmRow, 'till_bucket'>>(
    sql`select till_bucket from alarms where alarm_id = ${alarmId}`,
  );
  if (found === undefined) throw new Problem('unknown-alarm', { alarmId });
  return database.transaction(async (queries) => {
    await queries.query(sql`
      update alarms set state = 'acknowledged', acknowledged_at = ${new Date(nowMs)}, acknowledged_by = ${by}
      where till_bucket = ${found.till_bucket} and alarm_id = ${alarmId}
        and state = any(${statesBefore(alarmLifecycle, 'acknowledged')}::text[])`);
    const [row] = await queries.query<AlarmRow>(sql`
      select till_bucket, alarm_id, till_id, kind, state, data, raised_at, last_seen_at, acknowledged_at, acknowledged_by, ended_at
      from alarms where till_bucket = ${found.till_bucket} and alarm_id = ${alarmId}`);
    if (row!.state === 'ended') throw new Problem('alarm-ended', { alarmId });
    return alarmOf(row!);
  });
}

export interface AlarmFilter {
  state: AlarmState | null;
  tillId: string | null;
}

/** Alarms, the newest first. */
export async function listAlarms(
  queries: Queries,
  { state, tillId }: AlarmFilter,
  after: PageEnd | null,
  limit: number,
): Promise<Alarm[]> {
  const found = await queries.query<AlarmRow>(sql`
    select till_bucket, alarm_id, till_id, kind, state, data, raised_at, last_seen_at, acknowledged_at, acknowledged_by, ended_at
    from alarms
    where (${state}::text is null or state = ${state}) and (${tillId}::text is null or till_id = ${tillId})
      and (${after?.at ?? null}::timestamptz is null
        or (raised_at, alarm_id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}))
    order by raised_at desc, alarm_id desc limit ${limit}`);
  return found.map(alarmOf);
}

/** The alarms of all tills that have not ended, the newest first. */
export async function openAlarms(queries: Queries): Promise<Alarm[]> {
  const found = await queries.query<AlarmRow>(sql`
    select till_bucket, alarm_id, till_id, kind, state, data, raised_at, last_seen_at, acknowledged_at, acknowledged_by, ended_at
    from alarms where ended_at is null order by raised_at desc, alarm_id desc`);
  return found.map(alarmOf);
}

type AlarmRow = Omit<Row<'alarms'>, 'subject'>;

function alarmOf(row: AlarmRow): Alarm {
  return {
    alarmId: row.alarm_id,
    tillId: row.till_id,
    kind: row.kind,
    data: row.data,
    state: row.state,
    raisedAt: row.raised_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
    acknowledgedBy: row.acknowledged_by,
    endedAt: row.ended_at?.toISOString() ?? null,
  } as Alarm;
}
