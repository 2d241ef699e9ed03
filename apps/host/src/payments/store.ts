import { assertMove } from '@bivak/lifecycle';
import {
  type AttemptState,
  attemptLife,
  type PaymentState,
  paymentLife,
  type RankedBank,
} from '@bivak/rules';
import type { BankAnswer } from '../banks/index.ts';
import { type Queries, sql } from '../store/index.ts';
import { extendLease } from './claims.ts';
import { addEvent } from './events.ts';
import { type AttemptRow, type PaymentRow, rrnOf } from './rows.ts';
import { sentences } from './sentences.ts';

/** The attempts of a payment, the first one first: the one of number n stands at n - 1. */
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

/** Moves a payment along its life, through `path`; a move that the table does not have is a bug and throws. */
async function movePayment(queries: Queries, payment: Key, ...path: PaymentState[]): Promise<void> {
  for (const to of path) {
    assertMove(paymentLife, payment.state, to);
    payment.state = to;
  }
  await queries.query(sql`
    update payments set state = ${payment.state} where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
}

async function moveAttempt(
  queries: Queries,
  payment: Key,
  attempt: AttemptRow,
  at: Date,
  ...path: AttemptState[]
): Promise<void> {
  for (const to of path) {
    assertMove(attemptLife, attempt.state, to);
    attempt.state = to;
  }
  attempt.changed_at = at;
  await queries.query(sql`
    update attempts set state = ${attempt.state}, changed_at = ${at}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
}

const tell = (queries: Queries, payment: Key, at: Date, what: string): Promise<void> =>
  addEvent(queries, payment.bucket, payment.payment_id, at, what);

/** Writes an attempt down before its message leaves. */
export async function storeAttempt(
  queries: Queries,
  payment: PaymentRow,
  before: readonly AttemptRow[],
  chosen: { bank: RankedBank; ranked: readonly RankedBank[]; stan: string },
  nowMs: number,
): Promise<AttemptRow> {
  const at = new Date(nowMs);
  const { bank, ranked, stan } = chosen;
  const cause = before.some(({ cycle }) => cycle === payment.cycle) ? 'failover' : payment.cause;
  const attempt: AttemptRow = {
    number: before.length + 1,
    cycle: payment.cycle,
    bank_id: bank.bankId,
    state: attemptLife.initial,
    stan,
    rrn: rrnOf(stan, nowMs),
    stored_at: at,
    changed_at: at,
    response_class: null,
    reversal_tries: 0,
  };
  await queries.query(sql`
    insert into attempts (bucket, payment_id, number, cycle, cause, bank_id, state, stan, rrn, stored_at, changed_at, fee_minor,
      route_reason, reversal_tries)
    values (${payment.bucket}, ${payment.payment_id}, ${attempt.number}, ${payment.cycle}, ${cause}, ${bank.bankId}, ${attempt.state},
      ${stan}, ${attempt.rrn}, ${at}, ${at}, ${bank.costMinor}, ${bank.reason}, 0)`);
  await queries.query(sql`
    update payments set bank_id = ${bank.bankId}, routing = ${JSON.stringify(ranked)}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
  await movePayment(
    queries,
    payment,
    ...(payment.state === 'received' ? (['routed'] as const) : []),
    'sending',
  );
  await extendLease(queries, payment, nowMs);
  await tell(queries, payment, at, sentences.sent(bank.bankId, bank.reason));
  return attempt;
}

/** Writes down that an attempt's message leaves: from here on the bank may have it. */
export async function recordLeaving(
  queries: Queries,
  payment: PaymentRow,
  number: number,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  const attempts = await readAttempts(queries, payment.bucket, payment.payment_id);
  await moveAttempt(queries, payment, attempts[number - 1]!, at, 'sent');
  await queries.query(sql`
    update attempts set sent_at = ${at}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${number}`);
}

/** What a bank has said to an attempt, or not. */
export interface DebitHeard {
  answer: BankAnswer;
  responseClass: AttemptRow['response_class'];
}

/** Writes down what came of an attempt. */
export async function recordAnswer(
  queries: Queries,
  payment: PaymentRow,
  attempt: AttemptRow,
  { answer, responseClass }: DebitHeard,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  if (answer.kind === 'not-sent') {
    await moveAttempt(queries, payment, attempt, at, 'not-sent');
    await movePayment(queries, payment, 'routed');
    return tell(queries, payment, at, sentences.nothingSent(attempt.bank_id, answer.why));
  }
  if (answer.kind === 'unknown') {
    await moveAttempt(queries, payment, attempt, at, 'unknown');
    await movePayment(queries, payment, 'unknown');
    return tell(queries, payment, at, sentences.noAnswer(attempt.bank_id, answer.why));
  }
  const isApproved = responseClass === 'approved';
  const isUnsure = responseClass === 'unsure';
  await moveAttempt(
    queries,
    payment,
    attempt,
    at,
    isApproved ? 'approved' : isUnsure ? 'unknown' : 'declined',
  );
  attempt.response_class = responseClass;
  await queries.query(sql`
    update attempts set answered_at = ${at}, response_code = ${answer.responseCode}, response_class = ${responseClass},
      advice_code = ${answer.adviceCode}, authorisation_code = ${answer.authorisationCode}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
  if (isUnsure) await movePayment(queries, payment, 'unknown');
  // Where the issuer has not decided, another bank may be asked.
  else if (!isApproved && responseClass !== 'declined') await movePayment(queries, payment, 'routed');
  return tell(queries, payment, at, sentences.answered(attempt.bank_id, answer.responseCode));
}

/**
 * What a host that died has left open. An attempt that was stored and not marked as leaving has not left; of one that was,
 * nobody knows, and nobody waits for its answer any more.
 */
export async function recordLost(
  queries: Queries,
  payment: PaymentRow,
  attempts: readonly AttemptRow[],
  nowMs: number,
): Promise<void> {
  const lost = attempts.find(({ state }) => state === 'stored' || state === 'sent');
  if (lost === undefined) return;
  const at = new Date(nowMs);
  if (lost.state === 'stored') {
    await moveAttempt(queries, payment, lost, at, 'not-sent');
    await movePayment(queries, payment, 'routed');
    return tell(queries, payment, at, sentences.interruptedBefore(lost.bank_id));
  }
  await moveAttempt(queries, payment, lost, at, 'unknown');
  await movePayment(queries, payment, 'unknown');
  return tell(queries, payment, at, sentences.interruptedAfter(lost.bank_id));
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
    await moveAttempt(queries, payment, attempt, at, 'reversing');
    await tell(queries, payment, at, sentences.reversalSent(attempt.bank_id));
  }
  // Approved, and the sale did not happen: perhaps that was said while the answer was on its way.
  if (payment.state === 'sending') await movePayment(queries, payment, 'collected', 'cancelling');
  else if (payment.state === 'collected') await movePayment(queries, payment, 'cancelling');
  else if (payment.state === 'unknown') await movePayment(queries, payment, 'reversing');
  await extendLease(queries, payment, nowMs);
}

/** Writes down what a bank has said to a reversal; not confirmed, it is asked again later. */
export async function recordReversal(
  queries: Queries,
  payment: PaymentRow,
  attempt: AttemptRow,
  confirmed: boolean,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  if (!confirmed) {
    Object.assign(attempt, { reversal_tries: attempt.reversal_tries + 1, changed_at: at });
    await queries.query(sql`
      update attempts set reversal_tries = ${attempt.reversal_tries}, changed_at = ${at}
      where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
    return;
  }
  await moveAttempt(queries, payment, attempt, at, 'reversed');
  if (payment.state === 'reversing') await movePayment(queries, payment, 'routed');
  await tell(queries, payment, at, sentences.reversalConfirmed(attempt.bank_id));
}

/** Books the end of a payment (or of its cycle). What its till has to be told is noted with it. */
export async function book(
  queries: Queries,
  payment: PaymentRow,
  state: 'collected' | 'declined' | 'cancelled',
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  // The issuer's no has come while the till ended the sale: it is declined first, and then cancelled.
  const isDeclinedOnTheWay = state === 'cancelled' && payment.state === 'sending';
  await movePayment(queries, payment, ...(isDeclinedOnTheWay ? (['declined'] as const) : []), state);
  const told =
    state === 'cancelled' ? null : state === 'collected' && payment.cycle > 0 ? 'recovered' : state;
  await queries.query(sql`
    update payments set due_at = null, lease = null, outcome_untold = ${told},
      collected_at = case when ${state} = 'collected' then ${at}::timestamptz else collected_at end,
      declined_at = case when ${state} = 'declined' then ${at}::timestamptz else declined_at end
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
  await tell(queries, payment, at, sentences.booked(state));
}
