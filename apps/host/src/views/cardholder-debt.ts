import { type Queries, type Row, sql } from '../store/index.ts';

/** A debt as its cardholder may see it. */
export type CardholderDebt = Pick<
  Row<'debts'>,
  | 'bucket'
  | 'payment_id'
  | 'state'
  | 'amount_minor'
  | 'currency'
  | 'masked_pan'
  | 'sold_at'
  | 'time_zone'
  | 'next_attempt_at'
  | 'window_ends_at'
  | 'declined_at'
  | 'declined_cause'
  | 'response_code'
  | 'retry_class'
> &
  Pick<Row<'payments'>, 'line_items' | 'wait'> &
  Pick<Row<'tills'>, 'place'> & {
    /** Nobody knows yet what a bank has debited, for longer than a reversal takes if all goes well. */
    is_looked_into: boolean;
  };

/** A reversal that takes longer is nothing that a cardholder is told to wait for. */
const maxReversalMs = 60_000;

/** Finds the debt of a sale; undefined if there is none. */
export async function cardholderDebt(
  queries: Queries,
  saleId: string,
  nowMs: number,
): Promise<CardholderDebt | undefined> {
  const longSince = new Date(nowMs - maxReversalMs);
  const [row] = await queries.query<CardholderDebt>(sql`
    select d.bucket, d.payment_id, d.state, d.amount_minor, d.currency, d.masked_pan, d.sold_at, d.time_zone, d.next_attempt_at,
      d.window_ends_at, d.declined_at, d.declined_cause, d.response_code, d.retry_class, p.line_items, p.wait, t.place,
      exists (select from attempts a where a.bucket = p.bucket and a.payment_id = p.payment_id
        and (a.state in ('refunding', 'disputed') or (a.state in ('unknown', 'reversing') and coalesce(a.reversing_since, a.changed_at) <= ${longSince})))
        or coalesce(p.wait ->> 'kind', '') = 'perhaps-debited' as is_looked_into
    from debts d join payments p on p.bucket = d.bucket and p.payment_id = d.payment_id join tills t on t.till_id = d.till_id
    where p.payment_id = ${saleId}`);
  return row;
}
