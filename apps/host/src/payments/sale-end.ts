import { Problem, type SaleEndDecision } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import { saleEndDecisionsFor } from '@bivak/rules';
import { type Database, type Row, sql } from '../store/index.ts';
import { fallDue } from './claims.ts';
import { addEvent, type HeldPayment, recorder } from './timeline.ts';

/** What a person has decided about a sale that was approved online and whose till never wrote its end. */
export interface DecidedEnd {
  paymentId: string;
  decision: SaleEndDecision;
  by: string;
  why: string;
}

/**
 * Records a person's decision about the end of a sale: what was debited for it stays, or is given back. Throws Problem
 * `unknown-payment`, or `end-decision-not-offered` if the rules do not offer it (any more).
 */
export async function decideSaleEnd(
  { database, log }: { database: Database; log: Logger },
  { paymentId, decision, by, why }: DecidedEnd,
  nowMs: number,
): Promise<void> {
  const [found] = await database.query<Pick<Row<'payments'>, 'bucket'>>(
    sql`select bucket from payments where payment_id = ${paymentId}`,
  );
  if (found === undefined) throw new Problem('unknown-payment', { paymentId });
  const payment = { bucket: found.bucket, payment_id: paymentId };
  await database.transaction(async (queries) => {
    const [row] = await queries.query<EndColumns & HeldPayment>(sql`
      select bucket, payment_id, last_event, state, accepted_seq, cancel_requested, end_decision, received_at from payments
      where bucket = ${payment.bucket} and payment_id = ${paymentId} for update`);
    const offered = saleEndDecisionsFor(saleEndFacts(row!), nowMs);
    if (!offered.includes(decision))
      throw new Problem('end-decision-not-offered', { paymentId, decision, offered: [...offered] });
    await queries.query(sql`
      update payments set end_decision = ${decision}, cancel_requested = ${decision === 'give-back'},
        unended_alarm = case when unended_alarm is not null then 'over' end
      where bucket = ${payment.bucket} and payment_id = ${paymentId}`);
    const data = { decision, by, why };
    await addEvent(recorder(queries, log), row!, new Date(nowMs), { kind: 'end-decided', data });
    if (decision === 'give-back') await fallDue(queries, payment, nowMs);
  });
}

export type EndColumns = Pick<
  Row<'payments'>,
  'state' | 'accepted_seq' | 'cancel_requested' | 'end_decision' | 'received_at'
>;

/** A payment as the rules see the end of its sale. */
export const saleEndFacts = (row: EndColumns) => ({
  state: row.state,
  isAccepted: row.accepted_seq !== null,
  cancelRequested: row.cancel_requested,
  decision: row.end_decision,
  receivedAtMs: row.received_at.getTime(),
});
