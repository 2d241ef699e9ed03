import {
  type DebtDecision,
  type DebtState,
  debtLifecycle,
  isPaidDebt,
  type NoticeShortfall,
  type PaymentState,
} from '@bivak/domain';
import { assertMove } from '@bivak/lifecycle';
import { type Classification, classifyDecline, schemeOf, windowEndMs } from '@bivak/rules';
import { type DeclinedPayment, recordDebt } from '../payments/retry.ts';
import { type Queries, type Row, sql, type Transaction } from '../store/index.ts';

export type DebtRow = Omit<
  Row<'debts'>,
  'closed_at' | 'due_at' | 'decided_by' | 'decision_why' | 'decided_at' | 'pending_alarm'
>;

/** Names a debt. */
export type DebtKey = Pick<DebtRow, 'bucket' | 'payment_id'>;

export async function due(queries: Queries, nowMs: number, limit: number): Promise<DebtKey[]> {
  return queries.query(sql`
    select bucket, payment_id from debts where due_at <= ${new Date(nowMs)} order by due_at limit ${limit}`);
}

export async function nextDueMs(queries: Queries): Promise<number | null> {
  const [row] = await queries.query<Pick<Row<'debts'>, 'due_at'>>(
    sql`select min(due_at) as due_at from debts where due_at is not null`,
  );
  return row?.due_at?.getTime() ?? null;
}

/** Opens the debt of a payment that is not collected; a debt that is there already stays as it is. */
export async function openDebt(
  queries: Transaction,
  payment: DeclinedPayment,
  windowMs: number,
  nowMs: number,
): Promise<void> {
  const scheme = schemeOf(payment.masked_pan);
  const { retryClass, waitMs } = classify(scheme, payment);
  const windowEndsAt = new Date(
    windowEndMs(payment.first_sent_at.getTime(), payment.declined_at.getTime(), windowMs),
  );
  const opened = await queries.query(sql`
    insert into debts (bucket, payment_id, card_reference, masked_pan, till_id, state, amount_minor, currency, scheme, sold_at, time_zone, issuer,
      response_code, declined_cause, retry_class, wait_ms, phone, opened_at, declined_at, window_ends_at, unreached_in_a_row, tried_as_back, attempt_cycle, due_at)
    values (${payment.bucket}, ${payment.payment_id}, ${payment.card_reference}, ${payment.masked_pan}, ${payment.till_id}, ${debtLifecycle.initial},
      ${payment.amount_minor}, ${payment.currency}, ${scheme}, ${payment.sold_at}, ${payment.time_zone}, ${payment.issuer},
      ${payment.response_code}, ${payment.cause}, ${retryClass}, ${waitMs}, ${payment.phone}, ${payment.declined_at}, ${payment.declined_at}, ${windowEndsAt},
      ${payment.is_unreached ? 1 : 0}, 0, ${payment.cycle}, ${new Date(nowMs)})
    on conflict (bucket, payment_id) do nothing returning payment_id`);
  if (opened.length === 0) return;
  addToSums(queries, { ...payment, state: debtLifecycle.initial }, 1);
  await recordDebt(queries, payment);
}

type Summed = Pick<DebtRow, 'bucket' | 'state' | 'amount_minor'>;

/** Adds a debt to the sums of its state, or takes it from them. */
function addToSums(transaction: Transaction, { bucket, state, amount_minor }: Summed, count: 1 | -1): void {
  transaction.add('debt_sums', { bucket, state }, { count, sum_minor: count * amount_minor });
}

/** What may be tried next, by the answer; an issuer that was not reached has said nothing. */
function classify(
  scheme: DebtRow['scheme'],
  { is_unreached, response_code, advice_code, declined_at }: DeclinedPayment,
): Pick<Classification, 'retryClass' | 'waitMs'> {
  if (is_unreached || response_code === null) return { retryClass: 'unreachable', waitMs: 0 };
  return classifyDecline(scheme, response_code, advice_code, declined_at.getTime());
}

/**
 * Reads a debt and locks it for the rest of the transaction, together with every debt of its card: they share one budget, so
 * two of them are never planned at the same time.
 */
export async function lockDebt(
  queries: Queries,
  bucket: number,
  paymentId: string,
): Promise<DebtRow | undefined> {
  const debts = await queries.query<DebtRow>(sql`
    select bucket, payment_id, card_reference, masked_pan, till_id, state, amount_minor, currency, scheme, sold_at, time_zone, issuer,
      response_code, declined_cause, retry_class, wait_ms, phone, opened_at, declined_at, window_ends_at, unreached_in_a_row,
      tried_as_back, listing_decision, shortfall, next_attempt_at, attempt_cycle
    from debts where bucket = ${bucket} and card_reference =
      (select card_reference from debts where bucket = ${bucket} and payment_id = ${paymentId})
    order by payment_id for update`);
  return debts.find(({ payment_id }) => payment_id === paymentId);
}

/** Reads a debt as it is now, without a lock. */
export async function readDebt(
  queries: Queries,
  bucket: number,
  paymentId: string,
): Promise<DebtRow | undefined> {
  const [row] = await queries.query<DebtRow>(sql`
    select bucket, payment_id, card_reference, masked_pan, till_id, state, amount_minor, currency, scheme, sold_at, time_zone, issuer,
      response_code, declined_cause, retry_class, wait_ms, phone, opened_at, declined_at, window_ends_at, unreached_in_a_row,
      tried_as_back, listing_decision, shortfall, next_attempt_at, attempt_cycle
    from debts where bucket = ${bucket} and payment_id = ${paymentId}`);
  return row;
}

type AttemptEnd = Extract<PaymentState, 'collected' | 'declined'>;

/** What the requested attempt has come to; undefined while it is under way. */
export async function endOfAttempt(queries: Queries, debt: DebtRow): Promise<AttemptEnd | undefined> {
  const [row] = await queries.query<{ state: AttemptEnd }>(sql`
    select state from payments
    where bucket = ${debt.bucket} and payment_id = ${debt.payment_id} and state in ('collected', 'declined') and cycle >= ${debt.attempt_cycle}`);
  return row?.state;
}

/** The other debts of the card are planned anew: what one attempt has spent or freed of the budget concerns them too. */
export async function planSiblings(queries: Queries, debt: DebtRow, nowMs: number): Promise<void> {
  await queries.query(sql`
    update debts set due_at = ${new Date(nowMs)}
    where bucket = ${debt.bucket} and card_reference = ${debt.card_reference} and payment_id <> ${debt.payment_id} and state = 'open'`);
}

/** Moves a debt along its life; a move that the table does not have is a bug and throws. */
export async function moveDebt(
  queries: Transaction,
  debt: DebtRow,
  to: DebtState,
  nowMs: number,
): Promise<void> {
  assertMove(debtLifecycle, debt.state, to);
  addToSums(queries, debt, -1);
  addToSums(queries, { ...debt, state: to }, 1);
  await queries.query(sql`
    update debts set state = ${to}, closed_at = ${isPaidDebt(to) ? new Date(nowMs) : null}
    where bucket = ${debt.bucket} and payment_id = ${debt.payment_id}`);
  debt.state = to;
}

/** Records that an attempt was requested: the cycle in which it will be made. */
export async function recordRequest(queries: Queries, debt: DebtRow): Promise<void> {
  await queries.query(sql`
    update debts set attempt_cycle = attempt_cycle + 1 where bucket = ${debt.bucket} and payment_id = ${debt.payment_id}`);
  debt.attempt_cycle++;
}

/** Takes into account how the latest attempt has ended without the money. */
export async function recordDecline(
  queries: Queries,
  debt: DebtRow,
  payment: DeclinedPayment,
): Promise<void> {
  const { retryClass, waitMs } = classify(debt.scheme, payment);
  const isUnreached = retryClass === 'unreachable';
  const unreachedInARow = isUnreached ? debt.unreached_in_a_row + 1 : 0;
  const triedAsBack = isUnreached ? debt.tried_as_back : 0;
  await queries.query(sql`
    update debts set retry_class = ${retryClass}, wait_ms = ${waitMs}, response_code = ${payment.response_code},
      declined_cause = ${payment.cause}, declined_at = ${payment.declined_at}, unreached_in_a_row = ${unreachedInARow}, tried_as_back = ${triedAsBack}
    where bucket = ${debt.bucket} and payment_id = ${debt.payment_id}`);
  Object.assign(debt, {
    retry_class: retryClass,
    wait_ms: waitMs,
    response_code: payment.response_code,
    declined_cause: payment.cause,
    declined_at: payment.declined_at,
    unreached_in_a_row: unreachedInARow,
    tried_as_back: triedAsBack,
  });
}

/** It is tried because the issuer seems to be back: if that is not so, the next time comes later. */
export async function recordTriedAsBack(queries: Queries, debt: DebtRow): Promise<void> {
  await queries.query(sql`
    update debts set tried_as_back = tried_as_back + 1 where bucket = ${debt.bucket} and payment_id = ${debt.payment_id}`);
  debt.tried_as_back++;
}

/** Debts that wait for an issuer which is back fall due. */
export async function bringForward(queries: Queries, issuer: string, nowMs: number): Promise<void> {
  const waiting = await queries.query<DebtKey>(sql`
    select bucket, payment_id from debts
    where issuer = ${issuer} and retry_class = 'unreachable' and closed_at is null and state = 'open'`);
  for (const [bucket, debts] of Map.groupBy(waiting, (debt) => debt.bucket)) {
    const ids = debts.map(({ payment_id }) => payment_id);
    await queries.query(sql`
      update debts set due_at = ${new Date(nowMs)} where bucket = ${bucket} and payment_id = any(${ids}::text[]) and state = 'open'`);
  }
}

/** A person has to decide about the card, since its holder was not told as was promised; null: nobody has to (any more). */
export async function recordShortfall(
  queries: Queries,
  debt: DebtRow,
  shortfall: NoticeShortfall | null,
): Promise<void> {
  if (debt.shortfall === shortfall) return;
  await queries.query(sql`
    update debts set shortfall = ${shortfall}, pending_alarm = ${shortfall === null ? 'end' : 'raise'}
    where bucket = ${debt.bucket} and payment_id = ${debt.payment_id}`);
  debt.shortfall = shortfall;
}

/** Stores the next attempt, as the debt has it, and when to look at the debt again; null: when something happens to it. */
export async function schedule(queries: Queries, debt: DebtRow, dueMs: number | null): Promise<void> {
  await queries.query(sql`
    update debts set next_attempt_at = ${debt.next_attempt_at}, due_at = ${dueMs === null ? null : new Date(dueMs)}
    where bucket = ${debt.bucket} and payment_id = ${debt.payment_id}`);
}

/** Records what a person has decided about the card; the debt falls due, so that it is carried out. */
export async function recordDecision(
  queries: Queries,
  debt: DebtRow,
  { decision, by, why }: { decision: DebtDecision; by: string; why: string },
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  await queries.query(sql`
    update debts set listing_decision = ${decision}, decided_by = ${by}, decision_why = ${why}, decided_at = ${at}, due_at = ${at}
    where bucket = ${debt.bucket} and payment_id = ${debt.payment_id}`);
  debt.listing_decision = decision;
}
