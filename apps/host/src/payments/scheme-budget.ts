import type { PaymentState } from '@bivak/domain';
import type { CardAttempt } from '@bivak/rules';
import { type Queries, type Row, sql } from '../store/index.ts';
import type { PaymentRow } from './rows.ts';

/** Payments that have a message on its way, or may have one soon. */
const mayBeTried: readonly PaymentState[] = ['received', 'routed', 'sending', 'unknown', 'reversing'];

/**
 * Every attempt with this card that the schemes may count, whatever sale and whatever bank: all that left and were not
 * approved, also if the bank did not answer or could not reach the issuer; not those whose answer nobody waited for, since this
 * host died: they are no decline, and a restart must not use a card's budget up. A payment with this card in one of the states
 * `underWay` counts as an attempt of now, so that two which are tried together do not spend the same place;
 * `exceptPaymentId` is the payment that is to be tried.
 */
export async function cardAttempts(
  queries: Queries,
  bucket: number,
  cardReference: string,
  nowMs: number,
  {
    underWay = mayBeTried,
    exceptPaymentId = null,
  }: { underWay?: readonly PaymentState[]; exceptPaymentId?: string | null } = {},
): Promise<CardAttempt[]> {
  const made = await queries.query<Pick<Row<'payments'>, 'amount_minor'> & { at: Date }>(sql`
    select coalesce(a.answered_at, a.sent_at) as at, p.amount_minor
    from attempts a join payments p on p.bucket = a.bucket and p.payment_id = a.payment_id
    where p.bucket = ${bucket} and p.card_reference = ${cardReference} and a.sent_at is not null
      and a.state in ('declined', 'rejected', 'unknown', 'reversing', 'refunding', 'disputed', 'reversed', 'completing')
      and (a.response_class is null or a.response_class <> 'approved') and not (a.was_interrupted and a.response_class is null)`);
  const now = await queries.query<Pick<Row<'payments'>, 'amount_minor'>>(sql`
    select amount_minor from payments
    where bucket = ${bucket} and card_reference = ${cardReference} and state = any(${underWay}::text[])
      and payment_id is distinct from ${exceptPaymentId}::text`);
  return [
    ...made.map(({ at, amount_minor }) => ({ atMs: at.getTime(), amountMinor: amount_minor })),
    ...now.map(({ amount_minor }) => ({ atMs: nowMs, amountMinor: amount_minor })),
  ];
}

/**
 * The card's attempts for the decision on one more at this payment. Of the card's other payments those count that have a
 * message on its way: were those counted which only wait, as this one would, many sales to one card would wait for each
 * other for ever.
 */
export const attemptsBeside = (
  queries: Queries,
  { bucket, card_reference, payment_id }: PaymentRow,
  nowMs: number,
): Promise<CardAttempt[]> =>
  cardAttempts(queries, bucket, card_reference, nowMs, {
    underWay: ['sending'],
    exceptPaymentId: payment_id,
  });
