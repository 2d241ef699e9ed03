import { type DebtState, debtLifecycle, isPaidDebt, type PaymentState } from '@bivak/domain';
import { assertMove } from '@bivak/lifecycle';
import { classifyDecline, schemeOf } from '@bivak/rules';
import type { DeclinedPayment } from '../payments/retry.ts';
import { type Queries, type Row, sql } from '../store/index.ts';

export type DebtRow = Omit<Row<'debts'>, 'closed_at' | 'due_at'>;

/** Names a debt. */
export type DebtKey = Pick<DebtRow, 'bucket' | 'payment_id'>;

/**
 * Declined payments that are no debt yet. Without a fiscal document the items were not handed over: what was declined
 * while the buyer waited becomes a debt only if the till then accepted it offline.
 */
export async function undiscovered(queries: Queries, limit: number): Promise<DebtKey[]> {
  return queries.query(sql`
    select p.bucket, p.payment_id from payments p
    left join debts d on d.bucket = p.bucket and d.payment_id = p.payment_id
    where p.state = 'declined' and not p.cancel_requested and p.fiscal is not null and d.payment_id is null limit ${limit}`);
}

/** Debts whose requested attempt has ended, and those that are paid all the same: a person has found the debit in a bank's books. */
export async function ended(queries: Queries, limit: number): Promise<DebtKey[]> {
  return queries.query(sql`
    select d.bucket, d.payment_id from debts d
    join payments p on p.bucket = d.bucket and p.payment_id = d.payment_id
    where (d.state = 'attempting' and p.state in ('collected', 'declined') and p.cycle >= d.attempt_cycle)
      or (d.state in ('open', 'stop-listed') and p.state = 'collected') limit ${limit}`);
}

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

/** Opens the debt of a declined payment; a debt that is there already stays as it is. */
export async function openDebt(
  queries: Queries,
  payment: DeclinedPayment,
  windowMs: number,
  nowMs: number,
): Promise<void> {
  const scheme = schemeOf(payment.masked_pan);
  const declinedAtMs = payment.declined_at.getTime();
  const { retryClass, waitMs } = classifyDecline(
    scheme,
    payment.response_code,
    payment.advice_code,
    declinedAtMs,
  );
  await queries.query(sql`
    insert into debts (bucket, payment_id, card_reference, masked_pan, till_id, state, amount_minor, currency, scheme, sold_at, time_zone,
      response_code, declined_cause, retry_class, wait_ms, phone, opened_at, declined_at, window_ends_at, attempt_cycle, due_at)
    values (${payment.bucket}, ${payment.payment_id}, ${payment.card_reference}, ${payment.masked_pan}, ${payment.till_id}, ${debtLifecycle.initial},
      ${payment.amount_minor}, ${payment.currency}, ${scheme}, ${payment.sold_at}, ${payment.time_zone},
      ${payment.response_code}, ${payment.cause}, ${retryClass}, ${waitMs}, ${payment.phone}, ${payment.declined_at}, ${payment.declined_at}, ${new Date(declinedAtMs + windowMs)},
      ${payment.cycle}, ${new Date(nowMs)})
    on conflict (bucket, payment_id) do nothing`);
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
    select bucket, payment_id, card_reference, masked_pan, till_id, state, amount_minor, currency, scheme, sold_at, time_zone,
      response_code, declined_cause, retry_class, wait_ms, phone, opened_at, declined_at, window_ends_at, next_attempt_at, attempt_cycle
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
    select bucket, payment_id, card_reference, masked_pan, till_id, state, amount_minor, currency, scheme, sold_at, time_zone,
      response_code, declined_cause, retry_class, wait_ms, phone, opened_at, declined_at, window_ends_at, next_attempt_at, attempt_cycle
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
export async function moveDebt(queries: Queries, debt: DebtRow, to: DebtState, nowMs: number): Promise<void> {
  assertMove(debtLifecycle, debt.state, to);
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

/** Takes the latest decline into account. */
export async function recordDecline(
  queries: Queries,
  debt: DebtRow,
  payment: DeclinedPayment,
): Promise<void> {
  const { retryClass, waitMs } = classifyDecline(
    debt.scheme,
    payment.response_code,
    payment.advice_code,
    payment.declined_at.getTime(),
  );
  await queries.query(sql`
    update debts set retry_class = ${retryClass}, wait_ms = ${waitMs}, response_code = ${payment.response_code},
      declined_cause = ${payment.cause}, declined_at = ${payment.declined_at}
    where bucket = ${debt.bucket} and payment_id = ${debt.payment_id}`);
  Object.assign(debt, {
    retry_class: retryClass,
    wait_ms: waitMs,
    response_code: payment.response_code,
    declined_cause: payment.cause,
    declined_at: payment.declined_at,
  });
}

/** Stores the next attempt, as the debt has it, and when to look at the debt again; null: when something happens to it. */
export async function schedule(queries: Queries, debt: DebtRow, dueMs: number | null): Promise<void> {
  await queries.query(sql`
    update debts set next_attempt_at = ${debt.next_attempt_at}, due_at = ${dueMs === null ? null : new Date(dueMs)}
    where bucket = ${debt.bucket} and payment_id = ${debt.payment_id}`);
}
