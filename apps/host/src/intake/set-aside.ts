import { type Queries, sql, tillBucket } from '../store/index.ts';

/**
 * Keeps apart a good entry of a journal that cannot become a payment, so that those behind it are not held up. Nothing is
 * lost: the entry stays in the intake, and what is wrong with it stands here. Once more is no change.
 */
export async function setAside(
  queries: Queries,
  tillId: string,
  seq: number,
  why: string,
  at: Date,
): Promise<void> {
  await queries.query(sql`
    insert into intake_set_aside (till_bucket, till_id, seq, why, set_aside_at)
    values (${tillBucket(tillId)}, ${tillId}, ${seq}, ${why}, ${at}) on conflict (till_bucket, till_id, seq) do nothing`);
}
