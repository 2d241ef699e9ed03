import type { DisputeCause, PaymentState, ReversalVerdict } from '@bivak/domain';
import { sql, type Transaction } from '../store/index.ts';
import { holdForAnswer } from './claims.ts';
import { changeAttempt, type MovingPayment, moveAttempt, movePayment, named } from './moves.ts';
import { type AttemptRow, type PaymentRow, rrnOf } from './rows.ts';
import { addEvent, logStep, type Recorder } from './timeline.ts';

/** Writes a reversal down before its message leaves; that it is repeated is in the log. */
export async function storeReversal(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  const data = named(attempt);
  const wasApproved = attempt.state === 'approved';
  const isCompleting = attempt.state === 'completing';
  if (attempt.state === 'reversing' && attempt.reversal_tries > 0)
    logStep(recorder, payment, 'reversal-repeated', { ...data, tries: attempt.reversal_tries });
  else {
    if (attempt.state !== 'reversing') await startReversing(recorder, payment, attempt, at);
    await addEvent(recorder, payment, at, { kind: 'reversal-sent', data });
  }
  const path = pathToReversing(payment, wasApproved, isCompleting);
  if (path.length > 0) await movePayment(recorder, payment, at, ...path);
  await holdForAnswer(recorder, payment, attempt.bank_id, nowMs);
}

/**
 * What a payment becomes while an attempt of it is given back. One that is decided stays so, unless its sale did not happen
 * and this is what was debited for it (perhaps the till said so while the answer was on its way).
 */
function pathToReversing(
  { state, cancel_requested }: PaymentRow,
  wasApproved: boolean,
  isCompleting: boolean,
): PaymentState[] {
  if (state === 'unknown') return ['reversing'];
  if (isCompleting && state === 'sending') return ['unknown', 'reversing'];
  if (!cancel_requested || !wasApproved) return [];
  if (state === 'sending') return ['collected', 'cancelling'];
  return state === 'collected' ? ['cancelling'] : [];
}

/** The attempt is to be given back, from now on: its reversal is counted anew. */
export async function startReversing(
  queries: Transaction,
  payment: MovingPayment,
  attempt: AttemptRow,
  at: Date,
): Promise<void> {
  await moveAttempt(queries, payment, attempt, at, 'reversing');
  const columns = { reversal_tries: 0, reversing_since: at, reversal_verdict: null };
  changeAttempt(queries, payment, attempt, columns);
}

/** Writes down what came of a reversal. Unless it is confirmed, what the rules say of `verdict` follows. */
export async function recordReversal(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  answer: { verdict: ReversalVerdict | null; facts: object },
  nowMs: number,
): Promise<void> {
  const { verdict, facts } = answer;
  // A late answer, or a person, has ended it meanwhile.
  if (attempt.state !== 'reversing')
    return logStep(recorder, payment, 'reversal-answered-after-its-end', { ...named(attempt), ...facts });
  if (verdict !== 'confirmed') return repeatLater(recorder, payment, attempt, answer, nowMs);
  await endGivingBack(recorder, payment, attempt, new Date(nowMs));
  await addEvent(recorder, payment, new Date(nowMs), { kind: 'reversal-confirmed', data: named(attempt) });
}

async function repeatLater(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  { verdict, facts }: { verdict: ReversalVerdict | null; facts: object },
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  const tries = attempt.reversal_tries + 1;
  const columns = { reversal_tries: tries, reversal_verdict: verdict, changed_at: at };
  changeAttempt(recorder, payment, attempt, columns);
  logStep(recorder, payment, 'reversal-unconfirmed', { ...named(attempt), tries, verdict, ...facts });
}

/** What has to be given back cannot be, because the card data cannot be opened now: a try that came to nothing. */
export async function recordUnreversible(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  what: 'reverse' | 'refund',
  nowMs: number,
): Promise<void> {
  if (what === 'refund') return dispute(recorder, payment, attempt, 'debit-not-found', nowMs);
  if (attempt.state !== 'reversing') {
    const at = new Date(nowMs);
    const path = pathToReversing(payment, attempt.state === 'approved', false);
    await startReversing(recorder, payment, attempt, at);
    if (path.length > 0) await movePayment(recorder, payment, at, ...path);
  }
  return repeatLater(recorder, payment, attempt, { verdict: null, facts: { isReadable: false } }, nowMs);
}

/** Nothing is debited any more; the alarms about the attempt are over, and its payment waits for it no longer. */
export async function endGivingBack(
  queries: Transaction,
  payment: MovingPayment,
  attempt: AttemptRow,
  at: Date,
): Promise<void> {
  await moveAttempt(queries, payment, attempt, at, 'reversed');
  if (payment.state === 'reversing') await movePayment(queries, payment, at, 'routed');
  await alarmsOver(queries, payment, attempt);
}

/** Writes a refund down before it leaves: a request of its own, under a trace number of its own. */
export async function storeRefund(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  stan: string,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  await moveAttempt(recorder, payment, attempt, at, 'refunding');
  const { refund_stan: former, former_refund_stans: formers } = attempt;
  changeAttempt(recorder, payment, attempt, {
    refund_stan: stan,
    refund_rrn: rrnOf(stan, nowMs),
    former_refund_stans: former === null ? formers : [...formers, former],
  });
  await holdForAnswer(recorder, payment, attempt.bank_id, nowMs);
  await addEvent(recorder, payment, at, { kind: 'refund-sent', data: named(attempt) });
}

/**
 * What came of a refund: `refunded`; `not-sent`, nothing left: the bank is asked once more whether it knows the debit; or why
 * a person has to decide. It is sent once.
 */
export type RefundEnd =
  | 'refunded'
  | 'not-sent'
  | Extract<DisputeCause, 'refund-unanswered' | 'refund-refused'>;

export async function recordRefund(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  answer: { end: RefundEnd; facts: object },
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  const { end, facts } = answer;
  if (attempt.state !== 'refunding')
    return logStep(recorder, payment, 'refund-answered-after-its-end', { ...named(attempt), ...facts });
  logStep(recorder, payment, 'refund-ended', { ...named(attempt), end, ...facts });
  if (end === 'refunded') {
    await endGivingBack(recorder, payment, attempt, at);
    return addEvent(recorder, payment, at, { kind: 'refund-confirmed', data: named(attempt) });
  }
  if (end !== 'not-sent') return dispute(recorder, payment, attempt, end, nowMs);
  await moveAttempt(recorder, payment, attempt, at, 'reversing');
  return repeatLater(recorder, payment, attempt, { verdict: null, facts }, nowMs);
}

/** Nobody can end the attempt by the wire: a person decides, and an alarm says so. */
export async function dispute(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  cause: DisputeCause,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  // Nobody knows what was debited: from here on its payment stands where it stands while a reversal is awaited.
  if (attempt.state === 'completing' && payment.state === 'sending')
    await movePayment(recorder, payment, at, 'unknown', 'reversing');
  await moveAttempt(recorder, payment, attempt, at, 'disputed');
  changeAttempt(recorder, payment, attempt, { dispute_cause: cause, pending_alarm: 'raise' });
  await addEvent(recorder, payment, at, { kind: 'disputed', data: { ...named(attempt), cause } });
}

/** The alarms about an attempt end; if nobody was told yet, they are raised first, so that what happened is seen. */
export async function alarmsOver(
  queries: Transaction,
  payment: MovingPayment,
  { number }: AttemptRow,
): Promise<void> {
  await queries.query(sql`
    update attempts set pending_alarm = case when pending_alarm in ('raise', 'raise-and-end') then 'raise-and-end' else 'end' end
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${number}
      and (late_response_code is not null or dispute_cause is not null)`);
}
