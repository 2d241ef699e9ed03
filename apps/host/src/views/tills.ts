import type { hostApi } from '@bivak/contracts';
import { type Alarm, type Tender, unexplainedKinds } from '@bivak/domain';
import { openAlarms } from '../alarms/alarms.ts';
import { type Queries, type Row, sql } from '../store/index.ts';
import { nothingUnaccounted, unaccountedByTill } from './accounting.ts';

type TillColumns = Pick<
  Row<'tills'>,
  'till_id' | 'till_bucket' | 'place' | 'enrolled_at' | 'last_contact_at' | 'stop_list_version'
>;

/** Every till with its journal's counts and open alarms. */
export async function listTills(queries: Queries, currency: string): Promise<hostApi.TillSummary[]> {
  const unaccounted = await unaccountedByTill(queries, currency);
  const tills = await queries.query<TillColumns>(sql`
    select till_id, till_bucket, place, enrolled_at, last_contact_at, stop_list_version from tills order by till_id`);
  const alarms = Map.groupBy(await openAlarms(queries), ({ tillId }) => tillId);
  return Promise.all(
    tills.map(async (till) => ({
      ...(await summary(queries, till, alarms.get(till.till_id) ?? [])),
      unaccounted: unaccounted.get(till.till_id) ?? nothingUnaccounted,
    })),
  );
}

async function summary(
  queries: Queries,
  row: TillColumns,
  alarms: Alarm[],
): Promise<Omit<hostApi.TillSummary, 'unaccounted'>> {
  const { till_bucket: bucket, till_id: tillId } = row;
  const [last] = await queries.query<{ seq: number | null }>(sql`
    select max(seq) as seq from intake where till_bucket = ${bucket} and till_id = ${tillId}`);
  const sales = await queries.query<{ tender: Tender; count: number }>(sql`
    select tender, count(*) as count from intake
    where till_bucket = ${bucket} and till_id = ${tillId} and tender is not null group by tender`);
  const [quarantined] = await queries.query<{ count: number; unexplained: number }>(sql`
    select count(*) as count, count(*) filter (where reason ->> 'kind' = any(${unexplainedKinds}::text[])) as unexplained
    from quarantine where till_bucket = ${bucket} and till_id = ${tillId} and ended_at is null`);
  const salesOf = (tender: Tender): number => sales.find((one) => one.tender === tender)?.count ?? 0;
  return {
    tillId,
    place: row.place,
    enrolledAt: row.enrolled_at?.toISOString() ?? null,
    lastContactAt: row.last_contact_at?.toISOString() ?? null,
    acknowledgedSeq: last?.seq ?? 0,
    stopListVersion: row.stop_list_version,
    cardSales: salesOf('card'),
    cashSales: salesOf('cash'),
    quarantinedEntries: quarantined?.count ?? 0,
    unexplainedEntries: quarantined?.unexplained ?? 0,
    alarms,
  };
}
