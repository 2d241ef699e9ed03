import { type Queries, type Row, sql } from '../store/index.ts';

/** The card and the debt for which it is listed. */
export type ListedFor = Pick<
  Row<'debts'>,
  'bucket' | 'payment_id' | 'card_reference' | 'masked_pan' | 'response_code'
>;

type EntryKey = Pick<ListedFor, 'bucket' | 'payment_id' | 'card_reference'>;

/** Puts a card on the list for a debt; once more is no change. */
export async function listCard(queries: Queries, debt: ListedFor, nowMs: number): Promise<void> {
  await queries.query(sql`
    insert into stop_list_entries (bucket, card_reference, payment_id, masked_pan, response_code, since)
    values (${debt.bucket}, ${debt.card_reference}, ${debt.payment_id}, ${debt.masked_pan}, ${debt.response_code}, ${new Date(nowMs)})
    on conflict (bucket, card_reference, payment_id) do nothing`);
}

/** Removes the entry of a paid debt; the card leaves the list with the last of its entries. */
export async function unlistCard(queries: Queries, debt: EntryKey): Promise<void> {
  await queries.query(sql`
    delete from stop_list_entries
    where bucket = ${debt.bucket} and card_reference = ${debt.card_reference} and payment_id = ${debt.payment_id}`);
}

/** True if this debt has put the card on the list. */
export async function isCardListed(queries: Queries, debt: EntryKey): Promise<boolean> {
  const found = await queries.query(sql`
    select 1 from stop_list_entries
    where bucket = ${debt.bucket} and card_reference = ${debt.card_reference} and payment_id = ${debt.payment_id}`);
  return found.length > 0;
}
