import { debitSign } from '@bivak/rules';
import { type BankAnswer, readBankAnswer } from '../banks/index.ts';
import {
  type HealthSign,
  recordHealth,
  recordIssuerSign,
  routingHealth,
  takeProbe,
} from '../routing/index.ts';
import {
  type AdvanceContext,
  type DecidedMessage,
  type ExchangeResult,
  profileAt,
  type Rest,
} from './advance-context.ts';
import {
  type Claim,
  claim as claimDue,
  heldReason,
  leaseMs,
  lockClaimed,
  lockDue,
  type Take,
  takeLocked,
} from './claims.ts';
import { decideNext } from './deciding.ts';
import type { Message } from './prepare.ts';
import { lostClaim } from './results.ts';
import * as store from './store.ts';
import { recorder } from './timeline.ts';

/** A claimed payment with what is to be done first; null: that has to be decided yet. */
export interface Taken {
  claim: Claim;
  first: DecidedMessage | Rest | null;
}

/**
 * Claims due payments of a bucket and decides at once what is to be done for each, in one commit. Should one of them be in the
 * way of that, they are only claimed: each is then decided for itself.
 */
export async function takeDue(
  context: AdvanceContext,
  bucket: number,
  take: Take,
  lease: string,
): Promise<Taken[]> {
  const { database, numbers, clock, log } = context;
  await numbers.ready();
  try {
    const taken = await database.shared(`card ${bucket}`, async (queries) => {
      const nowMs = clock.nowMs();
      const recording = recorder(queries, log);
      const [health, due] = await Promise.all([
        routingHealth(queries, nowMs),
        lockDue(queries, bucket, nowMs, take),
      ]);
      const all: (Taken & { first: DecidedMessage | Rest })[] = [];
      for (const payment of due) {
        // One that has just arrived has no attempts.
        const attempts =
          payment.state === 'received' ? [] : await store.readAttempts(queries, bucket, payment.payment_id);
        const claim = takeLocked(recording, payment, lease, nowMs);
        const first = await decideNext(context, recording, { payment, attempts, result: null }, health);
        all.push({ claim, first });
      }
      return all;
    });
    await Promise.all(taken.map(({ first }) => probe(context, first)));
    return taken;
  } catch (error) {
    log.warn({ err: error, bucket }, 'payments are claimed one by one');
    const claims = await claimDue(database, bucket, clock.nowMs(), take, lease);
    return claims.map((one) => ({ claim: one, first: null }));
  }
}

/**
 * Takes one claimed payment as far as it goes: to an end, or to a wait. Each round is one transaction, which records what
 * came of the last message, decides from what is written down alone, and writes down the next message before it leaves. Resolves
 * with the instant at which it falls due again, null if it does not.
 */
export async function advance(context: AdvanceContext, { claim, first }: Taken): Promise<number | null> {
  const { clock, database, log } = context;
  let result: ExchangeResult | null = null;
  let next = first;
  try {
    for (;;) {
      const message: DecidedMessage | Rest = next ?? (await nextMessage(context, claim, result));
      next = null;
      if ('dueMs' in message) return message.dueMs;
      result = await exchange(context, claim, message);
      const sign = signOf(result);
      const { bankId, about } = message;
      if (sign === 'blocked')
        log.warn({ paymentId: claim.paymentId, bankId }, 'the bank has blocked our account');
      const isNoNews = sign === 'answered' && message.isBankSpotless;
      if (sign !== null && !isNoNews) await recordHealth(database, { bankId, ...about }, sign, clock.nowMs());
      const hasDecided = hasIssuerDecided(result, sign);
      const isIssuerNoNews = hasDecided === true && message.areIssuersReached;
      if (hasDecided !== null && !isIssuerNoNews)
        await recordIssuerSign(database, about.issuer, hasDecided, clock.nowMs());
    }
  } catch (error) {
    // The lease lets the payment fall due again: it is taken up from what is written down.
    log.error({ err: error, paymentId: claim.paymentId }, 'a payment could not be advanced now');
    return clock.nowMs() + leaseMs;
  }
}

async function nextMessage(
  context: AdvanceContext,
  claim: Claim,
  result: ExchangeResult | null,
): Promise<DecidedMessage | Rest> {
  const { database, numbers, clock, log } = context;
  // Before the payment is locked: nothing that is shared is waited for under the lock.
  await numbers.ready();
  const decided = await database.shared(`card ${claim.bucket}`, async (queries) => {
    const recording = recorder(queries, log);
    // Asked for together: what follows the lock is answered once it is there.
    const [health, payment, attempts] = await Promise.all([
      routingHealth(queries, clock.nowMs()),
      lockClaimed(queries, claim),
      store.readAttempts(queries, claim.bucket, claim.paymentId),
    ]);
    if (payment === undefined) return lostClaim(context, recording, claim, result);
    return decideNext(context, recording, { payment, attempts, result }, health);
  });
  await probe(context, decided);
  return decided;
}

/** If a message probes its bank, no other one does until it is answered. */
async function probe({ database, clock }: AdvanceContext, decided: DecidedMessage | Rest): Promise<void> {
  if ('dueMs' in decided || decided.probedAt === null) return;
  await takeProbe(database, decided.bankId, decided.probedAt, clock.nowMs());
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
  const { kind, number, leavesUntilMs, isLeaving } = message;
  if (!mayLeave()) return null;
  const markLeaving = () =>
    database.shared(`card ${claim.bucket}`, async (queries) => {
      const payment = await lockClaimed(queries, claim);
      const nowMs = clock.nowMs();
      if (payment === undefined || nowMs >= leavesUntilMs || heldReason(payment) !== null) return null;
      if (kind !== 'debit' && kind !== 'completion') return leavesUntilMs;
      if (payment.cancel_requested) return null;
      if (kind === 'completion') return leavesUntilMs;
      const attempts = await store.readAttempts(queries, payment.bucket, payment.payment_id);
      await store.recordLeaving(queries, payment, attempts[number - 1]!, nowMs);
      return leavesUntilMs;
    });
  const untilMs = isLeaving ? leavesUntilMs : await markLeaving();
  if (untilMs !== null && (kind === 'debit' || kind === 'refund')) {
    const { bankId, request } = message;
    onLeaving({ kind, paymentId: claim.paymentId, bankId, stan: request.stan });
  }
  return untilMs;
}

/** What an answer shows of the bank; null: nothing. */
function signOf({ message, answer, verdict }: ExchangeResult): HealthSign | null {
  if (answer.kind !== 'answered' && answer.isOurs === true) return null;
  if (message.kind !== 'debit') return answer.kind === 'answered' ? 'reachable' : 'failed';
  return debitSign(verdict);
}

/** What a debit shows of the issuer, whatever bank has carried it; null: nothing. */
function hasIssuerDecided({ message, answer }: ExchangeResult, sign: HealthSign | null): boolean | null {
  if (message.kind !== 'debit' || answer.kind === 'not-sent') return null;
  if (sign === 'answered') return true;
  return sign === 'failed' || sign === 'issuer-failed' ? false : null;
}
