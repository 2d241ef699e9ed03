import type { LateAnswer } from '../banks/index.ts';
import { type Database, sql } from '../store/index.ts';
import { addEvent } from './events.ts';

/**
 * Notes an answer that nobody waited for any more in its payment's story. Nothing else is done: what it approves is being
 * reversed already.
 */
export async function noteLateAnswer(database: Database, late: LateAnswer, nowMs: number): Promise<void> {
  if (late.reference === null || late.messageType === '0810') return;
  const [found] = await database.query<{ bucket: number }>(
    sql`select bucket from payments where payment_id = ${late.reference}`,
  );
  if (found === undefined) return;
  const { bucket } = found;
  const words = `${late.bankId} answered too late (${late.messageType}, ${late.responseCode ?? 'no code'})`;
  await database.transaction(async (queries) => {
    await queries.query(sql`
      select payment_id from payments where bucket = ${bucket} and payment_id = ${late.reference} for update`);
    await addEvent(queries, bucket, late.reference!, new Date(nowMs), words);
  });
}
