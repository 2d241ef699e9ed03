import { maxUnendedSaleMs } from '@bivak/rules';
import { endAlarm, raiseAlarm } from '../alarms/alarms.ts';
import { type Database, type Queries, type Row, sql } from '../store/index.ts';

const batchSize = 200;

type Unended = Pick<
  Row<'payments'>,
  'bucket' | 'payment_id' | 'till_id' | 'received_at' | 'amount_minor' | 'currency'
>;

/**
 * Raises and ends the alarms of sales that a bank has approved while the buyer waited and whose till has not said for the longest
 * time how they ended; resolves with their number.
 */
export async function tellOfUnended(database: Database, nowMs: number): Promise<number> {
  const over = await database.query<Unended>(sql`
    select bucket, payment_id, till_id, received_at, amount_minor, currency from payments where unended_alarm = 'over' limit ${batchSize}`);
  for (const { till_id: tillId, payment_id: subject, ...payment } of over) {
    await endAlarm(database, { kind: 'sale-unended', tillId, subject }, nowMs);
    await setAlarm(database, { ...payment, payment_id: subject }, 'over', null);
  }
  const found = await database.query<Unended>(sql`
    select bucket, payment_id, till_id, received_at, amount_minor, currency from payments
    where state = 'collected' and accepted_seq is null and end_decision is null and received_at <= ${new Date(nowMs - maxUnendedSaleMs)}
      and not cancel_requested and unended_alarm is null limit ${batchSize}`);
  for (const payment of found) await raise(database, payment, nowMs);
  return over.length + found.length;
}

async function raise(database: Database, payment: Unended, nowMs: number): Promise<void> {
  const {
    till_id: tillId,
    payment_id: paymentId,
    received_at,
    amount_minor: amountMinor,
    currency,
  } = payment;
  const data = { paymentId, since: received_at.toISOString(), amountMinor, currency };
  await raiseAlarm(database, { kind: 'sale-unended', tillId, subject: paymentId, data }, nowMs);
  await setAlarm(database, payment, null, 'raised');
}

/** If the sale has its end meanwhile, its alarm is over at once. */
async function setAlarm(
  queries: Queries,
  { bucket, payment_id }: Pick<Unended, 'bucket' | 'payment_id'>,
  from: 'over' | null,
  to: 'raised' | null,
): Promise<void> {
  await queries.query(sql`
    update payments set unended_alarm = case
      when ${to}::text is null or (accepted_seq is null and not cancel_requested and end_decision is null) then ${to}::text else 'over' end
    where bucket = ${bucket} and payment_id = ${payment_id} and unended_alarm is not distinct from ${from}::text`);
}
