import type { Clock } from '@bivak/clock';
import type { uplinkApi } from '@bivak/contracts';
import type { Logger } from '@bivak/process';
import { type Database, type Queries, sql, startWorker, tillBucket, type Worker } from '../store/index.ts';

const batchSize = 200;

/** Starts what carries outcomes from the cards' buckets to the tills' own: each once, in the order in which it is found. */
export function startOutcomesWorker(database: Database, clock: Clock, log: Logger): Worker {
  return startWorker('outcomes', clock, log, async () => {
    const untold = await database.query<{
      bucket: number;
      payment_id: string;
      till_id: string;
      outcome_untold: string;
      at: Date;
    }>(sql`
      select bucket, payment_id, till_id, outcome_untold, coalesce(collected_at, declined_at) as at
      from payments where outcome_untold is not null order by at limit ${batchSize}`);
    for (const { bucket, payment_id, till_id, outcome_untold, at } of untold) {
      await database.transaction((queries) => tell(queries, till_id, payment_id, outcome_untold, at));
      await database.query(sql`
        update payments set outcome_untold = null
        where bucket = ${bucket} and payment_id = ${payment_id} and outcome_untold = ${outcome_untold}`);
    }
    return untold.length < batchSize ? null : clock.nowMs();
  });
}

async function tell(
  queries: Queries,
  tillId: string,
  saleId: string,
  state: string,
  at: Date,
): Promise<void> {
  const bucket = tillBucket(tillId);
  await queries.query(sql`
    insert into outcomes (till_bucket, till_id, cursor, sale_id, state, happened_at)
    select ${bucket}::smallint, ${tillId}::text, coalesce(max(cursor), 0) + 1, ${saleId}::text, ${state}::text, ${at}::timestamptz
    from outcomes where till_bucket = ${bucket} and till_id = ${tillId}
    on conflict (till_bucket, till_id, sale_id, state) do nothing`);
}

/** What became of a till's payments after the cursor, at most `limit`. */
export async function outcomesAfter(
  queries: Queries,
  tillId: string,
  cursor: number,
  limit: number,
): Promise<uplinkApi.PaymentOutcome[]> {
  const found = await queries.query<{
    cursor: number;
    sale_id: string;
    state: uplinkApi.PaymentOutcome['state'];
    happened_at: Date;
  }>(sql`
    select cursor, sale_id, state, happened_at from outcomes
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and cursor > ${cursor} order by cursor limit ${limit}`);
  return found.map((row) => ({
    cursor: row.cursor,
    saleId: row.sale_id,
    state: row.state,
    at: row.happened_at.toISOString(),
  }));
}
