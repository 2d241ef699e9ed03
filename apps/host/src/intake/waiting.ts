import { maxUnfoldedMs } from '@bivak/rules';
import { endAlarm, raiseAlarm, tillsWithAlarm } from '../alarms/alarms.ts';
import { type Queries, type Row, sql, tillBucket } from '../store/index.ts';
import { unknownCurrency } from './balances.ts';

/**
 * Raises and ends the alarms of tills whose accepted sales by card have waited for the longest time to become payments:
 * something keeps the host from folding them.
 */
export async function tellOfWaiting(queries: Queries, nowMs: number): Promise<void> {
  const waiting = await tillsThatWait(queries, nowMs - maxUnfoldedMs);
  for (const tillId of waiting) {
    const sales = await waitingSales(queries, tillId);
    if (sales === undefined) continue;
    const { count, minor: sumMinor, currency, since } = sales;
    const data = { sales: count, sumMinor, currency, since: since.toISOString() };
    await raiseAlarm(queries, { tillId, kind: 'sales-waiting', subject: '', data }, nowMs);
  }
  for (const tillId of await tillsWithAlarm(queries, 'sales-waiting'))
    if (!waiting.includes(tillId))
      await endAlarm(queries, { tillId, kind: 'sales-waiting', subject: '' }, nowMs);
}

/** Of the tills that do not balance, those whose next entry has waited since before `beforeMs`. */
async function tillsThatWait(queries: Queries, beforeMs: number): Promise<string[]> {
  const open = await queries.query<Pick<Row<'till_balances'>, 'till_id'>>(sql`
    select till_id from till_balances where accepted_count <> accounted_count + dismissed_count group by till_id`);
  const waiting: string[] = [];
  for (const { till_id: tillId } of open) {
    const [next] = await queries.query<Pick<Row<'intake'>, 'received_at'>>(sql`
      select i.received_at from intake i join intake_folded f on f.till_bucket = i.till_bucket and f.till_id = i.till_id
      where i.till_bucket = ${tillBucket(tillId)} and i.till_id = ${tillId} and i.seq = f.seq + 1`);
    if (next !== undefined && next.received_at.getTime() <= beforeMs) waiting.push(tillId);
  }
  return waiting;
}

/** The accepted sales by card that wait; undefined if there is none. */
async function waitingSales(queries: Queries, tillId: string) {
  type Sales = { count: number; minor: number; currency: string; since: Date | null };
  const [sales] = await queries.query<Sales>(sql`
    select count(*) as count, coalesce(sum(i.amount_minor), 0)::bigint as minor, coalesce(max(i.currency), ${unknownCurrency}) as currency,
      min(i.received_at) as since
    from intake i join intake_folded f on f.till_bucket = i.till_bucket and f.till_id = i.till_id
    where i.till_bucket = ${tillBucket(tillId)} and i.till_id = ${tillId} and i.seq > f.seq and i.tender = 'card'`);
  return sales === undefined || sales.since === null ? undefined : { ...sales, since: sales.since };
}
