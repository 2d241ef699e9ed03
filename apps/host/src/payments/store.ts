import {
  type AttemptState,
  attemptLifecycle,
  type DebitFlow,
  type PaymentEnd,
  type PaymentEvent,
  type PaymentOutcomeState,
  type PaymentState,
  type RankedBank,
  type ResponseClass,
} from '@bivak/domain';
import type { Verdict } from '@bivak/rules';
import type { BankAnswer } from '../banks/index.ts';
import { type Queries, sql, type Transaction } from '../store/index.ts';
import { forgetTrack } from './card-destruction.ts';
import { holdForAnswer } from './claims.ts';
import { startCompleting } from './completing.ts';
import { dispute } from './giving-back.ts';
import { changeAttempt, moveAttempt, movePayment, named } from './moves.ts';
import { type AttemptRow, type PaymentRow, rrnOf } from './rows.ts';
import { addEvent, keyOf, type Recorder } from './timeline.ts';

/** The attempts of a payment, the first one first: the one of number n stands at n - 1. */
export async function readAttempts(
  queries: Queries,
  bucket: number,
  paymentId: string,
): Promise<AttemptRow[]> {
  return queries.query<AttemptRow>(sql`
    select number, cycle, bank_id, state, stan, rrn, flow, bank_rrn, authorisation_code, stored_at, sent_at, changed_at, response_class, after_reversal, was_approved, was_interrupted,
      late_response_code, completing_since, completion_sent_at, completion_tries, inquired_at, dispute_cause, reversal_tries, reversing_since, reversal_verdict, refund_stan, refund_rrn,
      former_refund_stans
    from attempts where bucket = ${bucket} and payment_id = ${paymentId} order by number`);
}

/** Writes an attempt down before its message leaves. */
export async function storeAttempt(
  recorder: Recorder,
  payment: PaymentRow,
  before: readonly AttemptRow[],
  chosen: { bank: RankedBank; ranked: readonly RankedBank[]; stan: string; flow: DebitFlow },
  nowMs: number,
): Promise<AttemptRow> {
  const at = new Date(nowMs);
  const { bank, ranked, stan, flow } = chosen;
  const cause = before.some(({ cycle }) => cycle === payment.cycle) ? 'failover' : payment.cause;
  const attempt: AttemptRow = {
    number: before.length + 1,
    cycle: payment.cycle,
    bank_id: bank.bankId,
    state: attemptLifecycle.initial,
    stan,
    rrn: rrnOf(stan, nowMs),
    flow,
    bank_rrn: null,
    authorisation_code: null,
    stored_at: at,
    sent_at: null,
    changed_at: at,
    response_class: null,
    after_reversal: null,
    was_approved: false,
    was_interrupted: false,
    late_response_code: null,
    completing_since: null,
    completion_sent_at: null,
    completion_tries: 0,
    inquired_at: null,
    dispute_cause: null,
    reversal_tries: 0,
    reversing_since: null,
    reversal_verdict: null,
    refund_stan: null,
    refund_rrn: null,
    former_refund_stans: [],
  };
  recorder.insert('attempts', {
    ...keyOf(payment),
    ...attempt,
    cause,
    answered_at: null,
    response_code: null,
    advice_code: null,
    fee_minor: bank.costMinor,
    route: bank.route,
    pending_alarm: null,
  });
  recorder.change('payments', keyOf(payment), { bank_id: bank.bankId, routing: [...ranked] });
  payment.bank_id = bank.bankId;
  await movePayment(recorder, payment, at, ...pathToSending(payment.state));
  await holdForAnswer(recorder, payment, bank.bankId, nowMs);
  const data = { ...named(attempt), route: bank.route };
  await addEvent(recorder, payment, at, { kind: 'debit-sent', data });
  return attempt;
}

/**
 * The way of a payment to its next debit. Nothing is open any more when one is decided, however the last attempt was ended: by an
 * answer, a late one or a person, perhaps before its payment had come to be reversed.
 */
function pathToSending(state: PaymentState): PaymentState[] {
  if (state === 'unknown') return ['reversing', 'routed', 'sending'];
  return state === 'received' || state === 'reversing' ? ['routed', 'sending'] : ['sending'];
}

/** Writes down that an attempt's message leaves: from here on the bank may have it. */
export async function recordLeaving(
  transaction: Transaction,
  payment: PaymentRow,
  attempt: AttemptRow,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  await moveAttempt(transaction, payment, attempt, at, 'sent');
  changeAttempt(transaction, payment, attempt, { sent_at: at });
}

/** A bank's answer to a debit, or why there is none. */
export interface DebitResult {
  answer: BankAnswer;
  /** What the answer means; null if there is none. */
  verdict: Verdict | null;
}

/** The state of an attempt whose bank has answered, and of its payment until the next step is decided. */
const afterAnswer: Readonly<Record<ResponseClass, { attempt: AttemptState; payment: PaymentState | null }>> =
  {
    approved: { attempt: 'approved', payment: null },
    declined: { attempt: 'declined', payment: null },
    // Debited for less, or nobody knows: reversed before anything else.
    partial: { attempt: 'unknown', payment: 'unknown' },
    unsure: { attempt: 'unknown', payment: 'unknown' },
    // The issuer has not decided: another bank may be asked.
    'bank-trouble': { attempt: 'rejected', payment: 'routed' },
    'merchant-blocked': { attempt: 'rejected', payment: 'routed' },
  };

/** An advice is, unless an answer has said that the bank has taken it for a part of the sum. */
const mayBeToldAgain = ({ flow, response_class }: AttemptRow): boolean =>
  flow === 'advise' && response_class !== 'partial';

/** Writes down what came of an attempt. */
export async function recordAnswer(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  { answer, verdict }: DebitResult,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  if (answer.kind === 'unknown' && mayBeToldAgain(attempt)) {
    await startCompleting(recorder, payment, attempt, 1, at);
    const data = { ...named(attempt), failure: answer.failure };
    return addEvent(recorder, payment, at, { kind: 'debit-unanswered', data });
  }
  if (answer.kind !== 'answered') {
    const isUnknown = answer.kind === 'unknown';
    await moveAttempt(recorder, payment, attempt, at, answer.kind);
    await movePayment(recorder, payment, at, isUnknown ? 'unknown' : 'routed');
    const kind = isUnknown ? 'debit-unanswered' : 'debit-not-sent';
    return addEvent(recorder, payment, at, { kind, data: { ...named(attempt), failure: answer.failure } });
  }
  const { responseCode } = answer;
  const { class: responseClass, after: afterReversal, meaning } = verdict!;
  const after = afterAnswer[responseClass];
  const isReserved = attempt.flow === 'reserve' && responseClass === 'approved';
  if (isReserved) await startCompleting(recorder, payment, attempt, 0, at);
  else await moveAttempt(recorder, payment, attempt, at, after.attempt);
  const isDebited = responseClass === 'approved' || responseClass === 'partial';
  const wasApproved = attempt.was_approved || (isDebited && attempt.flow !== 'reserve');
  changeAttempt(recorder, payment, attempt, {
    answered_at: at,
    response_code: responseCode,
    response_class: responseClass,
    after_reversal: afterReversal,
    was_approved: wasApproved,
    advice_code: answer.adviceCode,
    authorisation_code: answer.authorisationCode,
    bank_rrn: answer.bankRrn,
  });
  if (after.payment !== null) await movePayment(recorder, payment, at, after.payment);
  if (responseClass === 'approved' || responseClass === 'declined') forgetTrack(recorder, payment);
  const data = { ...named(attempt), responseCode, meaning };
  return addEvent(recorder, payment, at, { kind: isReserved ? 'sum-reserved' : 'debit-answered', data });
}

/**
 * What a host that died has left open. An attempt that was stored and not marked as leaving has not left; of one that was,
 * nobody knows, and nobody waits for its answer any more; an advice is sent again.
 */
export async function recordInterrupted(
  recorder: Recorder,
  payment: PaymentRow,
  attempts: readonly AttemptRow[],
  nowMs: number,
): Promise<void> {
  const refunding = attempts.find(({ state }) => state === 'refunding');
  if (refunding !== undefined) await dispute(recorder, payment, refunding, 'refund-interrupted', nowMs);
  const open = attempts.find(({ state }) => state === 'stored' || state === 'sent');
  if (open === undefined) return;
  const at = new Date(nowMs);
  const data = named(open);
  if (open.state === 'stored') {
    await moveAttempt(recorder, payment, open, at, 'not-sent');
    await movePayment(recorder, payment, at, 'routed');
    return addEvent(recorder, payment, at, { kind: 'interrupted-before-sending', data });
  }
  if (mayBeToldAgain(open)) await startCompleting(recorder, payment, open, 1, at);
  else {
    await moveAttempt(recorder, payment, open, at, 'unknown');
    await movePayment(recorder, payment, at, 'unknown');
  }
  changeAttempt(recorder, payment, open, { was_interrupted: true });
  return addEvent(recorder, payment, at, { kind: 'interrupted-after-sending', data });
}

/** What the till is told of an end; null: it knows. */
function outcomeOf(end: PaymentEnd, { cycle, state }: PaymentRow): PaymentOutcomeState | null {
  if (end === 'cancelled') return null;
  return end === 'collected' && (cycle > 0 || state === 'declined') ? 'recovered' : end;
}

/** The way from a payment's state to an end of it. */
function pathTo(state: PaymentState, end: PaymentEnd): PaymentState[] {
  if (state === 'unknown') return ['reversing', end];
  // The issuer has declined while the till ended the sale: it is declined first, and then cancelled.
  return end === 'cancelled' && state === 'sending' ? ['declined', end] : [end];
}

/** How a cycle has ended. */
interface BookedEnd {
  end: PaymentEnd;
  /** Nobody has declined: no bank reached the issuer. */
  isUnreached: boolean;
  collectedBy: string | null;
}

/**
 * Books the end of a payment (or of its cycle). Its till's outbox is filled from here. One that it has come to already, as
 * after a late approval was given back, is no news to anybody: false.
 */
export async function book(
  recorder: Recorder,
  payment: PaymentRow,
  { end, isUnreached, collectedBy }: BookedEnd,
  nowMs: number,
): Promise<boolean> {
  if (payment.state === end) return false;
  const at = new Date(nowMs);
  const outcome = outcomeOf(end, payment);
  payment.bank_id = collectedBy ?? payment.bank_id;
  await movePayment(recorder, payment, at, ...pathTo(payment.state, end));
  recorder.change('payments', keyOf(payment), {
    pending_outcome: outcome,
    card_idle_since: at,
    is_unreached: isUnreached,
    bank_id: payment.bank_id,
    ...(payment.has_debt || end === 'declined' ? { recovery_due: true } : {}),
    ...(end === 'collected' ? { collected_at: at } : {}),
    ...(end === 'declined' ? { declined_at: at } : {}),
  });
  forgetTrack(recorder, payment);
  await addEvent(recorder, payment, at, {
    kind: isUnreached ? 'not-reached' : end,
    data: {},
  } satisfies PaymentEvent);
  return true;
}
