import type { Clock } from '@bivak/clock';
import type { PaymentOutcome } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import { cursorFloor, trustedEpoch } from '../epoch/epoch.ts';
import { clearPendingOutcome, type PendingOutcome, pendingOutcomes } from '../payments/pending-outcomes.ts';
import {
  type Database,
  type Queries,
  type Row,
  rows,
  sql,
  startWorker,
  tillBucket,
  type Worker,
} from '../store/index.ts';

const batchSize = 200;

/**
 * Starts what fills the tills' outboxes: it carries outcomes from the cards' buckets to the tills' own, each once, in the
 * order in which it finds them. After a crash between the two an outcome is found again, and is there already.
 */
export function startOutboxWorker(database: Database, clock: Clock, log: Logger): Worker {
  return startWorker('outbox', clock, log, async () => {
    const pending = await pendingOutcomes(database, batchSize);
    // Those of one till one after the other: each takes the next place in its box.
    await Promise.all(
      [...Map.groupBy(pending, ({ tillId }) => tillId)].map(([tillId, outcomes]) =>
        database.shared(`till ${tillBucket(tillId)}`, (queries) => append(queries, tillId, outcomes)),
      ),
    );
    await Promise.all(
      pending.map((outcome) =>
        database.shared(`card ${outcome.bucket}`, (queries) => clearPendingOutcome(queries, outcome)),
      ),
    );
    return pending.length < batchSize ? null : clock.nowMs();
  });
}

/** A cursor is never given again, not even after the store was put back; in doubt nothing is told. Throws Problem `store-in-doubt`. */
async function append(queries: Queries, tillId: string, outcomes: readonly PendingOutcome[]): Promise<void> {
  const bucket = tillBucket(tillId);
  const saleIds = outcomes.map(({ saleId }) => saleId);
  const [{ epoch }, known, [last]] = await Promise.all([
    trustedEpoch(queries),
    queries.query<Pick<Row<'till_outbox'>, 'sale_id' | 'state'>>(sql`
      select sale_id, state from till_outbox
      where till_bucket = ${bucket} and till_id = ${tillId} and sale_id = any(${saleIds}::text[])`),
    queries.query<Pick<Row<'till_outbox'>, 'cursor'>>(sql`
      select cursor from till_outbox where till_bucket = ${bucket} and till_id = ${tillId} order by cursor desc limit 1`),
  ]);
  const isKnown = new Set(known.map(({ sale_id, state }) => `${sale_id} ${state}`));
  const fresh = outcomes.filter(({ saleId, state }) => !isKnown.has(`${saleId} ${state}`));
  if (fresh.length === 0) return;
  const begin = Math.max(last?.cursor ?? 0, cursorFloor(epoch)) + 1;
  const list = fresh.map(({ saleId, state, at }, index) => [
    bucket,
    tillId,
    begin + index,
    saleId,
    state,
    at,
  ]);
  await queries.query(sql`
    insert into till_outbox (till_bucket, till_id, cursor, sale_id, state, happened_at) values ${rows(list)}`);
}

/** What became of a till's payments after the cursor, at most `limit`. */
export async function outcomesAfter(
  queries: Queries,
  tillId: string,
  cursor: number,
  limit: number,
): Promise<PaymentOutcome[]> {
  const found = await queries.query<
    Pick<Row<'till_outbox'>, 'cursor' | 'sale_id' | 'state' | 'happened_at'>
  >(sql`
    select cursor, sale_id, state, happened_at from till_outbox
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and cursor > ${cursor} order by cursor limit ${limit}`);
  return found.map((row) => ({
    cursor: row.cursor,
    saleId: row.sale_id,
    state: row.state,
    at: row.happened_at.toISOString(),
  }));
}

/** The last cursor that a till was given, in whatever epoch. */
export async function lastCursor(queries: Queries, tillId: string): Promise<number> {
  const [row] = await queries.query<{ cursor: number | null }>(sql`
    select max(cursor) as cursor from till_outbox
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId}`);
  return row?.cursor ?? 0;
}
