import { paymentLifecycle, type RetryCause } from '@bivak/domain';
import { assertMove } from '@bivak/lifecycle';
import type { Logger } from '@bivak/process';
import { type Queries, type Row, sql, type Transaction } from '../store/index.ts';
import { moveInSums, type SummedPayment } from './sums.ts';
import { addEvent, type HeldPayment, type PaymentKey, recorder } from './timeline.ts';

/** A payment that the issuer has declined, or of which it was not reached, with what recovery has to know of it. */
export interface DeclinedPayment
  extends Pick<
      Row<'payments'>,
      | 'bucket'
      | 'payment_id'
      | 'till_id'
      | 'card_reference'
      | 'masked_pan'
      | 'amount_minor'
      | 'currency'
      | 'phone'
      | 'sold_at'
      | 'time_zone'
      | 'cycle'
      | 'cause'
      | 'is_unreached'
    >,
    Pick<Row<'attempts'>, 'advice_code' | 'response_code'> {
  declined_at: Date;
  /** Who has issued the card, as far as it is known. */
  issuer: string;
  /** When the first attempt left, in any cycle. */
  first_sent_at: Date;
}

/** The latest decline of a payment; undefined if it is not declined. */
export async function declinedPayment(
  queries: Queries,
  bucket: number,
  paymentId: string,
): Promise<DeclinedPayment | undefined> {
  const [row] = await queries.query<DeclinedPayment>(sql`
    select p.bucket, p.payment_id, p.till_id, p.card_reference, p.masked_pan, p.amount_minor, p.currency, p.phone, p.sold_at, p.time_zone, p.declined_at, p.cycle, p.cause, p.is_unreached,
      coalesce(p.issuer, left(p.masked_pan, 6)) as issuer, a.response_code, a.advice_code,
      (select min(sent_at) from attempts sent where sent.bucket = p.bucket and sent.payment_id = p.payment_id) as first_sent_at
    from payments p join attempts a on a.bucket = p.bucket and a.payment_id = p.payment_id
    where p.bucket = ${bucket} and p.payment_id = ${paymentId} and p.state = 'declined' and a.sent_at is not null
      and (p.is_unreached or a.response_class = 'declined' or a.after_reversal = 'declined')
    order by a.number desc limit 1`);
  return row;
}

/**
 * Requests another attempt at a declined payment: a new cycle, in which the banks are ordered anew. False if the payment is
 * not declined (any more). Runs in the caller's transaction, since debt and payment live in one bucket.
 */
export async function requestAttempt(
  transaction: Transaction,
  payment: { bucket: number; paymentId: string },
  cause: RetryCause,
  nowMs: number,
  log: Logger,
): Promise<boolean> {
  assertMove(paymentLifecycle, 'declined', 'routed');
  const at = new Date(nowMs);
  const [requested] = await transaction.query<HeldPayment & SummedPayment>(sql`
    update payments set state = 'routed', is_unreached = false, open_since = ${at}, cycle = cycle + 1, cause = ${cause}, told_wait = null,
      due_at = case when lease is null then ${at}::timestamptz else due_at end
    where bucket = ${payment.bucket} and payment_id = ${payment.paymentId} and state = 'declined' and not cancel_requested
    returning bucket, payment_id, last_event, state, amount_minor, bank_id, has_debt`);
  if (requested === undefined) return false;
  moveInSums(transaction, { ...requested, state: 'declined' }, requested);
  await addEvent(recorder(transaction, log), requested, at, { kind: 'retry-requested', data: { cause } });
  return true;
}

/** A payment whose end recovery has not looked at yet. */
export type DuePayment = Pick<
  Row<'payments'>,
  'bucket' | 'payment_id' | 'state' | 'cycle' | 'has_debt' | 'cancel_requested'
> & {
  /** Its items were handed over: there is a receipt. */
  has_receipt: boolean;
};

/** Payments whose end recovery has not looked at yet: recovery's own claim. */
export const dueForRecovery = (queries: Queries, limit: number): Promise<DuePayment[]> =>
  queries.query<DuePayment>(sql`
    select bucket, payment_id, state, cycle, has_debt, cancel_requested, fiscal is not null as has_receipt from payments
    where recovery_due limit ${limit}`);

/** Recovery has looked at a payment as it was then; if it has changed meanwhile, it is looked at again. */
export async function clearRecoveryDue(
  queries: Queries,
  { bucket, payment_id, state, cycle, has_receipt }: DuePayment,
): Promise<void> {
  await queries.query(sql`
    update payments set recovery_due = false
    where bucket = ${bucket} and payment_id = ${payment_id} and state = ${state} and cycle = ${cycle}
      and (fiscal is not null) = ${has_receipt}`);
}

/** A debt was opened for a payment, in the same transaction. */
export async function recordDebt(transaction: Transaction, key: PaymentKey): Promise<void> {
  const [payment] = await transaction.query<SummedPayment>(sql`
    update payments set has_debt = true where bucket = ${key.bucket} and payment_id = ${key.payment_id} and not has_debt
    returning bucket, payment_id, state, amount_minor, bank_id, has_debt`);
  if (payment !== undefined) moveInSums(transaction, { ...payment, has_debt: false }, payment);
}
