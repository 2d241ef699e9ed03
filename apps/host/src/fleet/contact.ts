import { endAlarm, raiseAlarm } from '../alarms/alarms.ts';
import { type Queries, sql } from '../store/index.ts';

/** What a contact showed of a till. */
export interface Contact {
  /**
   * How far the till's clock is ahead (above 0) or behind the host's, if that is more than may be; else 0; null if the
   * contact does not show it.
   */
  clockOffMs: number | null;
  /** The stop-list that the till has, if it said so. */
  stopListVersion?: number;
}

/** Records a contact with a till. A clock that is off is an alarm, until the first contact at the right time. */
export async function recordContact(
  queries: Queries,
  tillId: string,
  { clockOffMs, stopListVersion }: Contact,
  nowMs: number,
): Promise<void> {
  await queries.query(sql`
    update tills set last_contact_at = ${new Date(nowMs)},
      stop_list_version = coalesce(${stopListVersion ?? null}::integer, stop_list_version)
    where till_id = ${tillId}`);
  if (clockOffMs === null) return;
  const alarm = { tillId, kind: 'clock-off', subject: '' } as const;
  if (clockOffMs === 0) await endAlarm(queries, alarm, nowMs);
  else await raiseAlarm(queries, { ...alarm, data: { offMs: clockOffMs } }, nowMs);
}
