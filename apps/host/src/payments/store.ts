import {
  type AttemptState,
  attemptLifecycle,
  type PaymentEnd,
  type PaymentEvent,
  type PaymentOutcomeState,
  type PaymentState,
  paymentLifecycle,
  type RankedBank,
  type ResponseClass,
} from '@bivak/domain';
import { assertMove } from '@bivak/lifecycle';
import { responseMeaning } from '@bivak/rules';
import type { BankAnswer } from '../banks/index.ts';
import { type Queries, sql } from '../store/index.ts';
import { holdForAnswer } from './claims.ts';
import { type AttemptRow, type PaymentRow, rrnOf } from './rows.ts';
import { addEvent, logStep, type Recorder } from './timeline.ts';

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
    assertMove(paymentLifecycle, payment.state, to);
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
    assertMove(attemptLifecycle, attempt.state, to);
    attempt.state = to;
  }
  attempt.changed_at = at;
  await queries.query(sql`
    update attempts set state = ${attempt.state}, changed_at = ${at}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
}

/** What every event of an attempt names. */
const named = ({ bank_id: bankId, number: attempt }: AttemptRow) => ({ bankId, attempt });

/** Writes an attempt down before its message leaves. */
export async function storeAttempt(
  recorder: Recorder,
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
    state: attemptLifecycle.initial,
    stan,
    rrn: rrnOf(stan, nowMs),
    stored_at: at,
    changed_at: at,
    response_class: null,
    reversal_tries: 0,
  };
  await recorder.query(sql`
    insert into attempts (bucket, payment_id, number, cycle, cause, bank_id, state, stan, rrn, stored_at, changed_at, fee_minor,
      route, reversal_tries)
    values (${payment.bucket}, ${payment.payment_id}, ${attempt.number}, ${payment.cycle}, ${cause}, ${bank.bankId}, ${attempt.state},
      ${stan}, ${attempt.rrn}, ${at}, ${at}, ${bank.costMinor}, ${JSON.stringify(bank.route)}, 0)`);
  await recorder.query(sql`
    update payments set bank_id = ${bank.bankId}, routing = ${JSON.stringify(ranked)}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
  const path = payment.state === 'received' ? (['routed', 'sending'] as const) : (['sending'] as const);
  await movePayment(recorder, payment, ...path);
  await holdForAnswer(recorder, payment, bank.bankId, nowMs);
  const data = { ...named(attempt), route: bank.route };
  await addEvent(recorder, payment, at, { kind: 'debit-sent', data });
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

/** A bank's answer to a debit, or why there is none. */
export interface DebitResult {
  answer: BankAnswer;
  responseClass: ResponseClass | null;
}

/** The state of an attempt whose bank has answered, and of its payment until the next step is decided. */
const afterAnswer: Readonly<Record<ResponseClass, { attempt: AttemptState; payment: PaymentState | null }>> =
  {
    approved: { attempt: 'approved', payment: null },
    declined: { attempt: 'declined', payment: null },
    unsure: { attempt: 'unknown', payment: 'unknown' },
    // The issuer has not decided: another bank may be asked.
    'bank-trouble': { attempt: 'rejected', payment: 'routed' },
    'merchant-blocked': { attempt: 'rejected', payment: 'routed' },
  };

/** Writes down what came of an attempt. */
export async function recordAnswer(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  { answer, responseClass }: DebitResult,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  if (answer.kind !== 'answered') {
    const isUnknown = answer.kind === 'unknown';
    await moveAttempt(recorder, payment, attempt, at, answer.kind);
    await movePayment(recorder, payment, isUnknown ? 'unknown' : 'routed');
    const kind = isUnknown ? 'debit-unanswered' : 'debit-not-sent';
    return addEvent(recorder, payment, at, { kind, data: { ...named(attempt), failure: answer.failure } });
  }
  const { responseCode } = answer;
  const after = afterAnswer[responseClass!];
  await moveAttempt(recorder, payment, attempt, at, after.attempt);
  attempt.response_class = responseClass;
  await recorder.query(sql`
    update attempts set answered_at = ${at}, response_code = ${responseCode}, response_class = ${responseClass},
      advice_code = ${answer.adviceCode}, authorisation_code = ${answer.authorisationCode}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
  if (after.payment !== null) await movePayment(recorder, payment, after.payment);
  const data = { ...named(attempt), responseCode, meaning: responseMeaning(responseCode) };
  return addEvent(recorder, payment, at, { kind: 'debit-answered', data });
}

/**
 * What a host that died has left open. An attempt that was stored and not marked as leaving has not left; of one that was,
 * nobody knows, and nobody waits for its answer any more.
 */
export async function recordInterrupted(
  recorder: Recorder,
  payment: PaymentRow,
  attempts: readonly AttemptRow[],
  nowMs: number,
): Promise<void> {
  const open = attempts.find(({ state }) => state === 'stored' || state === 'sent');
  if (open === undefined) return;
  const at = new Date(nowMs);
  const data = named(open);
  if (open.state === 'stored') {
    await moveAttempt(recorder, payment, open, at, 'not-sent');
    await movePayment(recorder, payment, 'routed');
    return addEvent(recorder, payment, at, { kind: 'interrupted-before-sending', data });
  }
  await moveAttempt(recorder, payment, open, at, 'unknown');
  await movePayment(recorder, payment, 'unknown');
  return addEvent(recorder, payment, at, { kind: 'interrupted-after-sending', data });
}

/** Writes a reversal down before its message leaves; that it is repeated is in the log. */
export async function storeReversal(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  const data = named(attempt);
  if (attempt.state === 'reversing')
    logStep(recorder, payment, 'reversal-repeated', { ...data, tries: attempt.reversal_tries });
  else {
    await moveAttempt(recorder, payment, attempt, at, 'reversing');
    await addEvent(recorder, payment, at, { kind: 'reversal-sent', data });
  }
  // Approved, and the sale did not happen: perhaps the till said so while the answer was on its way.
  if (payment.state === 'sending') await movePayment(recorder, payment, 'collected', 'cancelling');
  else if (payment.state === 'collected') await movePayment(recorder, payment, 'cancelling');
  else if (payment.state === 'unknown') await movePayment(recorder, payment, 'reversing');
  await holdForAnswer(recorder, payment, attempt.bank_id, nowMs);
}

/** Writes down what a bank has answered to a reversal; not confirmed, it is repeated later. */
export async function recordReversal(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  answer: { isConfirmed: boolean; facts: object },
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  if (!answer.isConfirmed) {
    Object.assign(attempt, { reversal_tries: attempt.reversal_tries + 1, changed_at: at });
    await recorder.query(sql`
      update attempts set reversal_tries = ${attempt.reversal_tries}, changed_at = ${at}
      where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
    const facts = { ...named(attempt), tries: attempt.reversal_tries, ...answer.facts };
    return logStep(recorder, payment, 'reversal-unconfirmed', facts);
  }
  await moveAttempt(recorder, payment, attempt, at, 'reversed');
  if (payment.state === 'reversing') await movePayment(recorder, payment, 'routed');
  await addEvent(recorder, payment, at, { kind: 'reversal-confirmed', data: named(attempt) });
}

/** What the till is told of an end; null: it knows. */
function outcomeOf(end: PaymentEnd, cycle: number): PaymentOutcomeState | null {
  if (end === 'cancelled') return null;
  return end === 'collected' && cycle > 0 ? 'recovered' : end;
}

/** Books the end of a payment (or of its cycle). Its till's outbox is filled from here. */
export async function book(
  recorder: Recorder,
  payment: PaymentRow,
  end: PaymentEnd,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  // The issuer has declined while the till ended the sale: it is declined first, and then cancelled.
  const isDeclinedBefore = end === 'cancelled' && payment.state === 'sending';
  await movePayment(recorder, payment, ...(isDeclinedBefore ? (['declined'] as const) : []), end);
  await recorder.query(sql`
    update payments set due_at = null, lease = null, wait = null, pending_outcome = ${outcomeOf(end, payment.cycle)},
      collected_at = case when ${end} = 'collected' then ${at}::timestamptz else collected_at end,
      declined_at = case when ${end} = 'declined' then ${at}::timestamptz else declined_at end
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
  await addEvent(recorder, payment, at, { kind: end, data: {} } satisfies PaymentEvent);
}
