import type { PaymentOutcomeState } from '@bivak/domain';
import { type Queries, type Row, sql } from '../store/index.ts';

/** What became of a payment, not yet in its till's outbox. */
export interface PendingOutcome {
  bucket: number;
  tillId: string;
  saleId: string;
  state: PaymentOutcomeState;
  at: Date;
}

/** Outcomes that are in no outbox yet, the oldest first: fleet's own claim. */
export async function pendingOutcomes(queries: Queries, limit: number): Promise<PendingOutcome[]> {
  type Found = Pick<Row<'payments'>, 'bucket' | 'payment_id' | 'till_id' | 'pending_outcome'> & { at: Date };
  const found = await queries.query<Found>(sql`
    select bucket, payment_id, till_id, pending_outcome, coalesce(collected_at, declined_at) as at
    from payments where pending_outcome is not null order by at limit ${limit}`);
  return found.map((row) => ({
    bucket: row.bucket,
    tillId: row.till_id,
    saleId: row.payment_id,
    state: row.pending_outcome!,
    at: row.at,
  }));
}

/** The outcome is in its till's outbox; a newer one that has come meanwhile stays pending. */
export async function clearPendingOutcome(
  queries: Queries,
  { bucket, saleId, state }: PendingOutcome,
): Promise<void> {
  await queries.query(sql`
    update payments set pending_outcome = null
    where bucket = ${bucket} and payment_id = ${saleId} and pending_outcome = ${state}`);
}
