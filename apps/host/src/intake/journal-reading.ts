import { type EntryBody, type EntryPayload, readPayload } from '@bivak/journal';
import { type Queries, sql, tillBucket } from '../store/index.ts';

/** Entries of a till that were not folded yet, in order. */
export async function unfolded(
  queries: Queries,
  tillId: string,
  limit: number,
): Promise<{ seq: number; entry: EntryPayload; receivedAt: Date }[]> {
  const bucket = tillBucket(tillId);
  const found = await queries.query<{ seq: number; payload: string; received_at: Date }>(sql`
    select i.seq, i.payload, i.received_at from intake i
    join intake_folded f on f.till_bucket = i.till_bucket and f.till_id = i.till_id
    where i.till_bucket = ${bucket} and i.till_id = ${tillId} and i.seq > f.seq
    order by i.seq limit ${limit}`);
  // What is in the store was checked at intake: an entry that cannot be read is a bug.
  return found.map(({ seq, payload, received_at }) => ({
    seq,
    entry: readPayload(payload)!,
    receivedAt: received_at,
  }));
}

/** Tills with entries that were not folded yet: also those that the configuration does not name any more. */
export async function unfoldedTills(queries: Queries): Promise<string[]> {
  const found = await queries.query<{ till_id: string }>(sql`
    select f.till_id from intake_folded f
    where exists (select 1 from intake i where i.till_bucket = f.till_bucket and i.till_id = f.till_id and i.seq > f.seq)
    order by f.till_id`);
  return found.map(({ till_id }) => till_id);
}

/** Notes how far a till's journal was folded. */
export async function markFolded(queries: Queries, tillId: string, seq: number): Promise<void> {
  await queries.query(sql`
    update intake_folded set seq = ${seq} where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq < ${seq}`);
}

/** The intent of a sale, from its till's journal. */
export async function intentOf(
  queries: Queries,
  tillId: string,
  saleId: string,
): Promise<{ entry: EntryPayload; intent: EntryBody<'sale.intent'> } | undefined> {
  const [found] = await queries.query<{ payload: string }>(sql`
    select payload from intake where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId}
      and sale_id = ${saleId} and kind = 'sale.intent' order by seq limit 1`);
  const entry = found === undefined ? undefined : readPayload(found.payload);
  return entry?.kind === 'sale.intent' ? { entry, intent: entry.body } : undefined;
}

/** How many entries of all tills are not folded yet. */
export async function unfoldedCount(queries: Queries): Promise<number> {
  const [row] = await queries.query<{ count: number }>(sql`
    select count(*) as count from intake i
    join intake_folded f on f.till_bucket = i.till_bucket and f.till_id = i.till_id where i.seq > f.seq`);
  return row?.count ?? 0;
}
