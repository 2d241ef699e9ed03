import { paymentLifecycle, type RetryCause } from '@bivak/domain';
import { assertMove } from '@bivak/lifecycle';
import type { Logger } from '@bivak/process';
import { type Queries, type Row, sql } from '../store/index.ts';
import { addEvent, recorder } from './timeline.ts';

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
  queries: Queries,
  payment: { bucket: number; paymentId: string },
  cause: RetryCause,
  nowMs: number,
  log: Logger,
): Promise<boolean> {
  assertMove(paymentLifecycle, 'declined', 'routed');
  const at = new Date(nowMs);
  const requested = await queries.query(sql`
    update payments set state = 'routed', is_unreached = false, open_since = ${at}, cycle = cycle + 1, cause = ${cause},
      due_at = case when lease is null then ${at}::timestamptz else due_at end
    where bucket = ${payment.bucket} and payment_id = ${payment.paymentId} and state = 'declined' and not cancel_requested
    returning payment_id`);
  if (requested.length === 0) return false;
  const key = { bucket: payment.bucket, payment_id: payment.paymentId };
  await addEvent(recorder(queries, log), key, at, { kind: 'retry-requested', data: { cause } });
  return true;
}
