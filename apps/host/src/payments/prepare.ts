import { CardDataError } from '@bivak/card';
import type { CardDataFault } from '@bivak/domain';
import type { BankOrder, NextStep } from '@bivak/rules';
import type { DebitRequest, ReversalRequest } from '../banks/index.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { leaseMs } from './claims.ts';
import type { AttemptRow, PaymentRow } from './rows.ts';
import * as store from './store.ts';
import type { Recorder } from './timeline.ts';

/** A message that has been written down and may leave now. */
export type Message = { number: number; bankId: string; leaseEndsAtMs: number } & (
  | { kind: 'debit'; request: DebitRequest }
  | { kind: 'reversal'; request: ReversalRequest; repeat: boolean }
);

export interface Preparation {
  payment: PaymentRow;
  attempts: readonly AttemptRow[];
  banks: BankOrder;
  step: Extract<NextStep, { do: 'send' | 'reverse' }>;
  /** A trace number for each bank. */
  numbers: ReadonlyMap<string, string>;
  nowMs: number;
}

/** Writes the next message down; gives the fault if its card data cannot be opened, and then nothing is written. */
export async function prepare(
  keys: KeyStore,
  recorder: Recorder,
  preparation: Preparation,
): Promise<Message | { fault: CardDataFault }> {
  const { payment, step } = preparation;
  const card = openCard(keys, payment);
  if ('fault' in card) return card;
  return step.do === 'reverse'
    ? prepareReversal(recorder, preparation, step, card)
    : prepareDebit(recorder, preparation, step, card);
}

async function prepareReversal(
  recorder: Recorder,
  { payment, attempts, nowMs }: Preparation,
  step: Extract<NextStep, { do: 'reverse' }>,
  card: DebitRequest['card'],
): Promise<Message> {
  const attempt = attempts[step.attempt - 1]!;
  await store.storeReversal(recorder, payment, attempt, nowMs);
  const reason = payment.cancel_requested ? ('sale-cancelled' as const) : ('no-answer' as const);
  const request = { ...contentOf(payment, attempt, card), reason };
  const { number, bank_id: bankId } = attempt;
  return { kind: 'reversal', number, bankId, request, repeat: step.repeat, leaseEndsAtMs: nowMs + leaseMs };
}

async function prepareDebit(
  recorder: Recorder,
  { payment, attempts, banks: { ranked }, numbers, nowMs }: Preparation,
  step: Extract<NextStep, { do: 'send' }>,
  card: DebitRequest['card'],
): Promise<Message> {
  const bank = ranked.find(({ bankId }) => bankId === step.bankId)!;
  const stan = numbers.get(bank.bankId)!;
  const attempt = await store.storeAttempt(recorder, payment, attempts, { bank, ranked, stan }, nowMs);
  const request = {
    ...contentOf(payment, attempt, card),
    deferred: payment.mode === 'offline',
    resubmission: payment.cycle > 0,
  };
  const { number } = attempt;
  return { kind: 'debit', number, bankId: bank.bankId, request, leaseEndsAtMs: nowMs + leaseMs };
}

/** Opens the card data for one message. */
function openCard(
  keys: KeyStore,
  { card_ksn, card_ciphertext, card_reference }: PaymentRow,
): DebitRequest['card'] | { fault: CardDataFault } {
  try {
    return keys.openCard(card_ksn, card_ciphertext, card_reference);
  } catch (error) {
    if (!(error instanceof CardDataError)) throw error;
    return { fault: error.fault };
  }
}

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
