import { endAlarm, raiseAlarm } from '../alarms/alarms.ts';
import { type Database, type Row, sql } from '../store/index.ts';

const batchSize = 200;

/**
 * Raises and ends the alarms about debts: carries what the cards' buckets say to the alarms of the tills. After a crash between
 * the two it is found again; an alarm that is open already is only seen again.
 */
export async function tellOfDebts(database: Database, nowMs: number): Promise<void> {
  const pending = await database.query<PendingDebt>(sql`
    select bucket, payment_id, till_id, amount_minor, currency, shortfall, pending_alarm from debts
    where pending_alarm is not null limit ${batchSize}`);
  for (const debt of pending) await tell(database, debt, nowMs);
}

type PendingDebt = Pick<
  Row<'debts'>,
  'bucket' | 'payment_id' | 'till_id' | 'amount_minor' | 'currency' | 'shortfall' | 'pending_alarm'
>;

async function tell(database: Database, debt: PendingDebt, nowMs: number): Promise<void> {
  const { bucket, payment_id: paymentId, till_id: tillId, shortfall } = debt;
  const about = { kind: 'debt-needs-decision', tillId, subject: paymentId } as const;
  await database.transaction(async (queries) => {
    if (shortfall === null) return endAlarm(queries, about, nowMs);
    const { amount_minor: amountMinor, currency } = debt;
    await raiseAlarm(queries, { ...about, data: { paymentId, amountMinor, currency, shortfall } }, nowMs);
  });
  // One that has changed meanwhile stays pending.
  await database.query(sql`
    update debts set pending_alarm = null
    where bucket = ${bucket} and payment_id = ${paymentId} and pending_alarm = ${debt.pending_alarm}
      and shortfall is not distinct from ${shortfall}::text`);
}
