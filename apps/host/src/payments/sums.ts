import type { PaymentState } from '@bivak/domain';
import type { Queries, Row, Transaction } from '../store/index.ts';
import { sql } from '../store/index.ts';
import type { PaymentKey } from './timeline.ts';

type Stage = Row<'payment_sums'>['stage'];

/** What the sums know of a payment. */
export type SummedPayment = PaymentKey &
  Pick<Row<'payments'>, 'state' | 'amount_minor' | 'bank_id' | 'has_debt'>;

/** Where a payment is summed up; null while it is under way, or if nothing is to be had for it. */
function placeOf({ state, has_debt, bank_id }: SummedPayment): { stage: Stage; bank_id: string } | null {
  if (state === 'collected') return { stage: has_debt ? 'recovered' : 'collected', bank_id: bank_id ?? '' };
  return state === 'declined' && !has_debt ? { stage: 'declined', bank_id: '' } : null;
}

/** Moves a payment in the sums from what it was to what it is. */
export function moveInSums(transaction: Transaction, before: SummedPayment, after: SummedPayment): void {
  const { bucket } = before;
  const [from, to] = [placeOf(before), placeOf(after)];
  if (from?.stage === to?.stage && from?.bank_id === to?.bank_id) return;
  const { amount_minor } = before;
  if (from !== null)
    transaction.add('payment_sums', { bucket, ...from }, { count: -1, sum_minor: -amount_minor });
  if (to !== null) transaction.add('payment_sums', { bucket, ...to }, { count: 1, sum_minor: amount_minor });
}

/** A count of payments with their sum. */
export interface PaymentSum {
  stage: Stage;
  bankId: string;
  count: number;
  sumMinor: number;
}

/** What has come to an end, by stage and bank. */
export async function paymentSums(queries: Queries): Promise<PaymentSum[]> {
  const found = await queries.query<{ stage: Stage; bank_id: string; count: string; sum: string }>(sql`
    select stage, bank_id, sum(count)::text as count, sum(sum_minor)::text as sum from payment_sums group by stage, bank_id`);
  return found.map(({ stage, bank_id, count, sum }) => ({
    stage,
    bankId: bank_id,
    count: Number(count),
    sumMinor: Number(sum),
  }));
}

/** Undecided payments that are no debts, by their state. */
export async function openPayments(
  queries: Queries,
): Promise<{ state: PaymentState; count: number; sumMinor: number }[]> {
  const found = await queries.query<{ state: PaymentState; count: number; sum: string }>(sql`
    select state, count(*) as count, sum(amount_minor)::text as sum from payments
    where state not in ('collected', 'declined', 'cancelled') and not has_debt group by state`);
  return found.map(({ state, count, sum }) => ({ state, count, sumMinor: Number(sum) }));
}
