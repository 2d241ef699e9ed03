import { type DebtDecision, Problem } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import { debtDecisionsFor } from '@bivak/rules';
import { addEvent, type HeldPayment, recorder } from '../payments/timeline.ts';
import { type Database, type Row, sql } from '../store/index.ts';
import * as store from './store.ts';

/** What a person has decided about a debt whose holder was not told as was promised. */
export interface GivenDebtDecision {
  paymentId: string;
  decision: DebtDecision;
  /** The person's name. */
  by: string;
  /** What the decision rests on. */
  why: string;
}

/**
 * Records a person's decision about a debt; recovery carries it out. Throws Problem `unknown-debt`, or
 * `debt-decision-not-offered` if the rules do not offer it (any more).
 */
export async function decideDebt(
  { database, log }: { database: Database; log: Logger },
  { paymentId, decision, by, why }: GivenDebtDecision,
  nowMs: number,
): Promise<void> {
  const [found] = await database.query<Pick<Row<'debts'>, 'bucket'>>(
    sql`select bucket from debts where payment_id = ${paymentId}`,
  );
  if (found === undefined) throw new Problem('unknown-debt', { paymentId });
  await database.transaction(async (queries) => {
    // The debt first and then its payment, whose row holds the timeline: as recovery locks them.
    const debt = await store.lockDebt(queries, found.bucket, paymentId);
    const [payment] = await queries.query<HeldPayment>(
      sql`select bucket, payment_id, last_event from payments where bucket = ${found.bucket} and payment_id = ${paymentId} for update`,
    );
    const offered = debt === undefined ? [] : debtDecisionsFor(debt.state);
    if (debt === undefined || !offered.includes(decision))
      throw new Problem('debt-decision-not-offered', { paymentId, decision, offered: [...offered] });
    await store.recordDecision(queries, debt, { decision, by, why }, nowMs);
    const event = { kind: 'debt-decided', data: { decision, by, why } } as const;
    await addEvent(recorder(queries, log), payment!, new Date(nowMs), event);
  });
}
