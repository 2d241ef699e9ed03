import { CardDataError } from '@bivak/card';
import type { CardDataFault } from '@bivak/domain';
import type { BankOrder, NextStep } from '@bivak/rules';
import type { DebitRequest, RefundRequest, ReversalRequest } from '../banks/index.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { leaseMarginMs, leaseMs } from './claims.ts';
import { storeRefund, storeReversal } from './giving-back.ts';
import type { AttemptRow, PaymentRow } from './rows.ts';
import * as store from './store.ts';
import type { Recorder } from './timeline.ts';

/** A message that has been written down and may leave now. */
export type Message = {
  number: number;
  bankId: string;
  /** A debit or a refund leaves before this instant, or not at all. */
  leavesUntilMs: number;
} & (
  | { kind: 'debit'; request: DebitRequest }
  | { kind: 'reversal'; request: ReversalRequest; repeat: boolean; wasApproved: boolean }
  | { kind: 'refund'; request: RefundRequest }
);

export interface Preparation {
  payment: PaymentRow;
  attempts: readonly AttemptRow[];
  banks: BankOrder;
  step: Extract<NextStep, { do: 'send' | 'reverse' | 'refund' }>;
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
  await storeReversal(recorder, payment, attempt, nowMs);
  const reason = reasonOf(payment, attempt);
  const request = { ...contentOf(payment, attempt, card), reason };
  const { number, bank_id: bankId } = attempt;
  const { was_approved: wasApproved } = attempt;
  return { kind: 'reversal', number, bankId, request, repeat: step.repeat, wasApproved, ...lease(nowMs) };
}

function reasonOf(payment: PaymentRow, attempt: AttemptRow): ReversalRequest['reason'] {
  if (payment.cancel_requested) return 'sale-cancelled';
  return attempt.late_response_code === null ? 'no-answer' : 'late-answer';
}

const lease = (nowMs: number) => ({ leavesUntilMs: nowMs + leaseMs - leaseMarginMs });

async function prepareRefund(
  recorder: Recorder,
  { payment, attempts, numbers, nowMs }: Preparation,
  step: Extract<NextStep, { do: 'refund' }>,
  card: DebitRequest['card'],
): Promise<Message> {
  const attempt = attempts[step.attempt - 1]!;
  const { number, bank_id: bankId } = attempt;
  const stan = numbers.get(bankId)!;
  await storeRefund(recorder, payment, attempt, stan, nowMs);
  const request = {
    ...contentOf(payment, attempt, card),
    stan,
    rrn: attempt.refund_rrn!,
    transmittedAtMs: nowMs,
  };
  return { kind: 'refund', number, bankId, request, ...lease(nowMs) };
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
  return { kind: 'debit', number, bankId: bank.bankId, request, ...lease(nowMs) };
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
