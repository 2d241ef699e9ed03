import { type Queries, sql } from '../store/index.ts';

/** Adds a line to a payment's story, in plain English. */
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
