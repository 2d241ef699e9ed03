import { type CardAttempt, nextWithinBudgetMs, schemeOf } from '@bivak/rules';
import { type Queries, sql } from '../store/index.ts';
import type { PaymentRow } from './rows.ts';

/**
 * Every attempt with this card that the schemes may count, whatever sale and whatever bank: all that left and were not
 * approved, also where the bank answered for an issuer that it could not reach, or did not answer. A payment with this card
 * that is under way counts as an attempt of now, so that two debts which are tried together do not spend the same place;
 * `exceptPaymentId` is the one for which the question is asked.
 */
export async function cardAttempts(
  queries: Queries,
  bucket: number,
  cardReference: string,
  nowMs: number,
  exceptPaymentId: string | null = null,
): Promise<CardAttempt[]> {
  const made = await queries.query<{ at: Date; amount_minor: number }>(sql`
    select coalesce(a.answered_at, a.sent_at) as at, p.amount_minor
    from attempts a join payments p on p.bucket = a.bucket and p.payment_id = a.payment_id
    where p.bucket = ${bucket} and p.card_reference = ${cardReference} and a.sent_at is not null
      and a.state in ('declined', 'unknown', 'reversing', 'reversed')
      and (a.response_class is null or a.response_class <> 'approved')`);
  const underWay = await queries.query<{ amount_minor: number }>(sql`
    select amount_minor from payments
    where bucket = ${bucket} and card_reference = ${cardReference} and state in ('received', 'routed', 'sending', 'unknown', 'reversing')
      and payment_id is distinct from ${exceptPaymentId}::text`);
  return [
    ...made.map(({ at, amount_minor }) => ({ atMs: at.getTime(), amountMinor: amount_minor })),
    ...underWay.map(({ amount_minor }) => ({ atMs: nowMs, amountMinor: amount_minor })),
  ];
}

/**
 * When the card's scheme allows one more attempt for this payment; `nowMs` where it does now. A first attempt is no retry
 * and is always allowed.
 */
export async function allowedFromMs(
  queries: Queries,
  payment: PaymentRow,
  isRetry: boolean,
  nowMs: number,
): Promise<number> {
  if (!isRetry) return nowMs;
  const { bucket, card_reference, payment_id, masked_pan, amount_minor } = payment;
  const attempts = await cardAttempts(queries, bucket, card_reference, nowMs, payment_id);
  return nextWithinBudgetMs(schemeOf(masked_pan), attempts, amount_minor, nowMs);
}
