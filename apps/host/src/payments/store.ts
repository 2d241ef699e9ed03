import { assertMove } from '@bivak/lifecycle';
import {
  type AttemptState,
  attemptLife,
  type PaymentState,
  paymentLife,
  type RankedBank,
} from '@bivak/rules';
import type { BankAnswer } from '../banks/index.ts';
import { type Database, type Queries, sql } from '../store/index.ts';
import { addEvent } from './events.ts';
import type { AttemptRow, Cause, PaymentRow } from './rows.ts';

/** A payment that falls due again when this has passed, should its host die while it works on it. */
export const leaseMs = 60_000;

/** Buckets that hold due payments: an unlocked look, which may be a moment old. */
export async function dueBuckets(queries: Queries, nowMs: number): Promise<number[]> {
  const found = await queries.query<{ bucket: number }>(sql`
    select bucket from payments where due_at <= ${new Date(nowMs)} group by bucket order by min(due_at)`);
  return found.map(({ bucket }) => bucket);
}

export async function nextDueMs(queries: Queries): Promise<number | null> {
  const [row] = await queries.query<{ due_at: Date | null }>(
    sql`select min(due_at) as due_at from payments where due_at is not null`,
  );
  return row?.due_at?.getTime() ?? null;
}

/** Claims due payments of a bucket: nobody else gets them until the lease has passed. */
export async function claim(
  database: Database,
  bucket: number,
  nowMs: number,
  limit: number,
): Promise<PaymentRow[]> {
  return database.transaction(async (queries) => {
    const due = await queries.query<PaymentRow>(sql`
      select bucket, payment_id, till_id, state, cycle, cause, cancel_asked, mode, amount_minor, currency, card_ksn, card_ciphertext,
        issuer_bank_id, sold_at, time_zone
      from payments where bucket = ${bucket} and due_at <= ${new Date(nowMs)}
      order by due_at limit ${limit} for update skip locked`);
    for (const { payment_id } of due) {
      await queries.query(sql`
        update payments set due_at = ${new Date(nowMs + leaseMs)} where bucket = ${bucket} and payment_id = ${payment_id}`);
    }
    return due;
  });
}

export async function readPayment(queries: Queries, bucket: number, paymentId: string): Promise<PaymentRow> {
  const [row] = await queries.query<PaymentRow>(sql`
    select bucket, payment_id, till_id, state, cycle, cause, cancel_asked, mode, amount_minor, currency, card_ksn, card_ciphertext,
      issuer_bank_id, sold_at, time_zone
    from payments where bucket = ${bucket} and payment_id = ${paymentId}`);
  return row!;
}

export async function readAttempts(
  queries: Queries,
  bucket: number,
  paymentId: string,
): Promise<AttemptRow[]> {
  return queries.query<AttemptRow>(sql`
    select number, cycle, bank_id, state, stan, rrn, stored_at, changed_at, response_class, reversal_tries
    from attempts where bucket = ${bucket} and payment_id = ${paymentId} order by number`);
}

type Key = Pick<PaymentRow, 'bucket' | 'payment_id' | 'state'>;

/** Moves a payment along its life; a move that the table does not have is a bug and throws. */
export async function movePayment(queries: Queries, payment: Key, to: PaymentState): Promise<void> {
  if (payment.state === to) return;
  assertMove(paymentLife, payment.state, to);
  await queries.query(sql`
    update payments set state = ${to} where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
  payment.state = to;
}

async function moveAttempt(
  queries: Queries,
  payment: Key,
  attempt: Pick<AttemptRow, 'number' | 'state'>,
  to: AttemptState,
  at: Date,
): Promise<void> {
  assertMove(attemptLife, attempt.state, to);
  await queries.query(sql`
    update attempts set state = ${to}, changed_at = ${at}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
  attempt.state = to;
}

/** Sets when the worker looks at a payment again; null: when something else happens to it. */
export async function setDue(queries: Queries, payment: Key, atMs: number | null): Promise<void> {
  await queries.query(sql`
    update payments set due_at = ${atMs === null ? null : new Date(atMs)}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
}

/** Writes an attempt down before its message leaves. */
export async function storeAttempt(
  queries: Queries,
  payment: PaymentRow,
  attempt: {
    number: number;
    cause: Cause;
    bank: RankedBank;
    ranked: readonly RankedBank[];
    stan: string;
    rrn: string;
    nowMs: number;
  },
): Promise<AttemptRow> {
  const at = new Date(attempt.nowMs);
  const { number, bank, stan, rrn } = attempt;
  await queries.query(sql`
    insert into attempts (bucket, payment_id, number, cycle, cause, bank_id, state, stan, rrn, stored_at, changed_at, fee_minor,
      route_reason, reversal_tries)
    values (${payment.bucket}, ${payment.payment_id}, ${number}, ${payment.cycle}, ${attempt.cause}, ${bank.bankId}, 'stored', ${stan},
      ${rrn}, ${at}, ${at}, ${bank.costMinor}, ${bank.reason}, 0)`);
  await queries.query(sql`
    update payments set bank_id = ${bank.bankId}, routing = ${JSON.stringify(attempt.ranked)}, due_at = ${new Date(attempt.nowMs + leaseMs)}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
  if (payment.state === 'received') await movePayment(queries, payment, 'routed');
  await movePayment(queries, payment, 'sending');
  await addEvent(queries, payment.bucket, payment.payment_id, at, `sent to ${bank.bankId}: ${bank.reason}`);
  return {
    number,
    cycle: payment.cycle,
    bank_id: bank.bankId,
    state: 'stored',
    stan,
    rrn,
    stored_at: at,
    changed_at: at,
    response_class: null,
    reversal_tries: 0,
  };
}

/** Writes down what came of an attempt. */
export async function recordAnswer(
  queries: Queries,
  payment: PaymentRow,
  attempt: AttemptRow,
  answer: BankAnswer,
  responseClass: AttemptRow['response_class'],
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  if (answer.kind === 'not-sent') {
    await moveAttempt(queries, payment, attempt, 'not-sent', at);
    await movePayment(queries, payment, 'routed');
    return addEvent(
      queries,
      payment.bucket,
      payment.payment_id,
      at,
      `${attempt.bank_id} could not be reached: nothing was sent`,
    );
  }
  await moveAttempt(queries, payment, attempt, 'sent', at);
  if (answer.kind === 'unknown') {
    await moveAttempt(queries, payment, attempt, 'unknown', at);
    await movePayment(queries, payment, 'unknown');
    return addEvent(
      queries,
      payment.bucket,
      payment.payment_id,
      at,
      `${attempt.bank_id} did not answer: ${answer.why}`,
    );
  }
  attempt.response_class = responseClass;
  await moveAttempt(queries, payment, attempt, responseClass === 'approved' ? 'approved' : 'declined', at);
  await queries.query(sql`
    update attempts set sent_at = stored_at, answered_at = ${at}, response_code = ${answer.responseCode}, response_class = ${responseClass},
      advice_code = ${answer.adviceCode}, authorisation_code = ${answer.authorisationCode}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
  if (responseClass === 'bank-trouble' || responseClass === 'merchant-blocked')
    await movePayment(queries, payment, 'routed');
}

/** An attempt that a host which died had stored: its message may have left. */
export async function recordLost(
  queries: Queries,
  payment: PaymentRow,
  attempt: AttemptRow,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  await moveAttempt(queries, payment, attempt, 'unknown', at);
  await movePayment(queries, payment, 'unknown');
  await addEvent(
    queries,
    payment.bucket,
    payment.payment_id,
    at,
    `the host was interrupted: it is not known whether ${attempt.bank_id} has debited`,
  );
}

/** Writes a reversal down before its message leaves. */
export async function storeReversal(
  queries: Queries,
  payment: PaymentRow,
  attempt: AttemptRow,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  if (attempt.state !== 'reversing') {
    await moveAttempt(queries, payment, attempt, 'reversing', at);
    await addEvent(queries, payment.bucket, payment.payment_id, at, `reversal sent to ${attempt.bank_id}`);
  }
  if (payment.state === 'unknown') await movePayment(queries, payment, 'reversing');
  else {
    // Approved, and the sale was cancelled: also where that was said while the answer was on its way.
    if (payment.state === 'sending') await movePayment(queries, payment, 'collected');
    if (payment.state === 'collected') await movePayment(queries, payment, 'cancelling');
  }
  await setDue(queries, payment, nowMs + leaseMs);
}

export async function recordReversal(
  queries: Queries,
  payment: PaymentRow,
  attempt: AttemptRow,
  isReversed: boolean,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  if (!isReversed) {
    await queries.query(sql`
      update attempts set reversal_tries = reversal_tries + 1, changed_at = ${at}
      where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
    return;
  }
  await moveAttempt(queries, payment, attempt, 'reversed', at);
  if (payment.state === 'reversing') await movePayment(queries, payment, 'routed');
  await addEvent(
    queries,
    payment.bucket,
    payment.payment_id,
    at,
    `${attempt.bank_id} confirmed: nothing is debited there`,
  );
}

/** Books the end of a payment (or of its cycle). What its till has to be told is noted with it. */
export async function book(
  queries: Queries,
  payment: PaymentRow,
  state: 'collected' | 'declined' | 'cancelled',
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  await movePayment(queries, payment, state);
  const told =
    state === 'cancelled' ? null : state === 'collected' && payment.cycle > 0 ? 'recovered' : state;
  await queries.query(sql`
    update payments set due_at = null, outcome_untold = ${told},
      collected_at = case when ${state} = 'collected' then ${at}::timestamptz else collected_at end,
      declined_at = case when ${state} = 'declined' then ${at}::timestamptz else declined_at end
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
  await addEvent(queries, payment.bucket, payment.payment_id, at, state);
}
