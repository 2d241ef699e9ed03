import { type EntryEnvelope, readEnvelope } from '@bivak/journal';
import { type Queries, type Row, sql, tillBucket } from '../store/index.ts';
import type { Figures } from './verification.ts';

export { maxDebitMinor, saleIdOf } from './verification.ts';

/** An entry as it was taken: its envelope is verified, its body is read by whoever folds it. */
export interface TakenEntry {
  envelope: EntryEnvelope;
  receivedAt: Date;
  /** The store's epoch in which it was first sent, as far as is known. */
  epoch: number;
  /** True for an accepted sale by card: it has to become a payment, or be explained. */
  isCardSale: boolean;
  /** The sum of its sale, if that is known. */
  figures: Figures | null;
}

/** Entries of a till that were not folded yet, in order. */
export async function unfolded(queries: Queries, tillId: string, limit: number): Promise<TakenEntry[]> {
  const bucket = tillBucket(tillId);
  const found = await queries.query<TakenColumns>(sql`
    select i.payload, i.received_at, i.epoch, i.tender, i.amount_minor, i.currency from intake i
    join intake_folded f on f.till_bucket = i.till_bucket and f.till_id = i.till_id
    where i.till_bucket = ${bucket} and i.till_id = ${tillId} and i.seq > f.seq
    order by i.seq limit ${limit}`);
  return found.map(takenEntryOf);
}

export type TakenColumns = Pick<
  Row<'intake'>,
  'payload' | 'received_at' | 'epoch' | 'tender' | 'amount_minor' | 'currency'
>;

export function takenEntryOf(row: TakenColumns): TakenEntry {
  const { amount_minor: amountMinor, currency } = row;
  return {
    // What is in the store was verified at intake: an entry without an envelope is a bug.
    envelope: readEnvelope(row.payload)!,
    receivedAt: row.received_at,
    epoch: row.epoch,
    isCardSale: row.tender === 'card',
    figures: amountMinor === null || currency === null ? null : { amountMinor, currency },
  };
}

/** Tills with entries that were not folded yet: also those that the configuration does not name any more. */
export async function unfoldedTills(queries: Queries): Promise<string[]> {
  const found = await queries.query<Pick<Row<'intake_folded'>, 'till_id'>>(sql`
    select f.till_id from intake_folded f
    where exists (select 1 from intake i where i.till_bucket = f.till_bucket and i.till_id = f.till_id and i.seq > f.seq)
    order by f.till_id`);
  return found.map(({ till_id }) => till_id);
}

/** An entry of a sale, as far as it matters to those that follow it. */
export interface SaleEntry {
  seq: number;
  kind: 'sale.intent' | 'sale.accepted' | 'sale.abandoned';
  envelope: EntryEnvelope;
}

/** A sale has an intent and an end: whatever comes after these is looked at against them. */
const maxSaleEntries = 4;

/** What the journal says of a sale before `seq`, in its order: its beginning, if that is long. */
export async function saleBefore(
  queries: Queries,
  tillId: string,
  saleId: string,
  seq: number,
): Promise<SaleEntry[]> {
  const found = await queries.query<Pick<Row<'intake'>, 'seq' | 'payload'> & { kind: SaleEntry['kind'] }>(sql`
    select seq, kind, payload from intake
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and sale_id = ${saleId} and seq < ${seq}
      and kind in ('sale.intent', 'sale.accepted', 'sale.abandoned')
    order by seq limit ${maxSaleEntries}`);
  return found.map(({ payload, ...entry }) => ({ ...entry, envelope: readEnvelope(payload)! }));
}

/** The last intent of a sale before `seq`; undefined if there is none. */
export async function lastIntentBefore(
  queries: Queries,
  tillId: string,
  saleId: string,
  seq: number,
): Promise<EntryEnvelope | undefined> {
  const [found] = await queries.query<Pick<Row<'intake'>, 'payload'>>(sql`
    select payload from intake
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and sale_id = ${saleId} and seq < ${seq} and kind = 'sale.intent'
    order by seq desc limit 1`);
  return found === undefined ? undefined : readEnvelope(found.payload)!;
}
