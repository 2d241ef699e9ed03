import type { Clock } from '@bivak/clock';
import type { PaymentState } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import { maxPaymentStayMs } from '@bivak/rules';
import { endAlarm, raiseAlarm } from '../alarms/alarms.ts';
import { tellOfWaiting } from '../intake/waiting.ts';
import { type Database, type Queries, type Row, sql, startWorker, type Worker } from '../store/index.ts';
import { tellOfUnended } from './unended-alarms.ts';

const batchSize = 200;
/** Stays are looked at so often: none of them is meant to the minute. */
const stayEveryMs = 60_000;

/**
 * Starts what raises and ends the alarms about payments: it carries what the cards' buckets say to the alarms of the tills.
 * After a crash between the two it is found again; an alarm that is open already is only seen again.
 */
export function startPaymentAlarms(database: Database, clock: Clock, log: Logger): Worker {
  return startWorker('payment-alarms', clock, log, async () => {
    const nowMs = clock.nowMs();
    const pending = await pendingAttempts(database);
    for (const attempt of pending) {
      await tellOfAttempt(database, attempt, nowMs);
      await clearPending(database, attempt);
    }
    const stays = await tellOfStays(database, nowMs);
    const unended = await tellOfUnended(database, nowMs);
    await tellOfWaiting(database, nowMs);
    return pending.length + stays + unended < batchSize ? nowMs + stayEveryMs : nowMs;
  });
}

type PendingAttempt = Pick<
  Row<'attempts'>,
  | 'bucket'
  | 'payment_id'
  | 'number'
  | 'bank_id'
  | 'state'
  | 'late_response_code'
  | 'dispute_cause'
  | 'pending_alarm'
  | 'changed_at'
> &
  Pick<Row<'payments'>, 'till_id' | 'amount_minor' | 'currency'>;

const pendingAttempts = (queries: Queries): Promise<PendingAttempt[]> =>
  queries.query<PendingAttempt>(sql`
    select a.bucket, a.payment_id, a.number, a.bank_id, a.state, a.late_response_code, a.dispute_cause, a.pending_alarm, a.changed_at,
      p.till_id, p.amount_minor, p.currency
    from attempts a join payments p on p.bucket = a.bucket and p.payment_id = a.payment_id
    where a.pending_alarm is not null limit ${batchSize}`);

/** One that has changed meanwhile stays pending: it is told of once more. */
async function clearPending(queries: Queries, attempt: PendingAttempt): Promise<void> {
  await queries.query(sql`
    update attempts set pending_alarm = null
    where bucket = ${attempt.bucket} and payment_id = ${attempt.payment_id} and number = ${attempt.number}
      and pending_alarm = ${attempt.pending_alarm} and state = ${attempt.state}`);
}

async function tellOfAttempt(database: Database, attempt: PendingAttempt, nowMs: number): Promise<void> {
  const { till_id: tillId, late_response_code: lateCode, dispute_cause: cause, pending_alarm } = attempt;
  const subject = `${attempt.payment_id} ${attempt.number}`;
  const data = {
    paymentId: attempt.payment_id,
    attempt: attempt.number,
    bankId: attempt.bank_id,
    amountMinor: attempt.amount_minor,
    currency: attempt.currency,
  };
  await database.transaction(async (queries) => {
    if (pending_alarm !== 'end') {
      const responseCode = lateCode === '' ? null : lateCode;
      if (lateCode !== null)
        await raiseAlarm(
          queries,
          { kind: 'approved-late', tillId, subject, data: { ...data, responseCode } },
          nowMs,
        );
      if (cause !== null && attempt.state === 'disputed')
        await raiseAlarm(
          queries,
          { kind: 'payment-needs-decision', tillId, subject, data: { ...data, cause } },
          nowMs,
        );
    }
    if (attempt.state !== 'disputed')
      await endAlarm(queries, { kind: 'payment-needs-decision', tillId, subject }, nowMs);
    if (pending_alarm !== 'raise') await endAlarm(queries, { kind: 'approved-late', tillId, subject }, nowMs);
  });
}

type Stay = Pick<
  Row<'payments'>,
  'bucket' | 'payment_id' | 'till_id' | 'state' | 'open_since' | 'amount_minor' | 'currency'
>;

/** Raises and ends the alarms of payments that stay undecided; resolves with their number. */
async function tellOfStays(database: Database, nowMs: number): Promise<number> {
  const over = await database.query<Stay>(sql`
    select bucket, payment_id, till_id, state, open_since, amount_minor, currency from payments
    where stay_alarm = 'over' limit ${batchSize}`);
  for (const stay of over) {
    const { till_id: tillId, payment_id: subject } = stay;
    await database.transaction((queries) =>
      endAlarm(queries, { kind: 'payment-stuck', tillId, subject }, nowMs),
    );
    await setStayAlarm(database, stay, 'over', null);
  }
  let raised = 0;
  for (const [state, maxMs] of Object.entries(maxPaymentStayMs))
    if (maxMs !== null) raised += await raiseStays(database, state as PaymentState, nowMs - maxMs, nowMs);
  return over.length + raised;
}

async function raiseStays(
  database: Database,
  state: PaymentState,
  sinceMs: number,
  nowMs: number,
): Promise<number> {
  // One that waits for a person's decision has an alarm of its own.
  const found = await database.query<Stay>(sql`
    select bucket, payment_id, till_id, state, open_since, amount_minor, currency from payments
    where state = ${state} and state not in ('collected', 'declined', 'cancelled') and open_since <= ${new Date(sinceMs)}
      and stay_alarm is null and coalesce(wait ->> 'kind', '') <> 'decision-needed' limit ${batchSize}`);
  for (const stay of found) {
    const data = {
      paymentId: stay.payment_id,
      state,
      since: stay.open_since.toISOString(),
      amountMinor: stay.amount_minor,
      currency: stay.currency,
    };
    const alarm = {
      kind: 'payment-stuck',
      tillId: stay.till_id,
      subject: stay.payment_id,
      data,
    } as const;
    await database.transaction((queries) => raiseAlarm(queries, alarm, nowMs));
    await setStayAlarm(database, stay, null, 'raised');
  }
  return found.length;
}

/** If the payment has been decided meanwhile, its alarm is over at once. */
async function setStayAlarm(
  queries: Queries,
  { bucket, payment_id }: Stay,
  from: 'over' | null,
  to: 'raised' | null,
): Promise<void> {
  await queries.query(sql`
    update payments set stay_alarm = case when ${to}::text is null or state not in ('collected', 'declined', 'cancelled') then ${to}::text else 'over' end
    where bucket = ${bucket} and payment_id = ${payment_id} and stay_alarm is not distinct from ${from}::text`);
}
