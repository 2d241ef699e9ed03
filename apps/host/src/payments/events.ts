import { type Queries, sql } from '../store/index.ts';

/**
 * Adds a line to a payment's story, in plain English. Whoever adds one holds the payment's row (has locked, made or
 * changed it in the same transaction), so that the lines are numbered one after the other.
 */
export async function addEvent(
  queries: Queries,
  bucket: number,
  paymentId: string,
  at: Date,
  what: string,
): Promise<void> {
  await queries.query(sql`
    insert into payment_events (bucket, payment_id, number, happened_at, what)
    select ${bucket}::smallint, ${paymentId}::text, coalesce(max(number), 0) + 1, ${at}::timestamptz, ${what}::text
    from payment_events where bucket = ${bucket} and payment_id = ${paymentId}`);
}

/** As {@link addEvent}, where the last line does not say the same already. */
export async function addEventOnce(
  queries: Queries,
  bucket: number,
  paymentId: string,
  at: Date,
  what: string,
): Promise<void> {
  const [last] = await queries.query<{ what: string }>(sql`
    select what from payment_events where bucket = ${bucket} and payment_id = ${paymentId} order by number desc limit 1`);
  if (last?.what !== what) await addEvent(queries, bucket, paymentId, at, what);
}
