import { CardDataError } from '@bivak/card';
import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import {
  type BankContract,
  decideNextStep,
  type NextStep,
  orderBanks,
  type RankedBank,
  type ResponseClass,
} from '@bivak/rules';
import {
  type BankAnswer,
  type BankSessions,
  classifyResponse,
  type DebitRequest,
  type ReversalRequest,
} from '../banks/index.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { Database, Queries } from '../store/index.ts';
import { type HealthSign, noteHealth, type RoutingHealth, routingHealth, takeProbe } from './bank-health.ts';
import { type Claim, leaseMs, lockClaimed, release } from './claims.ts';
import { addEventOnce } from './events.ts';
import { type AttemptRow, factsOf, type PaymentRow } from './rows.ts';
import { allowedFromMs } from './scheme-budget.ts';
import { sentences } from './sentences.ts';
import * as store from './store.ts';
import type { TraceNumbers } from './trace-numbers.ts';

/** What payments are driven with. */
export interface DriveContext {
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

/** A message that has been written down and may leave now. */
type Message = { number: number; bankId: string; leaseEndsAtMs: number } & (
  | { what: 'debit'; request: DebitRequest }
  | { what: 'reversal'; request: ReversalRequest; repeat: boolean }
);

/** What came of a message. */
interface Heard {
  message: Message;
  answer: BankAnswer;
  responseClass: ResponseClass | null;
}

const answerTimeoutMs = 15_000;
/** Card data that cannot be opened now (another key is loaded, or it was changed) is looked at again so often. */
const unopenableWaitMs = 60 * 60_000;

/**
 * Takes one claimed payment as far as it goes: to an end, or to a wait. Each round is one transaction, which records what
 * was heard, decides from what is written down alone, and writes down the next message before it leaves.
 */
export async function drive(context: DriveContext, claim: Claim): Promise<void> {
  const { clock, database, log } = context;
  let heard: Heard | null = null;
  try {
    for (;;) {
      const message: Message | null = await nextMessage(context, claim, heard);
      if (message === null) return;
      heard = await converse(context, claim, message);
      const sign = signOf(heard);
      if (sign === 'blocked') log.warn({ bankId: message.bankId }, 'the bank has blocked our account');
      if (sign !== null) await noteHealth(database, message.bankId, sign, clock.nowMs());
    }
  } catch (error) {
    // The lease lets the payment fall due again: it is taken up from what is written down.
    log.error({ err: error, paymentId: claim.paymentId }, 'a payment could not be taken further now');
  }
}

async function nextMessage(
  context: DriveContext,
  claim: Claim,
  heard: Heard | null,
): Promise<Message | null> {
  const { database, numbers, clock } = context;
  // Read before the payment is locked: nothing that is shared is waited for under the lock.
  const health = await routingHealth(database, clock.nowMs());
  const unused = await numbers.take();
  try {
    const decided = await database.transaction((queries) =>
      decide(context, queries, claim, heard, { health, numbers: unused }),
    );
    if (decided === null) return null;
    if (decided.do === 'booked') {
      context.onBooked(claim.paymentId);
      return null;
    }
    const { message } = decided;
    if (message.what === 'debit') unused.delete(message.bankId);
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
  context: DriveContext,
  queries: Queries,
  claim: Claim,
  heard: Heard | null,
  shared: Shared,
): Promise<Decided> {
  const nowMs = context.clock.nowMs();
  const payment = await lockClaimed(queries, claim);
  if (payment === undefined) return lostClaim(context, claim, heard);
  const attempts = await store.readAttempts(queries, payment.bucket, payment.payment_id);
  if (heard === null) await store.recordLost(queries, payment, attempts, nowMs);
  else await record(queries, payment, attempts, heard, nowMs);
  if (context.isStopping()) {
    await release(queries, payment, nowMs);
    return null;
  }
  const ranked = orderBanks(
    { amountMinor: payment.amount_minor, issuerBankId: payment.issuer_bank_id },
    context.contracts,
    shared.health.health,
  );
  const step = decideNextStep(
    { cycle: payment.cycle, cancelAsked: payment.cancel_asked },
    attempts.map(factsOf),
    ranked,
    nowMs,
  );
  if (step.do === 'book') {
    await store.book(queries, payment, step.state, nowMs);
    return { do: 'booked' };
  }
  if (step.do === 'wait') {
    await release(queries, payment, step.untilMs);
    return null;
  }
  if (step.do === 'send') {
    const fromMs = await allowedFromMs(queries, payment, attempts.some(hasBeenAnswered), nowMs);
    if (fromMs > nowMs) {
      await addEventOnce(
        queries,
        payment.bucket,
        payment.payment_id,
        new Date(nowMs),
        sentences.budgetSpent(fromMs),
      );
      await release(queries, payment, fromMs);
      return null;
    }
  }
  return prepare(context, queries, { payment, attempts, ranked, step, numbers: shared.numbers, nowMs });
}

const hasBeenAnswered = ({ response_class }: AttemptRow): boolean => response_class !== null;

/** Somebody else has taken the payment up: what was sent here is unknown to them and is being reversed. */
function lostClaim({ log }: DriveContext, { paymentId }: Claim, heard: Heard | null): null {
  const fields = { paymentId, bankId: heard?.message.bankId, answer: heard?.answer.kind };
  log.warn(fields, 'a payment was taken over while its bank was asked; the answer is not used');
  return null;
}

async function record(
  queries: Queries,
  payment: PaymentRow,
  attempts: readonly AttemptRow[],
  heard: Heard,
  nowMs: number,
): Promise<void> {
  const attempt = attempts[heard.message.number - 1]!;
  if (heard.message.what === 'debit') return store.recordAnswer(queries, payment, attempt, heard, nowMs);
  await store.recordReversal(queries, payment, attempt, isConfirmed(heard.answer), nowMs);
}

/** A reversal is done where the bank says so (00), also of a debit that it has never seen (25). */
const isConfirmed = (answer: BankAnswer): boolean =>
  answer.kind === 'answered' && (answer.responseCode === '00' || answer.responseCode === '25');

/** Writes the next message down; null where its card data cannot be opened, which is no fault of the card's. */
async function prepare(
  context: DriveContext,
  queries: Queries,
  given: {
    payment: PaymentRow;
    attempts: readonly AttemptRow[];
    ranked: readonly RankedBank[];
    step: Extract<NextStep, { do: 'send' | 'reverse' }>;
    numbers: ReadonlyMap<string, string>;
    nowMs: number;
  },
): Promise<Decided> {
  const { payment, attempts, ranked, step, nowMs } = given;
  const card = await openCard(context, queries, payment, nowMs);
  if (card === null) return null;
  const leaseEndsAtMs = nowMs + leaseMs;
  if (step.do === 'reverse') {
    const attempt = attempts[step.attempt - 1]!;
    await store.storeReversal(queries, payment, attempt, nowMs);
    const reason = payment.cancel_asked ? ('sale-cancelled' as const) : ('no-answer' as const);
    const request = { ...contentOf(payment, attempt, card), reason };
    const { number, bank_id: bankId } = attempt;
    return {
      do: 'send',
      message: { what: 'reversal', number, bankId, request, repeat: step.repeat, leaseEndsAtMs },
    };
  }
  const bank = ranked.find(({ bankId }) => bankId === step.bankId)!;
  const stan = given.numbers.get(bank.bankId)!;
  const attempt = await store.storeAttempt(queries, payment, attempts, { bank, ranked, stan }, nowMs);
  const request = {
    ...contentOf(payment, attempt, card),
    deferred: payment.mode === 'offline',
    resubmission: payment.cycle > 0,
  };
  const { number } = attempt;
  return { do: 'send', message: { what: 'debit', number, bankId: bank.bankId, request, leaseEndsAtMs } };
}

/** Opens the card data for one message. */
async function openCard(
  { keys, log }: DriveContext,
  queries: Queries,
  payment: PaymentRow,
  nowMs: number,
): Promise<DebitRequest['card'] | null> {
  try {
    return keys.openCard(payment.card_ksn, payment.card_ciphertext, payment.card_reference);
  } catch (error) {
    if (!(error instanceof CardDataError)) throw error;
    log.error({ err: error, paymentId: payment.payment_id }, 'card data cannot be opened');
    const what = sentences.cannotBeSent(error.message);
    await addEventOnce(queries, payment.bucket, payment.payment_id, new Date(nowMs), what);
    await release(queries, payment, nowMs + unopenableWaitMs);
    return null;
  }
}

/** What a debit and its reversal have in common; card data goes with the message and is kept nowhere. */
const contentOf = (payment: PaymentRow, attempt: AttemptRow, card: DebitRequest['card']) => ({
  reference: payment.payment_id,
  card,
  amountMinor: payment.amount_minor,
  currency: payment.currency,
  stan: attempt.stan,
  rrn: attempt.rrn,
  transmittedAtMs: attempt.stored_at.getTime(),
  soldAtMs: payment.sold_at.getTime(),
  timeZone: payment.time_zone,
});

/** Sends a message that is written down and hears what comes of it. */
async function converse(context: DriveContext, claim: Claim, message: Message): Promise<Heard> {
  const { banks } = context;
  const leaving = (): Promise<boolean> => mayLeave(context, claim, message);
  const answer =
    message.what === 'debit'
      ? await banks.debit(message.bankId, message.request, answerTimeoutMs, leaving)
      : await banks.reverse(message.bankId, message.request, message.repeat, answerTimeoutMs);
  return { message, answer, responseClass: classOf(context, message, answer) };
}

/**
 * Writes down that a debit leaves now, where it still may: the claim is ours, its lease runs, and the till has not ended
 * the sale meanwhile.
 */
async function mayLeave({ database, clock }: DriveContext, claim: Claim, message: Message): Promise<boolean> {
  return database.transaction(async (queries) => {
    const payment = await lockClaimed(queries, claim);
    const nowMs = clock.nowMs();
    if (payment === undefined || payment.cancel_asked || nowMs >= message.leaseEndsAtMs) return false;
    await store.recordLeaving(queries, payment, message.number, nowMs);
    return true;
  });
}

function classOf(
  { contracts }: DriveContext,
  { what, bankId }: Message,
  answer: BankAnswer,
): ResponseClass | null {
  if (what !== 'debit' || answer.kind !== 'answered') return null;
  const contract = contracts.find((one) => one.bankId === bankId);
  return classifyResponse(contract!.profile, answer.responseCode);
}

/** What an answer tells of the bank; null: nothing. */
function signOf({ message, answer, responseClass }: Heard): HealthSign | null {
  if (answer.kind === 'not-sent' && answer.isOurs === true) return null;
  if (message.what === 'reversal') return isConfirmed(answer) ? 'reachable' : 'failed';
  if (responseClass === 'merchant-blocked') return 'blocked';
  return responseClass === 'approved' || responseClass === 'declined' ? 'answered' : 'failed';
}
