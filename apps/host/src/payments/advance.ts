import type { Clock } from '@bivak/clock';
import type { CompletionVerdict, ReversalVerdict } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import {
  type BankContract,
  type BankOrder,
  debitSign,
  decideNextStep,
  type NextStep,
  orderBanks,
  readCompletionAnswer,
  readReversalAnswer,
  schemeOf,
  type Verdict,
} from '@bivak/rules';
import {
  type BankAnswer,
  type BankSessions,
  completionTerms,
  hasInquiry,
  readBankAnswer,
  reversalTerms,
} from '../banks/index.ts';
import type { SentMessage } from '../epoch/witness.ts';
import type { KeyStore } from '../keys/key-store.ts';
import {
  type HealthSign,
  healthFor,
  issuerReach,
  type RoutingHealth,
  recordHealth,
  recordIssuerSign,
  routingHealth,
  takeProbe,
} from '../routing/index.ts';
import type { Database, Queries } from '../store/index.ts';
import { type Claim, heldReason, lockClaimed, release, releaseForGood, releaseToWait } from './claims.ts';
import { recordCompletion, recordInquiry } from './completing.ts';
import { dispute, type RefundEnd, recordRefund, recordReversal, recordUnreversible } from './giving-back.ts';
import { applyLateAnswer } from './late-answers.ts';
import { type Message, prepare } from './prepare.ts';
import { type AttemptRow, factsOf, issuerOf, type PaymentRow, reversedFacts } from './rows.ts';
import { attemptsBeside } from './scheme-budget.ts';
import * as store from './store.ts';
import { type Recorder, recorder } from './timeline.ts';
import type { TraceNumbers } from './trace-numbers.ts';

/** What payments are advanced with. */
export interface AdvanceContext {
  database: Database;
  banks: BankSessions;
  keys: KeyStore;
  clock: Clock;
  log: Logger;
  contracts: readonly (BankContract & { profile: string })[];
  numbers: TraceNumbers;
  /** An alarm about a payment has to be raised, or ended. */
  onAlarm: () => void;
  /** A message that moves money leaves now: remembered beside the store before it does. */
  onLeaving: (message: SentMessage) => void;
  /** False while the store may be another one than it was. */
  mayLeave: () => boolean;
  /** A payment has come to an end of its cycle. */
  onBooked: (paymentId: string) => void;
  isStopping: () => boolean;
}

/** What came of a message. */
interface ExchangeResult {
  message: Message;
  answer: BankAnswer;
  /** What the answer means, unless it answers a reversal; null if there is none. */
  verdict: Verdict | null;
}

/** Card data that cannot be opened now is looked at again so often. */
const unreadableCardWaitMs = 60 * 60_000;
/** A payment that was claimed before the store came in doubt is looked at again so often. */
const inDoubtWaitMs = 60_000;

/**
 * Takes one claimed payment as far as it goes: to an end, or to a wait. Each round is one transaction, which records what
 * came of the last message, decides from what is written down alone, and writes down the next message before it leaves.
 */
export async function advance(context: AdvanceContext, claim: Claim): Promise<void> {
  const { clock, database, log } = context;
  let result: ExchangeResult | null = null;
  try {
    for (;;) {
      const message: Message | null = await nextMessage(context, claim, result);
      if (message === null) return;
      result = await exchange(context, claim, message);
      const sign = signOf(result);
      const { bankId, about } = message;
      if (sign === 'blocked')
        log.warn({ paymentId: claim.paymentId, bankId }, 'the bank has blocked our account');
      if (sign !== null) await recordHealth(database, { bankId, ...about }, sign, clock.nowMs());
      const hasDecided = hasIssuerDecided(result, sign);
      if (hasDecided !== null) await recordIssuerSign(database, about.issuer, hasDecided, clock.nowMs());
    }
  } catch (error) {
    // The lease lets the payment fall due again: it is taken up from what is written down.
    log.error({ err: error, paymentId: claim.paymentId }, 'a payment could not be advanced now');
  }
}

async function nextMessage(
  context: AdvanceContext,
  claim: Claim,
  result: ExchangeResult | null,
): Promise<Message | null> {
  const { database, numbers, clock, log } = context;
  // Read before the payment is locked: nothing that is shared is waited for under the lock.
  const health = await routingHealth(database, clock.nowMs());
  const unused = await numbers.take();
  try {
    const decided = await database.transaction((queries) =>
      decide(context, recorder(queries, log), claim, result, { health, numbers: unused }),
    );
    if (decided === null) return null;
    const message = decided;
    if (takesNumber[message.kind]) unused.delete(message.bankId);
    const probed = health.probed.get(message.bankId);
    if (probed !== undefined) await takeProbe(database, message.bankId, probed, clock.nowMs());
    return message;
  } finally {
    numbers.giveBack(unused);
  }
}

/** Which messages bear a trace number of their own. */
const takesNumber: Readonly<Record<Message['kind'], boolean>> = {
  debit: true,
  completion: false,
  reversal: false,
  refund: true,
  inquiry: true,
};

interface Shared {
  health: RoutingHealth;
  numbers: ReadonlyMap<string, string>;
}

async function decide(
  context: AdvanceContext,
  recorder: Recorder,
  claim: Claim,
  result: ExchangeResult | null,
  shared: Shared,
): Promise<Message | null> {
  const nowMs = context.clock.nowMs();
  const payment = await lockClaimed(recorder, claim);
  if (payment === undefined) return lostClaim(context, recorder, claim, result);
  const attempts = await store.readAttempts(recorder, payment.bucket, payment.payment_id);
  if (result === null) await store.recordInterrupted(recorder, payment, attempts, nowMs);
  else await record(context, recorder, payment, attempts, result, nowMs);
  if (context.isStopping()) {
    await release(recorder, payment, nowMs);
    return null;
  }
  const held = heldReason(payment);
  if (held !== null) {
    const untilMs = held.kind === 'store-in-doubt' ? nowMs + inDoubtWaitMs : null;
    await releaseToWait(recorder, payment, { reason: held, untilMs }, nowMs);
    return null;
  }
  const banks = orderBanks(
    { amountMinor: payment.amount_minor, issuerBankId: payment.issuer_bank_id },
    context.contracts,
    healthFor(shared.health, issuerOf(payment)),
  );
  const step = await decideStep(context, recorder, payment, attempts, banks, nowMs);
  if (step.do === 'wait') {
    await releaseToWait(recorder, payment, step, nowMs);
    return null;
  }
  if (step.do === 'book') {
    await releaseForGood(recorder, payment);
    return null;
  }
  const profileOf = (bankId: string): string => profileAt(context, bankId);
  const preparation = { payment, attempts, banks, step, numbers: shared.numbers, profileOf, nowMs };
  const message = await prepare(context.keys, recorder, preparation);
  if (!('fault' in message)) return message;
  // No fault of the card's: another key is loaded, or the data was altered.
  if (step.do !== 'send') {
    const attempt = attempts[step.attempt - 1]!;
    const answer = { kind: 'not-sent', failure: { kind: 'message-not-buildable' } } as const;
    if (step.do === 'complete')
      await recordCompletion(recorder, payment, attempt, { answer, verdict: null, reading: null }, nowMs);
    else {
      const what = step.do === 'refund' ? 'refund' : 'reverse';
      await recordUnreversible(recorder, payment, attempt, what, nowMs);
    }
    recorder.onCommit(context.onAlarm);
  }
  const reason = { kind: 'card-data-unreadable', fault: message.fault } as const;
  await releaseToWait(recorder, payment, { reason, untilMs: nowMs + unreadableCardWaitMs }, nowMs);
  return null;
}

/** Decides the next step; what can be written down of it at once is: disputes, and ends, also while another attempt is open. */
async function decideStep(
  context: AdvanceContext,
  recorder: Recorder,
  payment: PaymentRow,
  attempts: readonly AttemptRow[],
  banks: BankOrder,
  nowMs: number,
): Promise<Exclude<NextStep, { do: 'dispute' }>> {
  const next = (): Promise<NextStep> => nextStep(context, recorder, payment, attempts, banks, nowMs);
  let step = await next();
  for (; step.do === 'dispute'; step = await next()) {
    await dispute(recorder, payment, attempts[step.attempt - 1]!, step.cause, nowMs);
    recorder.onCommit(context.onAlarm);
  }
  const approved = attempts.find(({ state }) => state === 'approved');
  // It pays for the sale, whatever is being given back beside it: nobody waits for that.
  const isPaid = approved !== undefined && !payment.cancel_requested;
  const end = isPaid ? 'collected' : step.do === 'book' ? step.state : null;
  const isUnreached = end === 'declined' && step.do === 'book' && step.attempt === null;
  const booked = { end, isUnreached, collectedBy: approved?.bank_id ?? null };
  if (end !== null && (await store.book(recorder, payment, { ...booked, end }, nowMs)))
    recorder.onCommit(() => context.onBooked(payment.payment_id));
  return step;
}

async function nextStep(
  context: AdvanceContext,
  recorder: Recorder,
  payment: PaymentRow,
  attempts: readonly AttemptRow[],
  banks: BankOrder,
  nowMs: number,
): Promise<NextStep> {
  const hasLeft = attempts.some(({ sent_at }) => sent_at !== null);
  const facts = {
    cycle: payment.cycle,
    cancelRequested: payment.cancel_requested,
    isUnreached: payment.is_unreached,
    isIssuerUnreached: hasLeft && (await wasIssuerUnreached(recorder, payment, attempts)),
    amountMinor: payment.amount_minor,
    scheme: schemeOf(payment.masked_pan),
    cardAttempts: hasLeft ? await attemptsBeside(recorder, payment, nowMs) : [],
  };
  const factsOfAttempt = (attempt: AttemptRow) =>
    factsOf(attempt, hasInquiry(profileAt(context, attempt.bank_id)));
  return decideNextStep(facts, attempts.map(factsOfAttempt), banks, nowMs);
}

/** True if the issuer was known not to be reached before the payment's cycle was begun. */
async function wasIssuerUnreached(
  queries: Queries,
  payment: PaymentRow,
  attempts: readonly AttemptRow[],
): Promise<boolean> {
  const first = attempts.find(({ cycle }) => cycle === payment.cycle);
  const { unreachedSinceMs } = await issuerReach(queries, issuerOf(payment));
  return first !== undefined && unreachedSinceMs !== null && unreachedSinceMs < first.stored_at.getTime();
}

/**
 * Another host has taken the payment up: what was sent here is unknown to it and is being reversed. An answer that comes now
 * is one that nobody waits for.
 */
async function lostClaim(
  context: AdvanceContext,
  recorder: Recorder,
  { bucket, paymentId }: Claim,
  result: ExchangeResult | null,
): Promise<null> {
  const answer = result?.answer;
  const facts = { paymentId, bankId: result?.message.bankId, answer: answer?.kind };
  context.log.warn(facts, 'a payment was taken over during an exchange');
  if (result === null || answer?.kind !== 'answered') return null;
  if (result.message.kind === 'reversal' || result.message.kind === 'inquiry') return null;
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
  return null;
}

async function record(
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

const profileAt = ({ contracts }: AdvanceContext, bankId: string): string =>
  contracts.find((contract) => contract.bankId === bankId)!.profile;

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

/** Sends a message that is written down and waits for what comes of it. */
async function exchange(context: AdvanceContext, claim: Claim, message: Message): Promise<ExchangeResult> {
  const answer = await send(context, claim, message);
  const { bankId, request } = message;
  const isRead = message.kind !== 'reversal' && answer.kind === 'answered';
  const profile = profileAt(context, bankId);
  const verdict = isRead ? readBankAnswer(profile, answer, request.amountMinor) : null;
  return { message, answer, verdict };
}

function send(context: AdvanceContext, claim: Claim, message: Message): Promise<BankAnswer> {
  const { banks } = context;
  const { bankId } = message;
  const leaving = (): Promise<number | null> => mayLeaveUntilMs(context, claim, message);
  return message.kind === 'reversal' ? banks.send(bankId, message) : banks.send(bankId, message, leaving);
}

/**
 * Writes down that a debit leaves now, if it still may: the claim is ours, its lease runs, and the till has not ended the
 * sale meanwhile. Gives the instant before which it has to leave, however long the store takes to say that this is written.
 */
async function mayLeaveUntilMs(
  { database, clock, onLeaving, mayLeave }: AdvanceContext,
  claim: Claim,
  message: Message,
): Promise<number | null> {
  const { kind, number, leavesUntilMs } = message;
  if (!mayLeave()) return null;
  const untilMs = await database.transaction(async (queries) => {
    const payment = await lockClaimed(queries, claim);
    const nowMs = clock.nowMs();
    if (payment === undefined || nowMs >= leavesUntilMs || heldReason(payment) !== null) return null;
    if (kind !== 'debit' && kind !== 'completion') return leavesUntilMs;
    if (payment.cancel_requested) return null;
    if (kind === 'completion') return leavesUntilMs;
    await store.recordLeaving(queries, payment, number, nowMs);
    return leavesUntilMs;
  });
  if (untilMs !== null && (kind === 'debit' || kind === 'refund')) {
    const { bankId, request } = message;
    onLeaving({ kind, paymentId: claim.paymentId, bankId, stan: request.stan });
  }
  return untilMs;
}

/** What an answer shows of the bank; null: nothing. */
function signOf({ message, answer, verdict }: ExchangeResult): HealthSign | null {
  if (answer.kind === 'not-sent' && answer.isOurs === true) return null;
  if (message.kind !== 'debit') return answer.kind === 'answered' ? 'reachable' : 'failed';
  return debitSign(verdict);
}

/** What a debit shows of the issuer, whatever bank has carried it; null: nothing. */
function hasIssuerDecided({ message, answer }: ExchangeResult, sign: HealthSign | null): boolean | null {
  if (message.kind !== 'debit' || answer.kind === 'not-sent') return null;
  if (sign === 'answered') return true;
  return sign === 'failed' || sign === 'issuer-failed' ? false : null;
}
