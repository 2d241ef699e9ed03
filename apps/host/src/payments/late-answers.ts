import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import type { LateAnswer } from '../banks/index.ts';
import { type Database, type Row, sql } from '../store/index.ts';
import { addEventOnce, recorder } from './timeline.ts';

/** A bank that floods us with late answers has so many recorded at a time; the others are dropped. */
const maxAtOnce = 20;

/** Records late answers one by one, each in its payment's timeline; never throws. */
export function lateAnswerRecorder(
  database: Database,
  clock: Clock,
  log: Logger,
): (late: LateAnswer) => void {
  let underWay = 0;
  return (late) => {
    if (underWay >= maxAtOnce) return;
    underWay++;
    recordLateAnswer(database, late, clock.nowMs(), log)
      .catch((error: unknown) =>
        log.error({ err: error, paymentId: late.reference }, 'a late answer could not be recorded'),
      )
      .finally(() => {
        underWay--;
      });
  };
}

/**
 * Records an answer that no request waits for any more in its payment's timeline. Nothing else is done: what it approves is
 * being reversed already.
 */
async function recordLateAnswer(
  database: Database,
  { bankId, messageType, reference, responseCode }: LateAnswer,
  nowMs: number,
  log: Logger,
): Promise<void> {
  if (reference === null || messageType === '0810') return;
  const [found] = await database.query<Pick<Row<'payments'>, 'bucket'>>(
    sql`select bucket from payments where payment_id = ${reference}`,
  );
  if (found === undefined) return;
  const payment = { bucket: found.bucket, payment_id: reference };
  await database.transaction(async (queries) => {
    await queries.query(sql`
      select payment_id from payments where bucket = ${payment.bucket} and payment_id = ${reference} for update`);
    const event = { kind: 'late-answer', data: { bankId, messageType, responseCode } } as const;
    await addEventOnce(recorder(queries, log), payment, new Date(nowMs), event);
  });
}
