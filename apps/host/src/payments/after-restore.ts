import { type AttemptState, attemptLifecycle, Problem, type Route } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import { type BookLine, readBooks, type StandingDebit } from '@bivak/rules';
import { currentEpoch } from '../epoch/epoch.ts';
import { type Database, type Queries, type Row, sql } from '../store/index.ts';
import { alarmsOver } from './giving-back.ts';
import { type MovingPayment, moveAttempt, movePayment, named } from './moves.ts';
import type { AttemptRow } from './rows.ts';
import { readAttempts } from './store.ts';
import { addEvent, type Recorder, recorder } from './timeline.ts';

/** Who decides about payments that may have been debited before the store was put back, and what it rests on. */
export interface RestoreDecision {
  by: string;
  why: string;
}

/** What came of it: payments that go on, and those that stay held. */
export interface HeldResult {
  cleared: string[];
  unclear: string[];
}

/** What a bank takes: the fee of a debit that is found in its books. */
export interface BankTerms {
  bankId: string;
  feePercent: string;
  onUsFeePercent: string;
}

interface Context {
  database: Database;
  log: Logger;
  banks: readonly BankTerms[];
}

/**
 * Lets payments go on by what the banks' books say: each debit that stands in them becomes an approved attempt, whether the
 * store knew it or not, and the rules see to the rest (the first collects the payment, another one is given back). If none
 * stands, nothing was debited. What the books do not say clearly stays held.
 */
export async function decideByBooks(
  context: Context,
  payments: readonly { paymentId: string; lines: readonly BookLine[] }[],
  decision: RestoreDecision,
  nowMs: number,
): Promise<HeldResult> {
  const result: HeldResult = { cleared: [], unclear: [] };
  for (const { paymentId, lines } of payments) {
    const isClear = await context.database.transaction(async (queries) => {
      const held = await lockHeld(recorder(queries, context.log), paymentId);
      if (held === undefined) return null;
      const { recording, payment, attempts } = held;
      const known = attempts.map(({ bank_id, stan, rrn, state }) => ({ bankId: bank_id, stan, rrn, state }));
      const reading = readBooks(payment.amount_minor, known, lines);
      if (!reading.isClear) return false;
      for (const debit of reading.standing)
        await approve(
          recording,
          payment,
          attempts,
          { ...debit, route: routeOf(context, payment, debit) },
          nowMs,
        );
      await clear(recording, payment, { ...decision, byBooks: true }, nowMs);
      return true;
    });
    if (isClear !== null) (isClear ? result.cleared : result.unclear).push(paymentId);
  }
  return result;
}

/** Lets payments go on by what the store knows of them: a person has found that nothing else was debited. */
export async function decideNothingDebited(
  context: Context,
  paymentIds: readonly string[],
  decision: RestoreDecision,
  nowMs: number,
): Promise<HeldResult> {
  const cleared: string[] = [];
  for (const paymentId of paymentIds) {
    await context.database.transaction(async (queries) => {
      const held = await lockHeld(recorder(queries, context.log), paymentId);
      if (held === undefined) return;
      await clear(held.recording, held.payment, { ...decision, byBooks: false }, nowMs);
      cleared.push(paymentId);
    });
  }
  return { cleared, unclear: [] };
}

type HeldPayment = MovingPayment &
  Pick<Row<'payments'>, 'amount_minor' | 'cycle' | 'epoch' | 'issuer_bank_id'> & { store_epoch: number };

/** Locks a payment that is held since the store was put back; undefined if there is none. Throws Problem `unknown-payment`. */
async function lockHeld(
  recording: Recorder,
  paymentId: string,
): Promise<{ recording: Recorder; payment: HeldPayment; attempts: AttemptRow[] } | undefined> {
  const [found] = await recording.query<Pick<Row<'payments'>, 'bucket'>>(
    sql`select bucket from payments where payment_id = ${paymentId}`,
  );
  if (found === undefined) throw new Problem('unknown-payment', { paymentId });
  const { epoch: storeEpoch } = await currentEpoch(recording);
  const [payment] = await recording.query<HeldPayment>(sql`
    select bucket, payment_id, state, open_since, stay_alarm, last_event, amount_minor, bank_id, has_debt, cycle, epoch, issuer_bank_id,
      ${storeEpoch}::integer as store_epoch from payments
    where bucket = ${found.bucket} and payment_id = ${paymentId} and epoch < ${storeEpoch} for update`);
  if (payment === undefined) return undefined;
  return { recording, payment, attempts: await readAttempts(recording, payment.bucket, paymentId) };
}

/** It is known what was debited: the payment goes on. */
async function clear(
  recording: Recorder,
  payment: HeldPayment,
  decision: RestoreDecision & { byBooks: boolean },
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  await recording.query(sql`
    update payments set epoch = ${payment.store_epoch}, wait = null,
      due_at = case when lease is null then ${at}::timestamptz else due_at end
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
  await addEvent(recording, payment, at, { kind: 'restored-cleared', data: decision });
}

function routeOf({ banks }: Context, { issuer_bank_id }: HeldPayment, { bankId }: StandingDebit): Route {
  const isOnUs = issuer_bank_id === bankId;
  const terms = banks.find((bank) => bank.bankId === bankId);
  const feePercent = (isOnUs ? terms?.onUsFeePercent : terms?.feePercent) ?? '0';
  return { kind: isOnUs ? 'on-us' : 'off-us', feePercent, isFailing: false };
}

/** The way of an attempt to `approved`, by the moves that its life has. */
function pathToApproved(state: AttemptState): AttemptState[] {
  const ways: AttemptState[][] = [[state]];
  for (const way of ways) {
    const last = way.at(-1)!;
    if (last === 'approved') return way.slice(1);
    for (const to of attemptLifecycle.states[last].to)
      if (!ways.some((other) => other.includes(to))) ways.push([...way, to]);
  }
  return [];
}

async function approve(
  recording: Recorder,
  payment: HeldPayment,
  attempts: AttemptRow[],
  debit: StandingDebit & { route: Route },
  nowMs: number,
): Promise<void> {
  const known = attempts.find(
    ({ bank_id, stan, rrn }) => bank_id === debit.bankId && stan === debit.stan && rrn === debit.rrn,
  );
  if (known?.state === 'approved') return;
  const at = new Date(nowMs);
  if (payment.state === 'received') await movePayment(recording, payment, at, 'routed');
  if (known === undefined) await insertLost(recording, payment, attempts, debit, at);
  const attempt = known ?? (await readAttempts(recording, payment.bucket, payment.payment_id)).at(-1)!;
  if (known === undefined) attempts.push(attempt);
  await moveAttempt(recording, payment, attempt, at, ...pathToApproved(attempt.state));
  await setApproved(recording, payment, attempt.number);
  await alarmsOver(recording, payment, attempt);
  await addEvent(recording, payment, at, { kind: 'found-in-books', data: named(attempt) });
}

async function setApproved(queries: Queries, payment: HeldPayment, number: number): Promise<void> {
  await queries.query(sql`
    update attempts set was_approved = true, response_class = 'approved'
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${number}`);
}

/** An attempt that was made in the time that the store has lost. */
async function insertLost(
  queries: Queries,
  payment: HeldPayment,
  attempts: readonly AttemptRow[],
  { bankId, stan, rrn, route }: StandingDebit & { route: Route },
  at: Date,
): Promise<void> {
  await queries.query(sql`
    insert into attempts (bucket, payment_id, number, cycle, cause, bank_id, state, stan, rrn, flow, stored_at, sent_at, changed_at,
      was_approved, route, completion_tries, reversal_tries)
    values (${payment.bucket}, ${payment.payment_id}, ${attempts.length + 1}, ${payment.cycle}, 'first', ${bankId}, 'sent', ${stan}, ${rrn},
      'request', ${at}, ${at}, ${at}, false, ${JSON.stringify(route)}, 0, 0)`);
}

/** Payments that are held since the store was put back, after one of them in the order of their ids. */
export async function heldPayments(
  queries: Queries,
  afterId: string,
  limit: number,
): Promise<{ paymentId: string; amountMinor: number }[]> {
  const { epoch } = await currentEpoch(queries);
  const found = await queries.query<Pick<Row<'payments'>, 'payment_id' | 'amount_minor'>>(sql`
    select payment_id, amount_minor from payments
    where epoch < ${epoch} and payment_id > ${afterId}
      and (state not in ('collected', 'cancelled') or wait ->> 'kind' = 'perhaps-debited')
    order by payment_id limit ${limit}`);
  return found.map(({ payment_id, amount_minor }) => ({ paymentId: payment_id, amountMinor: amount_minor }));
}
