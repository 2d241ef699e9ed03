import type { CompletionVerdict } from '@bivak/domain';
import type { Verdict } from '@bivak/rules';
import type { BankAnswer } from '../banks/index.ts';
import { sql, type Transaction } from '../store/index.ts';
import { holdForAnswer } from './claims.ts';
import { startReversing } from './giving-back.ts';
import { changeAttempt, type MovingPayment, moveAttempt, movePayment, named } from './moves.ts';
import type { AttemptRow, PaymentRow } from './rows.ts';
import { addEvent, logStep, type Recorder } from './timeline.ts';

/** What debits is an advice from now on, which is repeated until it is answered: `tries` of them were sent. */
export async function startCompleting(
  queries: Transaction,
  payment: MovingPayment,
  attempt: AttemptRow,
  tries: number,
  at: Date,
): Promise<void> {
  await moveAttempt(queries, payment, attempt, at, 'completing');
  const sentAt = tries > 0 ? (attempt.completion_sent_at ?? at) : attempt.completion_sent_at;
  const columns = { completing_since: at, completion_tries: tries, completion_sent_at: sentAt };
  changeAttempt(queries, payment, attempt, columns);
}

/** Writes the advice that debits down before it leaves; that it is repeated is in the log. */
export async function storeCompletion(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  if (attempt.completion_tries > 0)
    logStep(recorder, payment, 'completion-repeated', { ...named(attempt), tries: attempt.completion_tries });
  else {
    changeAttempt(recorder, payment, attempt, { completion_sent_at: attempt.completion_sent_at ?? at });
    await addEvent(recorder, payment, at, { kind: 'completion-sent', data: named(attempt) });
  }
  await holdForAnswer(recorder, payment, attempt.bank_id, nowMs);
}

/** What came of an advice that debits; a verdict null: nothing. */
export interface CompletionResult {
  answer: BankAnswer;
  verdict: CompletionVerdict | null;
  /** What the answer means; null if there is none. */
  reading: Verdict | null;
}

/** Writes down what came of an advice that debits. */
export async function recordCompletion(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  { answer, verdict, reading }: CompletionResult,
  nowMs: number,
): Promise<void> {
  const facts =
    answer.kind === 'answered' ? { responseCode: answer.responseCode } : { failure: answer.failure };
  // A late answer, or a person, has ended it meanwhile.
  if (attempt.state !== 'completing')
    return logStep(recorder, payment, 'completion-answered-after-its-end', { ...named(attempt), ...facts });
  const at = new Date(nowMs);
  if (verdict === 'completed') return confirmCompletion(recorder, payment, attempt, at);
  if (verdict === 'refused' && answer.kind === 'answered')
    return refuse(recorder, payment, attempt, { responseCode: answer.responseCode, reading: reading! }, at);
  const tries = attempt.completion_tries + 1;
  Object.assign(attempt, { completion_tries: tries, changed_at: at });
  await recorder.query(sql`
    update attempts set completion_tries = ${tries}, changed_at = ${at}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
  logStep(recorder, payment, 'completion-unconfirmed', { ...named(attempt), tries, ...facts });
}

/** The bank has debited. */
export async function confirmCompletion(
  recorder: Recorder,
  payment: MovingPayment,
  attempt: AttemptRow,
  at: Date,
): Promise<void> {
  await moveAttempt(recorder, payment, attempt, at, 'approved');
  Object.assign(attempt, { was_approved: true, response_class: 'approved' });
  await recorder.query(sql`
    update attempts set was_approved = true, response_class = 'approved', answered_at = coalesce(answered_at, ${at}::timestamptz)
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
  await addEvent(recorder, payment, at, { kind: 'completion-confirmed', data: named(attempt) });
}

/**
 * The bank does not debit what it has reserved, or nobody can say so: it is given back. That counts as no decision of the
 * issuer, unless the advice was the debit itself and the issuer has said no.
 */
async function refuse(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  { responseCode, reading }: { responseCode: string; reading: Verdict },
  at: Date,
): Promise<void> {
  const isIssuersNo =
    attempt.flow === 'advise' && (reading.class === 'declined' || reading.after === 'declined');
  const after = isIssuersNo ? 'declined' : 'retry';
  const wasApproved = attempt.was_approved || reading.class === 'partial';
  await startReversing(recorder, payment, attempt, at);
  Object.assign(attempt, { response_class: 'unsure', after_reversal: after, was_approved: wasApproved });
  await recorder.query(sql`
    update attempts set response_code = ${responseCode}, response_class = 'unsure', after_reversal = ${after},
      was_approved = ${wasApproved}, answered_at = ${at}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
  if (payment.state === 'sending') await movePayment(recorder, payment, at, 'unknown', 'reversing');
  const data = { ...named(attempt), responseCode, meaning: reading.meaning };
  await addEvent(recorder, payment, at, { kind: 'completion-refused', data });
}

/** Writes down that the bank is asked what became of a debit: once, whatever comes of it. */
export async function storeInquiry(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  attempt.inquired_at = at;
  await recorder.query(sql`
    update attempts set inquired_at = ${at}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
  await holdForAnswer(recorder, payment, attempt.bank_id, nowMs);
  await addEvent(recorder, payment, at, { kind: 'inquiry-sent', data: named(attempt) });
}

/**
 * Writes down what an inquiry has brought. Only an approval of the whole sum changes anything: it is the answer that the debit
 * had not got. After everything else the debit is reversed as if nobody had asked.
 */
export async function recordInquiry(
  recorder: Recorder,
  payment: PaymentRow,
  attempt: AttemptRow,
  { answer, verdict }: { answer: BankAnswer; verdict: Verdict | null },
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  const responseCode = answer.kind === 'answered' ? answer.responseCode : null;
  await addEvent(recorder, payment, at, {
    kind: 'inquiry-answered',
    data: { ...named(attempt), responseCode },
  });
  if (attempt.state !== 'unknown' || answer.kind !== 'answered' || verdict?.class !== 'approved') return;
  const isDebited = attempt.flow !== 'reserve';
  Object.assign(attempt, {
    response_class: 'approved',
    bank_rrn: answer.bankRrn ?? attempt.bank_rrn,
    authorisation_code: answer.authorisationCode,
    was_approved: attempt.was_approved || isDebited,
  });
  await recorder.query(sql`
    update attempts set answered_at = ${at}, response_code = ${responseCode}, response_class = 'approved', bank_rrn = ${attempt.bank_rrn},
      authorisation_code = ${attempt.authorisation_code}, was_approved = ${attempt.was_approved}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
  if (isDebited) await moveAttempt(recorder, payment, attempt, at, 'approved');
  else await startCompleting(recorder, payment, attempt, 0, at);
}
