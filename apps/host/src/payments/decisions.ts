import { type AttemptDecision, Problem } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import { decidedStates, decisionsFor } from '@bivak/rules';
import { type Database, type Queries, type Row, sql, type Transaction } from '../store/index.ts';
import { fallDue } from './claims.ts';
import { startCompleting } from './completing.ts';
import { alarmsOver, endGivingBack, startReversing } from './giving-back.ts';
import { type MovingPayment, moveAttempt, named } from './moves.ts';
import type { AttemptRow } from './rows.ts';
import { readAttempts } from './store.ts';
import { addEvent, recorder } from './timeline.ts';

/** What a person has decided about an attempt, by the bank's books. */
export interface Decision {
  paymentId: string;
  attempt: number;
  decision: AttemptDecision;
  /** The person's name. */
  by: string;
  /** What the decision rests on. */
  why: string;
}

/**
 * Records a person's decision about a disputed attempt and lets its payment go on from there. Throws Problem
 * `unknown-payment`, `unknown-attempt`, or `decision-not-offered` if the rules do not offer it (any more).
 */
export async function decideAttempt(
  { database, log }: { database: Database; log: Logger },
  given: Decision,
  nowMs: number,
): Promise<void> {
  const { paymentId, attempt: number, decision, by, why } = given;
  const [found] = await database.query<Pick<Row<'payments'>, 'bucket'>>(
    sql`select bucket from payments where payment_id = ${paymentId}`,
  );
  if (found === undefined) throw new Problem('unknown-payment', { paymentId });
  await database.transaction(async (queries) => {
    const payment = await lockPayment(queries, found.bucket, paymentId);
    const attempts = await readAttempts(queries, found.bucket, paymentId);
    const attempt = attempts[number - 1];
    if (attempt === undefined) throw new Problem('unknown-attempt', { paymentId, attempt: number });
    const offered = decisionsFor(
      { cancelRequested: payment.cancel_requested },
      attempts.map((one) => ({ ...one, disputeCause: one.dispute_cause })),
      number,
    );
    if (!offered.includes(decision))
      throw new Problem('decision-not-offered', {
        paymentId,
        attempt: number,
        decision,
        offered: [...offered],
      });
    const at = new Date(nowMs);
    await queries.query(sql`
      insert into decisions (bucket, payment_id, number, attempt, decision, decided_by, why, decided_at)
      select ${payment.bucket}::smallint, ${paymentId}::text, coalesce(max(number), 0) + 1, ${number}::integer, ${decision}::text, ${by}::text, ${why}::text, ${at}::timestamptz
      from decisions where bucket = ${payment.bucket} and payment_id = ${paymentId}`);
    const data = { ...named(attempt), decision, by, why };
    await addEvent(recorder(queries, log), payment, at, { kind: 'decided', data });
    await carryOut(queries, payment, attempt, decision, at);
    await fallDue(queries, payment, nowMs);
  });
}

type LockedPayment = MovingPayment & Pick<Row<'payments'>, 'cancel_requested'>;

async function lockPayment(queries: Queries, bucket: number, paymentId: string): Promise<LockedPayment> {
  const [row] = await queries.query<LockedPayment>(sql`
    select bucket, payment_id, state, cancel_requested, open_since, stay_alarm, last_event, amount_minor, bank_id, has_debt from payments
    where bucket = ${bucket} and payment_id = ${paymentId} for update`);
  return row!;
}

async function carryOut(
  queries: Transaction,
  payment: LockedPayment,
  attempt: AttemptRow,
  decision: AttemptDecision,
  at: Date,
): Promise<void> {
  const to = decidedStates[decision];
  if (to === 'reversed') return endGivingBack(queries, payment, attempt, at);
  if (to === 'reversing') await startReversing(queries, payment, attempt, at);
  else if (to === 'completing') await startCompleting(queries, payment, attempt, 0, at);
  else await moveAttempt(queries, payment, attempt, at, to);
  await alarmsOver(queries, payment, attempt);
}

/**
 * Throws an Error that names banks and payments if attempts are open at banks that are not among `bankIds`: nobody could end
 * what is open at a bank that is gone.
 */
export async function refuseMissingBanks(queries: Queries, bankIds: readonly string[]): Promise<void> {
  const open = await openAtOtherBanks(queries, bankIds);
  if (open.length === 0) return;
  const said = open.map(({ bankId, payments, paymentIds }) => {
    const others = payments - paymentIds.length;
    return `"${bankId}": ${payments} payments (${paymentIds.join(', ')}${others > 0 ? ` and ${others} others` : ''})`;
  });
  throw new Error(
    `the configuration lacks banks at which attempts are open; keep them in it until those have an end: ${said.join('; ')}`,
  );
}

/** Of attempts whose bank is not among `bankIds`, those that are open: where they are, and how many in all. */
async function openAtOtherBanks(
  queries: Queries,
  bankIds: readonly string[],
): Promise<{ bankId: string; payments: number; paymentIds: string[] }[]> {
  const found = await queries.query<Pick<Row<'attempts'>, 'bank_id' | 'payment_id'>>(sql`
    select bank_id, payment_id from attempts
    where state in ('stored', 'sent', 'completing', 'unknown', 'reversing', 'refunding', 'disputed') and bank_id <> all(${bankIds}::text[])
    order by bank_id, payment_id`);
  return [...Map.groupBy(found, ({ bank_id }) => bank_id)].map(([bankId, attempts]) => {
    const paymentIds = [...new Set(attempts.map(({ payment_id }) => payment_id))];
    return { bankId, payments: paymentIds.length, paymentIds: paymentIds.slice(0, 5) };
  });
}
