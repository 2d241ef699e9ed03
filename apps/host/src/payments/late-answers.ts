import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import type { LateAnswer } from '../banks/index.ts';
import { type Database, sql } from '../store/index.ts';
import { addEventOnce } from './events.ts';
import { sentences } from './sentences.ts';

/** A bank that floods us with answers is heard so often at a time, and no further. */
const mostAtOnce = 20;

/** Notes late answers one by one, each in its payment's story; never throws. */
export function lateAnswerNotes(database: Database, clock: Clock, log: Logger): (late: LateAnswer) => void {
  let underWay = 0;
  return (late) => {
    if (underWay >= mostAtOnce) return;
    underWay++;
    noteLateAnswer(database, late, clock.nowMs())
      .catch((error: unknown) => log.error({ err: error }, 'a late answer could not be noted'))
      .finally(() => {
        underWay--;
      });
  };
}

/**
 * Notes an answer that nobody waited for any more in its payment's story. Nothing else is done: what it approves is being
 * reversed already.
 */
async function noteLateAnswer(database: Database, late: LateAnswer, nowMs: number): Promise<void> {
  if (late.reference === null || late.messageType === '0810') return;
  const [found] = await database.query<{ bucket: number }>(
    sql`select bucket from payments where payment_id = ${late.reference}`,
  );
  if (found === undefined) return;
  const { bucket } = found;
  const words = sentences.answeredTooLate(late.bankId, late.messageType, late.responseCode);
  await database.transaction(async (queries) => {
    await queries.query(sql`
      select payment_id from payments where bucket = ${bucket} and payment_id = ${late.reference} for update`);
    await addEventOnce(queries, bucket, late.reference!, new Date(nowMs), words);
  });
}
