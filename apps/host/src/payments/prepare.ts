import { CardDataError } from '@bivak/card';
import type { CardDataFault, ReversalReason } from '@bivak/domain';
import type { BankOrder, NextStep } from '@bivak/rules';
import {
  type BankMessage,
  type CardHandle,
  type DebitRequest,
  debitFlow,
  type NamedDebit,
} from '../banks/index.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { TroubleAbout } from '../routing/index.ts';
import { leaseMarginMs, leaseMs } from './claims.ts';
import { storeCompletion, storeInquiry } from './completing.ts';
import { storeRefund, storeReversal } from './giving-back.ts';
import { messageCard } from './message-card.ts';
import { type AttemptRow, issuerOf, type PaymentRow } from './rows.ts';
import * as store from './store.ts';
import type { Recorder } from './timeline.ts';
import type { TraceNumbers } from './trace-numbers.ts';

/** A message that has been written down and may leave now. */
export type Message = {
  number: number;
  bankId: string;
  /** Unless it is a reversal, it leaves before this instant, or not at all. */
  leavesUntilMs: number;
  /** It is written down that it leaves: the bank's line was up when it was stored. */
  isLeaving: boolean;
  /** What the answer may show something of, beside the bank. */
  about: TroubleAbout;
  /** Whether the bank had said, when this was written down, that it has debited. */
  wasApproved: boolean;
} & BankMessage;

export interface Preparation {
  payment: PaymentRow;
  attempts: readonly AttemptRow[];
  banks: BankOrder;
  step: Extract<NextStep, { do: 'send' | 'complete' | 'inquire' | 'reverse' | 'refund' }>;
  /** The profile of each bank. */
  profileOf: (bankId: string) => string;
  /** Of which there is one for each bank. */
  numbers: Pick<TraceNumbers, 'next'>;
  /** True if a message to the bank can leave at once. */
  isReady: (bankId: string) => boolean;
  nowMs: number;
}

/** Writes the next message down; gives the fault if its card data cannot be opened, and then nothing is written. */
export async function prepare(
  keys: KeyStore,
  recorder: Recorder,
  preparation: Preparation,
): Promise<Message | { fault: CardDataFault }> {
  const { payment, step } = preparation;
  const card = cardOf(keys, payment, step);
  if ('fault' in card) return card;
  if (step.do === 'complete') return prepareCompletion(recorder, preparation, step, card);
  if (step.do === 'inquire') return prepareInquiry(recorder, preparation, step, card);
  if (step.do === 'reverse') return prepareReversal(recorder, preparation, step, card);
  if (step.do === 'refund') return prepareRefund(recorder, preparation, step, card);
  return prepareDebit(recorder, preparation, step, card);
}

async function prepareReversal(
  recorder: Recorder,
  { payment, attempts, nowMs }: Preparation,
  step: Extract<NextStep, { do: 'reverse' }>,
  card: DebitRequest['card'],
): Promise<Message> {
  const attempt = attempts[step.attempt - 1]!;
  const reason = reasonOf(payment, attempt, attempts);
  await storeReversal(recorder, payment, attempt, nowMs);
  const request = { ...namedDebit(payment, attempt, card), reason };
  return { kind: 'reversal', request, repeat: step.repeat, ...shared(payment, attempt, nowMs) };
}

function reasonOf(payment: PaymentRow, attempt: AttemptRow, all: readonly AttemptRow[]): ReversalReason {
  if (payment.cancel_requested) return 'sale-cancelled';
  if (attempt.late_response_code !== null) return 'late-answer';
  if (attempt.completing_since !== null && attempt.response_class === 'unsure') return 'completion-refused';
  const isPaidOtherwise = all.some(({ number, state }) => state === 'approved' && number !== attempt.number);
  if (isPaidOtherwise) return 'paid-otherwise';
  return attempt.response_class === null ? 'no-answer' : 'answer-not-understood';
}

/** What every message about an attempt has. */
const shared = (payment: PaymentRow, attempt: AttemptRow, nowMs: number, isLeaving = false) => ({
  number: attempt.number,
  bankId: attempt.bank_id,
  about: { issuer: issuerOf(payment), card: payment.card_reference },
  wasApproved: attempt.was_approved,
  leavesUntilMs: nowMs + leaseMs - leaseMarginMs,
  isLeaving,
});

async function prepareCompletion(
  recorder: Recorder,
  { payment, attempts, nowMs }: Preparation,
  step: Extract<NextStep, { do: 'complete' }>,
  card: DebitRequest['card'],
): Promise<Message> {
  const attempt = attempts[step.attempt - 1]!;
  await storeCompletion(recorder, payment, attempt, nowMs);
  const request = namedDebit(payment, attempt, card);
  return { kind: 'completion', request, repeat: step.repeat, ...shared(payment, attempt, nowMs) };
}

async function prepareInquiry(
  recorder: Recorder,
  { payment, attempts, numbers, nowMs }: Preparation,
  step: Extract<NextStep, { do: 'inquire' }>,
  card: DebitRequest['card'],
): Promise<Message> {
  const attempt = attempts[step.attempt - 1]!;
  await storeInquiry(recorder, payment, attempt, nowMs);
  const inquiryStan = numbers.next(attempt.bank_id);
  const request = { ...namedDebit(payment, attempt, card), inquiryStan };
  return { kind: 'inquiry', request, ...shared(payment, attempt, nowMs) };
}

async function prepareRefund(
  recorder: Recorder,
  { payment, attempts, numbers, nowMs }: Preparation,
  step: Extract<NextStep, { do: 'refund' }>,
  card: DebitRequest['card'],
): Promise<Message> {
  const attempt = attempts[step.attempt - 1]!;
  const stan = numbers.next(attempt.bank_id);
  await storeRefund(recorder, payment, attempt, stan, nowMs);
  const original = namedDebit(payment, attempt, card);
  const own = { stan, rrn: attempt.refund_rrn!, transmittedAtMs: nowMs };
  const request = { ...contentOf(payment, attempt, card), ...own, original };
  return { kind: 'refund', request, ...shared(payment, attempt, nowMs) };
}

async function prepareDebit(
  recorder: Recorder,
  { payment, attempts, banks: { ranked }, numbers, profileOf, isReady, nowMs }: Preparation,
  step: Extract<NextStep, { do: 'send' }>,
  card: DebitRequest['card'],
): Promise<Message> {
  const bank = ranked.find(({ bankId }) => bankId === step.bankId)!;
  const stan = numbers.next(bank.bankId);
  const flow = debitFlow(profileOf(bank.bankId), payment.mode === 'offline');
  const chosen = { bank, ranked, stan, flow };
  const attempt = await store.storeAttempt(recorder, payment, attempts, chosen, nowMs);
  // One commit instead of two. Were the line to fail before the message is written, the session knows that nothing left.
  const isLeaving = isReady(bank.bankId);
  if (isLeaving) await store.recordLeaving(recorder, payment, attempt, nowMs);
  const request = { ...contentOf(payment, attempt, card), ...originOf(payment, attempt) };
  return { kind: 'debit', flow, request, ...shared(payment, attempt, nowMs, isLeaving) };
}

/** The card for one message, or why it cannot be opened. Only a first debit is made by its track. */
function cardOf(
  keys: KeyStore,
  payment: PaymentRow,
  { do: what }: Preparation['step'],
): CardHandle | { fault: CardDataFault } {
  try {
    return messageCard(keys, payment, what === 'send');
  } catch (error) {
    if (!(error instanceof CardDataError)) throw error;
    return { fault: error.fault };
  }
}

const originOf = ({ mode }: PaymentRow, { cycle }: AttemptRow) => ({
  deferred: mode === 'offline',
  resubmission: cycle > 0,
});

/** A debit as what follows it names it. */
const namedDebit = (payment: PaymentRow, attempt: AttemptRow, card: DebitRequest['card']): NamedDebit => ({
  ...contentOf(payment, attempt, card),
  ...originOf(payment, attempt),
  flow: attempt.flow,
  bankRrn: attempt.bank_rrn,
  authorisationCode: attempt.authorisation_code,
});

/** What a debit and its reversal have in common; card data goes with the message and is stored nowhere. */
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
