import { type Queries, sql } from '../store/index.ts';
import { addEvent } from './events.ts';
import { sentences } from './sentences.ts';

/** A payment whose issuer said no, with what recovery has to know of it. */
export interface DeclinedPayment {
  bucket: number;
  payment_id: string;
  till_id: string;
  card_reference: string;
  masked_pan: string;
  amount_minor: number;
  currency: string;
  phone: string | null;
  declined_at: Date;
  cycle: number;
  response_code: string;
  advice_code: string | null;
}

/** The latest decline of a payment; undefined where it is not declined. */
export async function declinedPayment(
  queries: Queries,
  bucket: number,
  paymentId: string,
): Promise<DeclinedPayment | undefined> {
  const [row] = await queries.query<DeclinedPayment>(sql`
    select p.bucket, p.payment_id, p.till_id, p.card_reference, p.masked_pan, p.amount_minor, p.currency, p.phone, p.declined_at, p.cycle,
      a.response_code, a.advice_code
    from payments p join attempts a on a.bucket = p.bucket and a.payment_id = p.payment_id
    where p.bucket = ${bucket} and p.payment_id = ${paymentId} and p.state = 'declined' and a.response_class = 'declined'
    order by a.number desc limit 1`);
  return row;
}

/**
 * Asks for another attempt at a declined payment: a new cycle, in which the banks are ordered anew. False where the
 * payment is not declined (any more). Runs in the caller's transaction, since debt and payment live in one bucket.
 */
export async function requestAttempt(
  queries: Queries,
  payment: { bucket: number; paymentId: string },
  cause: 'retry' | 'asked-by-cardholder',
  nowMs: number,
): Promise<boolean> {
  const at = new Date(nowMs);
  const asked = await queries.query(sql`
    update payments set state = 'routed', cycle = cycle + 1, cause = ${cause}, due_at = ${at}
    where bucket = ${payment.bucket} and payment_id = ${payment.paymentId} and state = 'declined' and not cancel_asked
    returning payment_id`);
  if (asked.length === 0) return false;
  await addEvent(queries, payment.bucket, payment.paymentId, at, sentences.anotherAttempt(cause));
  return true;
}
