import type { Clock } from '@bivak/clock';
import type { ResponseClass } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import {
  type BankContract,
  type BankOrder,
  decideNextStep,
  type NextStep,
  orderBanks,
  schemeOf,
} from '@bivak/rules';
import { type BankAnswer, type BankSessions, classifyResponse } from '../banks/index.ts';
import type { KeyStore } from '../keys/key-store.ts';
import {
  type HealthSign,
  type RoutingHealth,
  recordHealth,
  routingHealth,
  takeProbe,
} from '../routing/index.ts';
import type { Database } from '../store/index.ts';
import { type Claim, lockClaimed, release, releaseToWait } from './claims.ts';
import { type Message, prepare } from './prepare.ts';
import { type AttemptRow, factsOf, type PaymentRow } from './rows.ts';
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
  /** A payment has come to an end of its cycle. */
  onBooked: (paymentId: string) => void;
  isStopping: () => boolean;
}

/** What came of a message. */
interface ExchangeResult {
  message: Message;
  answer: BankAnswer;
  responseClass: ResponseClass | null;
}

const answerTimeoutMs = 15_000;
/** Card data that cannot be opened now is looked at again so often. */
const unreadableCardWaitMs = 60 * 60_000;

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
      const { bankId } = message;
      if (sign === 'blocked')
        log.warn({ paymentId: claim.paymentId, bankId }, 'the bank has blocked our account');
      if (sign !== null) await recordHealth(database, bankId, sign, clock.nowMs());
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
    if (decided.do === 'booked') {
      context.onBooked(claim.paymentId);
      return null;
    }
    const { message } = decided;
    if (message.kind === 'debit') unused.delete(message.bankId);
    const probed = health.probed.get(message.bankId);
    if (probed !== undefined) await takeProbe(database, message.bankId, probed, clock.nowMs());
    return message;
  } finally {
    numbers.giveBack(unused);
  }
}

interface Shared {
  health: RoutingHealth;
  numbers: ReadonlyMap<string, string>;
}
type Decided = { do: 'booked' } | { do: 'send'; message: Message } | null;

async function decide(
  context: AdvanceContext,
  recorder: Recorder,
  claim: Claim,
  result: ExchangeResult | null,
  shared: Shared,
): Promise<Decided> {
  const nowMs = context.clock.nowMs();
  const payment = await lockClaimed(recorder, claim);
  if (payment === undefined) return lostClaim(context, claim, result);
  const attempts = await store.readAttempts(recorder, payment.bucket, payment.payment_id);
  if (result === null) await store.recordInterrupted(recorder, payment, attempts, nowMs);
  else await record(recorder, payment, attempts, result, nowMs);
  if (context.isStopping()) {
    await release(recorder, payment, nowMs);
    return null;
  }
  const banks = orderBanks(
    { amountMinor: payment.amount_minor, issuerBankId: payment.issuer_bank_id },
    context.contracts,
    shared.health.health,
  );
  const step = await nextStep(recorder, payment, attempts, banks, nowMs);
  if (step.do === 'book') {
    await store.book(recorder, payment, step.state, nowMs);
    return { do: 'booked' };
  }
  if (step.do === 'wait') {
    await releaseToWait(recorder, payment, step, nowMs);
    return null;
  }
  const preparation = { payment, attempts, banks, step, numbers: shared.numbers, nowMs };
  const message = await prepare(context.keys, recorder, preparation);
  if (!('fault' in message)) return { do: 'send', message };
  // No fault of the card's: another key is loaded, or the data was altered.
  const reason = { kind: 'card-data-unreadable', fault: message.fault } as const;
  await releaseToWait(recorder, payment, { reason, untilMs: nowMs + unreadableCardWaitMs }, nowMs);
  return null;
}

async function nextStep(
  recorder: Recorder,
  payment: PaymentRow,
  attempts: readonly AttemptRow[],
  banks: BankOrder,
  nowMs: number,
): Promise<NextStep> {
  const isRetry = attempts.some(({ response_class }) => response_class !== null);
  const facts = {
    cycle: payment.cycle,
    cancelRequested: payment.cancel_requested,
    amountMinor: payment.amount_minor,
    scheme: schemeOf(payment.masked_pan),
    cardAttempts: isRetry ? await attemptsBeside(recorder, payment, nowMs) : [],
  };
  return decideNextStep(facts, attempts.map(factsOf), banks, nowMs);
}

/** Another host has taken the payment up: what was sent here is unknown to it and is being reversed. */
function lostClaim({ log }: AdvanceContext, { paymentId }: Claim, result: ExchangeResult | null): null {
  const facts = { paymentId, bankId: result?.message.bankId, answer: result?.answer.kind };
  log.warn(facts, 'a payment was taken over during an exchange; the answer is not used');
  return null;
}

async function record(
  recorder: Recorder,
  payment: PaymentRow,
  attempts: readonly AttemptRow[],
  result: ExchangeResult,
  nowMs: number,
): Promise<void> {
  const { message, answer } = result;
  const attempt = attempts[message.number - 1]!;
  if (message.kind === 'debit') return store.recordAnswer(recorder, payment, attempt, result, nowMs);
  const facts =
    answer.kind === 'answered' ? { responseCode: answer.responseCode } : { failure: answer.failure };
  const confirmation = { isConfirmed: isConfirmed(answer), facts };
  await store.recordReversal(recorder, payment, attempt, confirmation, nowMs);
}

/** A reversal is done if the bank says so (00), also of a debit that it has never seen (25). */
const isConfirmed = (answer: BankAnswer): boolean =>
  answer.kind === 'answered' && (answer.responseCode === '00' || answer.responseCode === '25');

/** Sends a message that is written down and waits for what comes of it. */
async function exchange(context: AdvanceContext, claim: Claim, message: Message): Promise<ExchangeResult> {
  const { banks } = context;
  const leaving = (): Promise<boolean> => mayLeave(context, claim, message);
  const answer =
    message.kind === 'debit'
      ? await banks.debit(message.bankId, message.request, answerTimeoutMs, leaving)
      : await banks.reverse(message.bankId, message.request, message.repeat, answerTimeoutMs);
  return { message, answer, responseClass: classOf(context, message, answer) };
}

/**
 * Writes down that a debit leaves now, if it still may: the claim is ours, its lease runs, and the till has not ended the
 * sale meanwhile.
 */
async function mayLeave(
  { database, clock }: AdvanceContext,
  claim: Claim,
  message: Message,
): Promise<boolean> {
  return database.transaction(async (queries) => {
    const payment = await lockClaimed(queries, claim);
    const nowMs = clock.nowMs();
    if (payment === undefined || payment.cancel_requested || nowMs >= message.leaseEndsAtMs) return false;
    await store.recordLeaving(queries, payment, message.number, nowMs);
    return true;
  });
}

function classOf(
  { contracts }: AdvanceContext,
  { kind, bankId }: Message,
  answer: BankAnswer,
): ResponseClass | null {
  if (kind !== 'debit' || answer.kind !== 'answered') return null;
  const contract = contracts.find((one) => one.bankId === bankId);
  return classifyResponse(contract!.profile, answer.responseCode);
}

/** What an answer shows of the bank; null: nothing. */
function signOf({ message, answer, responseClass }: ExchangeResult): HealthSign | null {
  if (answer.kind === 'not-sent' && answer.isOurs === true) return null;
  if (message.kind === 'reversal') return isConfirmed(answer) ? 'reachable' : 'failed';
  if (responseClass === 'merchant-blocked') return 'blocked';
  return responseClass === 'approved' || responseClass === 'declined' ? 'answered' : 'failed';
}
