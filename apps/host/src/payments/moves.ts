import {
  type AttemptState,
  attemptLifecycle,
  type PaymentState,
  paymentEnds,
  paymentLifecycle,
} from '@bivak/domain';
import { assertMove } from '@bivak/lifecycle';
import type { Row, Transaction } from '../store/index.ts';
import type { AttemptRow, PaymentRow } from './rows.ts';
import { moveInSums } from './sums.ts';
import { keyOf, type PaymentKey } from './timeline.ts';

/** Names a payment and its state; the caller has locked its row. */
export type MovingPayment = Pick<
  PaymentRow,
  | 'bucket'
  | 'payment_id'
  | 'state'
  | 'open_since'
  | 'stay_alarm'
  | 'last_event'
  | 'amount_minor'
  | 'bank_id'
  | 'has_debt'
>;

/** Moves a payment along its life, through `path`; a move that the table does not have is a bug and throws. */
export async function movePayment(
  transaction: Transaction,
  payment: MovingPayment,
  at: Date,
  ...path: PaymentState[]
): Promise<void> {
  const before = { ...payment };
  if (isEnd(payment.state)) payment.open_since = at;
  for (const to of path) {
    assertMove(paymentLifecycle, payment.state, to);
    payment.state = to;
  }
  if (payment.stay_alarm !== null && isEnd(payment.state)) payment.stay_alarm = 'over';
  const { state, open_since, stay_alarm } = payment;
  transaction.change('payments', keyOf(payment), { state, open_since, stay_alarm });
  moveInSums(transaction, before, payment);
}

const isEnd = (state: PaymentState): boolean => (paymentEnds as readonly PaymentState[]).includes(state);

/** Moves an attempt along its life, as {@link movePayment}. */
export async function moveAttempt(
  transaction: Transaction,
  payment: MovingPayment,
  attempt: AttemptRow,
  at: Date,
  ...path: AttemptState[]
): Promise<void> {
  for (const to of path) {
    assertMove(attemptLifecycle, attempt.state, to);
    attempt.state = to;
  }
  changeAttempt(transaction, payment, attempt, { state: attempt.state, changed_at: at });
}

/** Changes columns of an attempt, here and in the store. */
export function changeAttempt(
  transaction: Transaction,
  payment: PaymentKey,
  attempt: AttemptRow,
  columns: Partial<Row<'attempts'>>,
): void {
  Object.assign(attempt, columns);
  transaction.change('attempts', { ...keyOf(payment), number: attempt.number }, columns);
}

/** What every event of an attempt names. */
export const named = ({ bank_id: bankId, number: attempt }: AttemptRow) => ({ bankId, attempt });
