import { type Queries, sql } from '../store/index.ts';

/** The card and the debt for which it is listed. */
export interface ListedFor {
  bucket: number;
  payment_id: string;
  card_reference: string;
  masked_pan: string;
}

/** Puts a card on the list for a debt; once more is no change. */
export async function listCard(
  queries: Queries,
  debt: ListedFor,
  reason: string,
  nowMs: number,
): Promise<void> {
  await queries.query(sql`
    insert into stop_list_entries (bucket, card_reference, payment_id, masked_pan, reason, since)
    values (${debt.bucket}, ${debt.card_reference}, ${debt.payment_id}, ${debt.masked_pan}, ${reason}, ${new Date(nowMs)})
    on conflict (bucket, card_reference, payment_id) do nothing`);
}

/** Takes the entry of a paid debt away; the card leaves the list when no other debt holds it there. */
export async function unlistCard(queries: Queries, debt: ListedFor): Promise<void> {
  await queries.query(sql`
    delete from stop_list_entries
    where bucket = ${debt.bucket} and card_reference = ${debt.card_reference} and payment_id = ${debt.payment_id}`);
}

/** True where this debt has put the card on the list. */
export async function isCardListed(queries: Queries, debt: ListedFor): Promise<boolean> {
  const found = await queries.query(sql`
    select 1 from stop_list_entries
    where bucket = ${debt.bucket} and card_reference = ${debt.card_reference} and payment_id = ${debt.payment_id}`);
  return found.length > 0;
}
