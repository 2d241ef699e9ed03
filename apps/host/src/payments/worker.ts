import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import {
  type BankContract,
  decideNextStep,
  orderBanks,
  type RankedBank,
  type ResponseClass,
} from '@bivak/rules';
import { type BankAnswer, type BankLinks, classifyResponse } from '../banks/index.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { type Database, eachAtMost, startWorker, type Worker } from '../store/index.ts';
import { bankHealth, type HealthSign, noteHealth, rrnOf, stanSource } from './bank-health.ts';
import { type AttemptRow, factsOf, type PaymentRow } from './rows.ts';
import * as store from './store.ts';

/** What the payments worker works with. */
export interface PaymentsContext {
  database: Database;
  banks: BankLinks;
  keys: KeyStore;
  clock: Clock;
  log: Logger;
  contracts: readonly (BankContract & { profile: string })[];
  /** A payment has come to an end of its cycle. */
  onBooked: (paymentId: string) => void;
}

const answerTimeoutMs = 15_000;
const atOnce = 16;
const perBucket = 8;

/** Starts what drives payments: claims due ones and takes each as far as it goes now. */
export function startPaymentsWorker(context: PaymentsContext): Worker {
  const { database, clock, log } = context;
  const nextStan = stanSource(database);
  return startWorker('payments', clock, log, async () => {
    const buckets = await store.dueBuckets(database, clock.nowMs());
    await eachAtMost(atOnce, buckets, async (bucket) => {
      const claimed = await store.claim(database, bucket, clock.nowMs(), perBucket);
      await Promise.all(claimed.map((payment) => drive(context, payment, nextStan)));
    });
    return store.nextDueMs(database);
  });
}

/** Takes one payment as far as it goes: to an end, or to a wait. */
async function drive(
  context: PaymentsContext,
  payment: PaymentRow,
  nextStan: (bankId: string) => Promise<string>,
): Promise<void> {
  const { database, clock, log, contracts } = context;
  try {
    await adoptLost(context, payment);
    for (;;) {
      const nowMs = clock.nowMs();
      const attempts = await store.readAttempts(database, payment.bucket, payment.payment_id);
      const current = await store.readPayment(database, payment.bucket, payment.payment_id);
      payment.cancel_asked = current.cancel_asked;
      const ranked = rank(payment, contracts, await bankHealth(database, nowMs));
      const step = decideNextStep(
        { cycle: payment.cycle, cancelAsked: payment.cancel_asked },
        attempts.map(factsOf),
        ranked,
        nowMs,
      );
      if (step.do === 'send') await send(context, payment, attempts, ranked, step.bankId, nextStan);
      else if (step.do === 'reverse')
        await reverse(context, payment, attempts[step.attempt - 1]!, step.repeat);
      else if (step.do === 'book') return await finish(context, payment, step.state);
      else return await database.transaction((queries) => store.setDue(queries, payment, step.untilMs));
    }
  } catch (error) {
    // The lease lets the payment fall due again: it is taken up from what is written down.
    log.error({ err: error, paymentId: payment.payment_id }, 'a payment could not be taken further now');
  }
}

function rank(
  payment: PaymentRow,
  contracts: PaymentsContext['contracts'],
  health: Parameters<typeof orderBanks>[2],
): RankedBank[] {
  return orderBanks(
    { amountMinor: payment.amount_minor, issuerBankId: payment.issuer_bank_id },
    contracts,
    health,
  );
}

/** What a host that died has left open: nobody waits for those answers any more. */
async function adoptLost({ database, clock }: PaymentsContext, payment: PaymentRow): Promise<void> {
  const attempts = await store.readAttempts(database, payment.bucket, payment.payment_id);
  const lost = attempts.find(({ state }) => state === 'stored' || state === 'sent');
  if (lost !== undefined)
    await database.transaction((queries) => store.recordLost(queries, payment, lost, clock.nowMs()));
}

async function send(
  context: PaymentsContext,
  payment: PaymentRow,
  before: readonly AttemptRow[],
  ranked: readonly RankedBank[],
  bankId: string,
  nextStan: (bankId: string) => Promise<string>,
): Promise<void> {
  const { database, banks, clock } = context;
  const nowMs = clock.nowMs();
  const stan = await nextStan(bankId);
  const isFirstOfCycle = !before.some(({ cycle }) => cycle === payment.cycle);
  const attempt = await database.transaction((queries) =>
    store.storeAttempt(queries, payment, {
      number: before.length + 1,
      cause: isFirstOfCycle ? payment.cause : 'failover',
      bank: ranked.find((bank) => bank.bankId === bankId)!,
      ranked,
      stan,
      rrn: rrnOf(stan, nowMs),
      nowMs,
    }),
  );
  const request = {
    ...messageOf(context, payment, attempt),
    deferred: payment.mode === 'offline',
    resubmission: payment.cycle > 0,
  };
  const answer = await banks.debit(bankId, request, answerTimeoutMs);
  const responseClass = classOf(context, bankId, answer);
  await database.transaction((queries) =>
    store.recordAnswer(queries, payment, attempt, answer, responseClass, clock.nowMs()),
  );
  await noteHealth(database, bankId, signOf(responseClass), clock.nowMs());
}

function classOf({ contracts }: PaymentsContext, bankId: string, answer: BankAnswer): ResponseClass | null {
  if (answer.kind !== 'answered') return null;
  return classifyResponse(
    contracts.find((contract) => contract.bankId === bankId)!.profile,
    answer.responseCode,
  );
}

function signOf(responseClass: ResponseClass | null): HealthSign {
  if (responseClass === 'merchant-blocked') return 'blocked';
  return responseClass === null || responseClass === 'bank-trouble' ? 'failed' : 'answered';
}

/** The message's content; card data is opened for it alone and goes with it. */
function messageOf({ keys }: PaymentsContext, payment: PaymentRow, attempt: AttemptRow) {
  return {
    reference: payment.payment_id,
    card: keys.openCard(payment.card_ksn, payment.card_ciphertext),
    amountMinor: payment.amount_minor,
    currency: payment.currency,
    stan: attempt.stan,
    rrn: attempt.rrn,
    transmittedAtMs: attempt.stored_at.getTime(),
    soldAtMs: payment.sold_at.getTime(),
    timeZone: payment.time_zone,
  };
}

async function reverse(
  context: PaymentsContext,
  payment: PaymentRow,
  attempt: AttemptRow,
  repeat: boolean,
): Promise<void> {
  const { database, banks, clock } = context;
  await database.transaction((queries) => store.storeReversal(queries, payment, attempt, clock.nowMs()));
  const request = {
    ...messageOf(context, payment, attempt),
    reason: payment.cancel_asked ? ('sale-cancelled' as const) : ('no-answer' as const),
  };
  const answer = await banks.reverse(attempt.bank_id, request, repeat, answerTimeoutMs);
  const isReversed = answer.kind === 'answered' && answer.responseCode === '00';
  await database.transaction((queries) =>
    store.recordReversal(queries, payment, attempt, isReversed, clock.nowMs()),
  );
  if (isReversed) await noteHealth(database, attempt.bank_id, 'answered', clock.nowMs());
}

async function finish(
  { database, clock, onBooked }: PaymentsContext,
  payment: PaymentRow,
  state: 'collected' | 'declined' | 'cancelled',
): Promise<void> {
  await database.transaction((queries) => store.book(queries, payment, state, clock.nowMs()));
  onBooked(payment.payment_id);
}
