import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import { lateAnswerEffect, readReversalAnswer, type Verdict } from '@bivak/rules';
import { type LateAnswer, readBankAnswer, reversalTerms } from '../banks/index.ts';
import { type Database, type Queries, type Row, sql, type Transaction } from '../store/index.ts';
import { fallDue } from './claims.ts';
import { confirmCompletion } from './completing.ts';
import { endGivingBack, startReversing } from './giving-back.ts';
import { changeAttempt, type MovingPayment, movePayment, named } from './moves.ts';
import { type AttemptRow, reversedFacts } from './rows.ts';
import { readAttempts } from './store.ts';
import { addEvent, addEventOnce, type PaymentKey, type Recorder, recorder } from './timeline.ts';

/** Takes the answers that nobody waits for. */
export interface LateAnswers {
  /** Never throws; what it is given is recorded, however long the store is away. */
  take(late: LateAnswer): void;
  /** Resolves when all that was taken is recorded, or `stop` was called and the store is away. */
  stop(): Promise<void>;
}

export interface LateAnswerContext {
  database: Database;
  clock: Clock;
  log: Logger;
  contracts: readonly { bankId: string; profile: string }[];
  /** A payment has something to do, or an alarm about one. */
  onRecorded: () => void;
}

const afterErrorMs = 1_000;

/**
 * Records late answers, those about one message one after the other: in the order in which the bank gave them, and none is
 * dropped. Others do not wait for each other, so that as little as may be lies in memory alone.
 */
export function lateAnswers(context: LateAnswerContext): LateAnswers {
  const { clock, log } = context;
  const ends = new Map<string, Promise<void>>();
  let isStopped = false;
  const pause = (): Promise<void> =>
    new Promise((resolve) => void clock.at(clock.nowMs() + afterErrorMs, resolve));
  const record = async (late: LateAnswer): Promise<void> => {
    for (;;) {
      try {
        return await recordLateAnswer(context, late);
      } catch (error) {
        log.error({ err: error, ...late }, 'a late answer could not be recorded yet');
        if (isStopped) return;
        await pause();
      }
    }
  };
  return {
    take(late) {
      const about = `${late.bankId} ${late.stan ?? ''} ${late.reference ?? ''}`;
      const before = ends.get(about) ?? Promise.resolve();
      const recorded = before.then(() => record(late));
      ends.set(about, recorded);
      void recorded.then(() => {
        if (ends.get(about) === recorded) ends.delete(about);
      });
    },
    async stop() {
      isStopped = true;
      await Promise.all(ends.values());
    },
  };
}

/** An attempt that an answer may be about. */
type Found = Pick<
  Row<'attempts'>,
  | 'bucket'
  | 'payment_id'
  | 'number'
  | 'rrn'
  | 'bank_rrn'
  | 'refund_rrn'
  | 'refund_stan'
  | 'former_refund_stans'
> &
  Pick<Row<'payments'>, 'amount_minor'>;

async function recordLateAnswer(context: LateAnswerContext, late: LateAnswer): Promise<void> {
  const { database, clock, log, contracts, onRecorded } = context;
  const profile = contracts.find(({ bankId }) => bankId === late.bankId)?.profile;
  const found = await attemptsOf(database, late);
  if (profile === undefined || found.length === 0)
    return log.warn({ ...late }, 'an answer to an attempt that is not known here');
  for (const attempt of found) {
    const isRefund =
      late.stan !== null && [attempt.refund_stan, ...attempt.former_refund_stans].includes(late.stan);
    const { number } = attempt;
    const verdict =
      late.answers !== 'reversal' ? verdictOf(profile, late, attempt.amount_minor, found) : null;
    await database.shared(`card ${attempt.bucket}`, async (queries) => {
      const recording = recorder(queries, log);
      const answer = { ...late, number, isRefund, verdict, profile, isCertain: isCertain(late, found) };
      const { answers } = late;
      if (answers === 'reversal') await applyLateReversal(recording, attempt, answer, clock.nowMs());
      else await applyLateAnswer(recording, attempt, { ...answer, answers }, clock.nowMs());
    });
  }
  onRecorded();
}

/** False if its numbers name one attempt and its reference another sale: then it may be about either. */
const isCertain = ({ reference }: LateAnswer, found: readonly Found[]): boolean =>
  found.length === 1 && (reference === null || reference === found[0]!.payment_id);

/** What a late answer means. Without a code nobody can say, nor if it is not certain what it is about. */
function verdictOf(profile: string, late: LateAnswer, askedMinor: number, found: readonly Found[]): Verdict {
  const unsure = { class: 'unsure', meaning: 'unlisted', after: 'retry' } as const;
  const { responseCode } = late;
  if (responseCode === null || !isCertain(late, found)) return unsure;
  return readBankAnswer(profile, { ...late, responseCode }, askedMinor);
}

/**
 * The attempts that an answer may be about: the one that two of STAN, RRN and reference name; else the one of its STAN and RRN
 * and all at the bank of the sale that it names.
 */
async function attemptsOf(queries: Queries, late: LateAnswer): Promise<Found[]> {
  const { bankId, reference, rrn } = late;
  // Our RRN ends with the STAN: with it an answer is found that bears a STAN of the bank's own.
  const stans = [late.stan, rrn?.slice(-6)].filter((stan) => stan !== null && stan !== undefined);
  const named = await queries.query<Found>(sql`
    select a.bucket, a.payment_id, a.number, a.rrn, a.bank_rrn, a.refund_rrn, a.refund_stan, a.former_refund_stans, p.amount_minor
    from attempts a join payments p on p.bucket = a.bucket and p.payment_id = a.payment_id
    where a.bank_id = ${bankId} and (a.stan = any(${stans}::text[]) or a.refund_stan = any(${stans}::text[]))`);
  const byRrn = named.filter((one) => rrn !== null && [one.rrn, one.bank_rrn, one.refund_rrn].includes(rrn));
  const byReference = named.filter((one) => one.payment_id === reference);
  const both = byRrn.find((one) => byReference.includes(one)) ?? (reference === null ? byRrn[0] : undefined);
  if (both !== undefined) return [both];
  const inSale = byReference.length > 0 ? byReference : await attemptsAt(queries, bankId, reference);
  return [...byRrn.slice(0, 1), ...inSale];
}

/** The attempts at a bank of a sale. */
const attemptsAt = async (queries: Queries, bankId: string, reference: string | null): Promise<Found[]> =>
  reference === null
    ? []
    : queries.query<Found>(sql`
        select a.bucket, a.payment_id, a.number, a.rrn, a.bank_rrn, a.refund_rrn, a.refund_stan, a.former_refund_stans, p.amount_minor
        from attempts a join payments p on p.bucket = a.bucket and p.payment_id = a.payment_id
        where p.payment_id = ${reference} and a.bank_id = ${bankId} order by a.number`);

interface AppliedAnswer {
  number: number;
  bankId: string;
  messageType: string;
  responseCode: string | null;
  isRefund: boolean;
}

/**
 * Applies an answer to a debit that nobody waits for. If the bank may have debited after another answer, the attempt is given
 * back, whatever became of the payment, which keeps its state meanwhile; an alarm says so.
 */
export async function applyLateAnswer(
  recording: Recorder,
  key: PaymentKey,
  late: AppliedAnswer & { answers: 'debit' | 'completion'; verdict: Verdict | null },
  nowMs: number,
): Promise<void> {
  const locked = await lock(recording, key, late.number);
  if (locked === undefined) return;
  const { payment, attempt } = locked;
  const { bankId, messageType, responseCode } = late;
  const at = new Date(nowMs);
  const responseClass = late.verdict?.class ?? 'unsure';
  if (late.isRefund) {
    if (responseClass === 'approved') await endByRefund(recording, payment, attempt, nowMs);
    return;
  }
  const isDebit = attempt.flow !== 'reserve' || late.answers === 'completion';
  const effect = lateAnswerEffect(attempt.state, responseClass, isDebit);
  if (effect === 'complete') {
    await confirmCompletion(recording, payment, attempt, at);
    return fallDue(recording, payment, nowMs);
  }
  const isApproval = responseClass === 'approved' || responseClass === 'partial';
  if (effect !== 'ignore' && isApproval && isDebit) setApproved(recording, payment, attempt);
  if (responseClass === 'partial' && attempt.state === 'sent') await setPartial(recording, payment, attempt);
  if (effect === 'reopen') return reopen(recording, payment, attempt, responseCode, nowMs);
  const event = { kind: 'late-answer', data: { bankId, messageType, responseCode } } as const;
  await addEventOnce(recording, payment, at, event);
}

/** What counts once it is reversed: an issuer's no stays one, all else is no decision. */
const afterReopening = ({ state, after_reversal }: AttemptRow) =>
  after_reversal ?? (state === 'declined' ? 'declined' : 'retry');

async function reopen(
  recording: Recorder,
  payment: MovingPayment,
  attempt: AttemptRow,
  responseCode: string | null,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  const after = afterReopening(attempt);
  if (attempt.state === 'completing' && payment.state === 'sending')
    await movePayment(recording, payment, at, 'unknown', 'reversing');
  await startReversing(recording, payment, attempt, at);
  await recording.query(sql`
    update attempts set after_reversal = ${after}, late_response_code = ${responseCode ?? ''}, pending_alarm = 'raise',
      sent_at = coalesce(sent_at, stored_at)
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
  await addEvent(recording, payment, at, {
    kind: 'approved-late',
    data: { ...named(attempt), responseCode },
  });
  await fallDue(recording, payment, nowMs);
}

function setApproved(transaction: Transaction, payment: PaymentKey, attempt: AttemptRow): void {
  changeAttempt(transaction, payment, attempt, { was_approved: true });
}

/** Debited for less, says an answer that the request did not know as its own: no repeat of it may be believed to be whole. */
async function setPartial(queries: Queries, payment: PaymentKey, { number }: AttemptRow): Promise<void> {
  await queries.query(sql`
    update attempts set response_class = 'partial', after_reversal = 'declined'
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${number}`);
}

/** A refund was answered when nobody waited any more: it was done all the same. */
async function endByRefund(
  recording: Recorder,
  payment: MovingPayment,
  attempt: AttemptRow,
  nowMs: number,
): Promise<void> {
  if (attempt.state !== 'refunding' && attempt.state !== 'disputed') return;
  await endGivingBack(recording, payment, attempt, new Date(nowMs));
  await addEvent(recording, payment, new Date(nowMs), { kind: 'refund-confirmed', data: named(attempt) });
  await fallDue(recording, payment, nowMs);
}

/**
 * Applies an answer to a reversal that came after its time. It ends the reversal if it confirms it and the bank has never
 * said that it had debited: which of the repeats it answers, and whether that was before or after the approval, is not known.
 * Nor does one end any of which it is not certain what it is about.
 */
async function applyLateReversal(
  recording: Recorder,
  key: PaymentKey,
  late: AppliedAnswer & { profile: string; isCertain: boolean },
  nowMs: number,
): Promise<void> {
  const locked = await lock(recording, key, late.number);
  if (locked === undefined) return;
  const { payment, attempt } = locked;
  const { bankId, messageType, responseCode } = late;
  const verdict = readReversalAnswer(
    responseCode ?? '',
    reversedFacts(attempt),
    reversalTerms(late.profile),
    nowMs,
  );
  const mayEnd = late.isCertain && !attempt.was_approved;
  if (attempt.state === 'reversing' && verdict === 'confirmed' && mayEnd) {
    await endGivingBack(recording, payment, attempt, new Date(nowMs));
    await addEvent(recording, payment, new Date(nowMs), { kind: 'reversal-confirmed', data: named(attempt) });
    return fallDue(recording, payment, nowMs);
  }
  const event = { kind: 'late-answer', data: { bankId, messageType, responseCode } } as const;
  await addEventOnce(recording, payment, new Date(nowMs), event);
}

/** Locks a payment for the rest of the transaction; undefined if it, or the attempt, is not there. */
async function lock(
  queries: Queries,
  { bucket, payment_id }: PaymentKey,
  number: number,
): Promise<{ payment: MovingPayment; attempt: AttemptRow } | undefined> {
  const [payment] = await queries.query<MovingPayment>(sql`
    select bucket, payment_id, state, open_since, stay_alarm, last_event, amount_minor, bank_id, has_debt from payments
    where bucket = ${bucket} and payment_id = ${payment_id} for update`);
  if (payment === undefined) return undefined;
  const attempt = (await readAttempts(queries, bucket, payment_id))[number - 1];
  return attempt === undefined ? undefined : { payment, attempt };
}
