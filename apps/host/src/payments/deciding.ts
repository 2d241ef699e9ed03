import { type BankOrder, decideNextStep, type NextStep, orderBanks, schemeOf } from '@bivak/rules';
import { hasInquiry } from '../banks/index.ts';
import { healthFor, issuerReach, type RoutingHealth } from '../routing/index.ts';
import type { Queries } from '../store/index.ts';
import {
  type AdvanceContext,
  type DecidedMessage,
  type ExchangeResult,
  profileAt,
  type Rest,
} from './advance-context.ts';
import { heldReason, release, releaseForGood, releaseToWait, type Standing } from './claims.ts';
import { recordCompletion } from './completing.ts';
import { dispute, recordUnreversible } from './giving-back.ts';
import { type Message, prepare } from './prepare.ts';
import { record } from './results.ts';
import { type AttemptRow, factsOf, issuerOf, type PaymentRow } from './rows.ts';
import { attemptsBeside } from './scheme-budget.ts';
import * as store from './store.ts';
import type { Recorder } from './timeline.ts';

/** Card data that cannot be opened now is looked at again so often. */
const unreadableCardWaitMs = 60 * 60_000;

/** A payment that was claimed before the store came in doubt is looked at again so often. */
const inDoubtWaitMs = 60_000;

/** A payment that is claimed and locked. */
export interface Locked {
  payment: PaymentRow & Standing;
  attempts: readonly AttemptRow[];
  /** What came of its last message; null if nobody here has sent one. */
  result: ExchangeResult | null;
}

/** Records what came of the last message of a payment, decides what is next, and writes that down. */
export async function decideNext(
  context: AdvanceContext,
  recorder: Recorder,
  locked: Locked,
  health: RoutingHealth,
): Promise<DecidedMessage | Rest> {
  const message = await decide(context, recorder, locked, health);
  if ('dueMs' in message) return message;
  const probedAt = health.probed.get(message.bankId) ?? null;
  return {
    ...message,
    isBankSpotless: health.spotless.has(message.bankId),
    areIssuersReached: health.areIssuersReached,
    probedAt,
  };
}

async function decide(
  context: AdvanceContext,
  recorder: Recorder,
  { payment, attempts, result }: Locked,
  health: RoutingHealth,
): Promise<Message | Rest> {
  const nowMs = context.clock.nowMs();
  if (result === null) await store.recordInterrupted(recorder, payment, attempts, nowMs);
  else await record(context, recorder, payment, attempts, result, nowMs);
  if (context.isStopping()) {
    await release(recorder, payment, nowMs);
    return { dueMs: nowMs };
  }
  const held = heldReason(payment);
  if (held !== null) {
    const untilMs = held.kind === 'store-in-doubt' ? nowMs + inDoubtWaitMs : null;
    await releaseToWait(recorder, payment, { reason: held, untilMs }, nowMs);
    return { dueMs: untilMs };
  }
  const banks = orderBanks(
    { amountMinor: payment.amount_minor, issuerBankId: payment.issuer_bank_id },
    context.contracts,
    healthFor(health, issuerOf(payment)),
  );
  const step = await decideStep(context, recorder, payment, attempts, banks, nowMs);
  if (step.do === 'wait') {
    await releaseToWait(recorder, payment, step, nowMs);
    return { dueMs: step.untilMs };
  }
  if (step.do === 'book') {
    await releaseForGood(recorder, payment);
    return { dueMs: null };
  }
  const profileOf = (bankId: string): string => profileAt(context, bankId);
  const isReady = (bankId: string): boolean => context.banks.isReady(bankId);
  const preparation = {
    payment,
    attempts,
    banks,
    step,
    numbers: context.numbers,
    profileOf,
    isReady,
    nowMs,
  };
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
  const untilMs = nowMs + unreadableCardWaitMs;
  await releaseToWait(recorder, payment, { reason, untilMs }, nowMs);
  return { dueMs: untilMs };
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
  // An approved one is kept or given back: no other one is made, and what may be made counts for nothing.
  const isApproved = attempts.some(({ state }) => state === 'approved');
  const hasLeft = !isApproved && attempts.some(({ sent_at }) => sent_at !== null);
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
