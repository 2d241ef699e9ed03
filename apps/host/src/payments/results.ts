import type { CompletionVerdict, ReversalVerdict } from '@bivak/domain';
import { readCompletionAnswer, readReversalAnswer, type Verdict } from '@bivak/rules';
import { type BankAnswer, completionTerms, reversalTerms } from '../banks/index.ts';
import { type AdvanceContext, type ExchangeResult, profileAt, type Rest } from './advance-context.ts';
import type { Claim } from './claims.ts';
import { recordCompletion, recordInquiry } from './completing.ts';
import { type RefundEnd, recordRefund, recordReversal } from './giving-back.ts';
import { applyLateAnswer } from './late-answers.ts';
import type { Message } from './prepare.ts';
import { type AttemptRow, type PaymentRow, reversedFacts } from './rows.ts';
import * as store from './store.ts';
import type { Recorder } from './timeline.ts';

/** Writes down what came of a message. */
export async function record(
  context: AdvanceContext,
  recorder: Recorder,
  payment: PaymentRow,
  attempts: readonly AttemptRow[],
  result: ExchangeResult,
  nowMs: number,
): Promise<void> {
  const { message, answer } = result;
  const attempt = attempts[message.number - 1]!;
  if (message.kind === 'debit') return store.recordAnswer(recorder, payment, attempt, result, nowMs);
  if (message.kind === 'inquiry') return recordInquiry(recorder, payment, attempt, result, nowMs);
  if (message.kind === 'completion') {
    const { verdict: reading } = result;
    const verdict = reading === null ? null : completionVerdict(context, message.bankId, answer, reading);
    return recordCompletion(recorder, payment, attempt, { answer, verdict, reading }, nowMs);
  }
  const facts =
    answer.kind === 'answered' ? { responseCode: answer.responseCode } : { failure: answer.failure };
  recorder.onCommit(context.onAlarm);
  if (message.kind === 'refund')
    return recordRefund(recorder, payment, attempt, { end: refundEnd(result), facts }, nowMs);
  const verdict = reversalVerdict(context, message, attempt, answer, nowMs);
  return recordReversal(recorder, payment, attempt, { verdict, facts }, nowMs);
}

function completionVerdict(
  context: AdvanceContext,
  bankId: string,
  answer: BankAnswer,
  reading: Verdict,
): CompletionVerdict | null {
  if (answer.kind !== 'answered') return null;
  return readCompletionAnswer(answer.responseCode, reading, completionTerms(profileAt(context, bankId)));
}

function refundEnd({ answer, verdict }: ExchangeResult): RefundEnd {
  if (answer.kind === 'not-sent') return 'not-sent';
  if (answer.kind === 'unknown') return 'refund-unanswered';
  if (verdict!.class === 'approved') return 'refunded';
  return verdict!.class === 'unsure' || verdict!.class === 'partial' ? 'refund-unanswered' : 'refund-refused';
}

/** What the answer to a reversal means; null if there is none. */
function reversalVerdict(
  context: AdvanceContext,
  message: Extract<Message, { kind: 'reversal' }>,
  row: AttemptRow,
  answer: BankAnswer,
  nowMs: number,
): ReversalVerdict | null {
  if (answer.kind !== 'answered') return null;
  const { was_approved: wasApproved } = row;
  const terms = reversalTerms(profileAt(context, row.bank_id));
  const verdict = readReversalAnswer(answer.responseCode, reversedFacts(row), terms, nowMs);
  // The bank has said meanwhile that it has debited, perhaps after it had answered this reversal: it is sent once more.
  return verdict === 'confirmed' && wasApproved && !message.wasApproved ? 'unconfirmed' : verdict;
}

/**
 * Another host has taken the payment up: what was sent here is unknown to it and is being reversed. An answer that comes now
 * is one that nobody waits for.
 */
export async function lostClaim(
  context: AdvanceContext,
  recorder: Recorder,
  { bucket, paymentId }: Claim,
  result: ExchangeResult | null,
): Promise<Rest> {
  const answer = result?.answer;
  const facts = { paymentId, bankId: result?.message.bankId, answer: answer?.kind };
  context.log.warn(facts, 'a payment was taken over during an exchange');
  if (result === null || answer?.kind !== 'answered') return { dueMs: null };
  if (result.message.kind === 'reversal' || result.message.kind === 'inquiry') return { dueMs: null };
  const { message, verdict } = result;
  const { number, bankId, kind } = message;
  const late = {
    number,
    bankId,
    isRefund: kind === 'refund',
    answers: kind === 'completion' ? ('completion' as const) : ('debit' as const),
    messageType: kind === 'completion' ? '0230' : '0210',
    verdict: verdict!,
    ...answer,
  };
  await applyLateAnswer(recorder, { bucket, payment_id: paymentId }, late, context.clock.nowMs());
  recorder.onCommit(context.onAlarm);
  return { dueMs: null };
}
