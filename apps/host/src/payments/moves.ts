import {
  type AttemptState,
  attemptLifecycle,
  type PaymentState,
  paymentEnds,
  paymentLifecycle,
} from '@bivak/domain';
import { assertMove } from '@bivak/lifecycle';
import { type Queries, sql } from '../store/index.ts';
import type { AttemptRow, PaymentRow } from './rows.ts';

/** Names a payment and its state; the caller has locked its row. */
export type MovingPayment = Pick<PaymentRow, 'bucket' | 'payment_id' | 'state'>;

/** Moves a payment along its life, through `path`; a move that the table does not have is a bug and throws. */
export async function movePayment(
  queries: Queries,
  payment: MovingPayment,
  at: Date,
  ...path: PaymentState[]
): Promise<void> {
  for (const to of path) {
    assertMove(paymentLifecycle, payment.state, to);
    payment.state = to;
  }
  const isEnd = (paymentEnds as readonly PaymentState[]).includes(payment.state);
  await queries.query(sql`
    update payments set state = ${payment.state},
      open_since = case when state in ('collected', 'declined', 'cancelled') then ${at}::timestamptz else open_since end,
      stay_alarm = case when stay_alarm is not null and ${isEnd}::boolean then 'over' else stay_alarm end
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
}

/** Moves an attempt along its life, as {@link movePayment}. */
export async function moveAttempt(
  queries: Queries,
  payment: MovingPayment,
  attempt: AttemptRow,
  at: Date,
  ...path: AttemptState[]
): Promise<void> {
  for (const to of path) {
    assertMove(attemptLifecycle, attempt.state, to);
    attempt.state = to;
  }
  attempt.changed_at = at;
  await queries.query(sql`
    update attempts set state = ${attempt.state}, changed_at = ${at}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and number = ${attempt.number}`);
}

/** What every event of an attempt names. */
export const named = ({ bank_id: bankId, number: attempt }: AttemptRow) => ({ bankId, attempt });
