import { saleId } from '@bivak/domain';
import {
  type Entry,
  type EntryBody,
  type EntryEnvelope,
  type KnownKinds,
  readBody,
  readEnvelope,
  type UnreadableEntry,
} from '@bivak/journal';
import { type Queries, type Row, sql, tillBucket } from '../store/index.ts';

/** An entry as it was taken: its envelope is verified, its body is read by whoever folds it. */
export interface TakenEntry {
  envelope: EntryEnvelope;
  receivedAt: Date;
}

/** The sale that an entry is about, whatever else its body may hold; null if it names none as sales are named. */
export const saleIdOf = ({ body }: EntryEnvelope): string | null =>
  saleId.safeParse(body.saleId).data ?? null;

/** Entries of a till that were not folded yet, in order. */
export async function unfolded(queries: Queries, tillId: string, limit: number): Promise<TakenEntry[]> {
  const bucket = tillBucket(tillId);
  const found = await queries.query<Pick<Row<'intake'>, 'payload' | 'received_at'>>(sql`
    select i.payload, i.received_at from intake i
    join intake_folded f on f.till_bucket = i.till_bucket and f.till_id = i.till_id
    where i.till_bucket = ${bucket} and i.till_id = ${tillId} and i.seq > f.seq
    order by i.seq limit ${limit}`);
  // What is in the store was verified at intake: an entry without an envelope is a bug.
  return found.map(({ payload, received_at }) => ({
    envelope: readEnvelope(payload)!,
    receivedAt: received_at,
  }));
}

/** Tills with entries that were not folded yet: also those that the configuration does not name any more. */
export async function unfoldedTills(queries: Queries): Promise<string[]> {
  const found = await queries.query<Pick<Row<'intake_folded'>, 'till_id'>>(sql`
    select f.till_id from intake_folded f
    where exists (select 1 from intake i where i.till_bucket = f.till_bucket and i.till_id = f.till_id and i.seq > f.seq)
    order by f.till_id`);
  return found.map(({ till_id }) => till_id);
}

/** Records how far a till's journal was folded. */
export async function markFolded(queries: Queries, tillId: string, seq: number): Promise<void> {
  await queries.query(sql`
    update intake_folded set seq = ${seq} where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq < ${seq}`);
}

/** The intent of a sale; `none` if the journal has none, else why this program cannot read it. */
export type IntentReading =
  | { kind: 'read'; entry: Entry; intent: EntryBody<'sale.intent'> }
  | { kind: 'none' }
  | { kind: 'unreadable'; reason: UnreadableEntry };

/** Finds the intent of a sale in its till's journal. */
export async function intentOf(
  queries: Queries,
  tillId: string,
  saleId: string,
  known?: KnownKinds,
): Promise<IntentReading> {
  const [found] = await queries.query<Pick<Row<'intake'>, 'payload'>>(sql`
    select payload from intake where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId}
      and sale_id = ${saleId} and kind = 'sale.intent' order by seq limit 1`);
  if (found === undefined) return { kind: 'none' };
  const body = readBody(readEnvelope(found.payload)!, known);
  if (!body.ok) return { kind: 'unreadable', reason: body.reason };
  return body.entry.kind === 'sale.intent'
    ? { kind: 'read', entry: body.entry, intent: body.entry.body }
    : { kind: 'none' };
}
