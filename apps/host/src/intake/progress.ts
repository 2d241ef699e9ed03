import type { CardDataFault, QuarantineReason } from '@bivak/domain';
import { type Database, type Queries, rows, sql, tillBucket } from '../store/index.ts';
import { dropAttachments } from './attachments.ts';
import { countAccounted } from './balances.ts';
import type { TakenEntry } from './journal-reading.ts';
import { addToQuarantine, releaseBegun, tellOfCardData, unreadableSales } from './quarantine.ts';

/** What came of folding the next entries of a till. */
export interface Folded {
  /** All of them, in the journal's order and without a gap. */
  entries: readonly TakenEntry[];
  /** Those that could not be folded (now), and why. */
  quarantined: readonly { entry: TakenEntry; reason: QuarantineReason }[];
  /** Sales whose end is among the entries: what was quarantined of their beginning is superseded. */
  endedSales: readonly string[];
  readerKeys: readonly ReaderKey[];
  /** Entries of which the card data that lay beside them is kept with a payment now, and those of which nothing is kept. */
  keptSeqs: readonly number[];
  droppedSeqs: readonly number[];
}

/** Whether the host's keys opened what a reader has sealed. */
export interface ReaderKey {
  keyId: string;
  seq: number;
  fault: CardDataFault | null;
}

/**
 * Records how far a till's journal was folded, in one transaction with what could not be and with what its balance counts; so
 * each entry is counted once. False if another host has recorded it meanwhile: then nothing is written.
 */
export async function recordFolded(
  database: Database,
  tillId: string,
  { entries, quarantined, endedSales, readerKeys, keptSeqs, droppedSeqs }: Folded,
): Promise<boolean> {
  const [first, last] = [entries.at(0), entries.at(-1)];
  if (first === undefined || last === undefined) return true;
  const [fromSeq, toSeq] = [first.envelope.seq, last.envelope.seq];
  return database.transaction(async (queries) => {
    const moved = await queries.query(sql`
      update intake_folded set seq = ${toSeq}
      where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq = ${fromSeq - 1} returning seq`);
    if (moved.length === 0) return false;
    const atMs = last.receivedAt.getTime();
    for (const { entry, reason } of quarantined) await addToQuarantine(queries, entry, reason, atMs);
    const isOfCardData = quarantined.some(({ reason }) => reason.kind === 'card-unreadable');
    const released = await releaseBegun(queries, tillId, endedSales, atMs);
    if (isOfCardData || released.includes('card-unreadable')) await tellOfCardData(queries, tillId, atMs);
    const except = quarantined.map(({ entry }) => entry.envelope.seq);
    if (entries.some(({ isCardSale }) => isCardSale))
      await countAccounted(queries, tillId, { fromSeq, toSeq, except });
    await recordReaderKeys(queries, tillId, readerKeys);
    await dropAttachments(queries, tillId, { seqs: keptSeqs, isCardKept: true });
    await dropAttachments(queries, tillId, { seqs: droppedSeqs, isCardKept: false });
    return true;
  });
}

/** Of each reader key its newest sale decides. */
export async function recordReaderKeys(
  queries: Queries,
  tillId: string,
  keys: readonly ReaderKey[],
): Promise<void> {
  if (keys.length === 0) return;
  const newest = new Map<string, ReaderKey>();
  for (const key of keys) if ((newest.get(key.keyId)?.seq ?? 0) <= key.seq) newest.set(key.keyId, key);
  const list = [...newest.values()].map(({ keyId, seq, fault }) => [
    tillBucket(tillId),
    tillId,
    keyId,
    seq,
    fault,
  ]);
  await queries.query(sql`
    insert into reader_keys (till_bucket, till_id, key_id, seq, fault) values ${rows(list)}
    on conflict (till_bucket, till_id, key_id) do update set seq = excluded.seq, fault = excluded.fault
      where reader_keys.seq <= excluded.seq`);
}

/** One sale that cannot be opened may have been altered on its way; two of them are a reader with another key. */
const unreadableSalesOfReader = 2;

/**
 * The keys of a till's readers whose newest sale the host could not open, once that is not the only one: with them the till takes
 * no card without asking.
 */
export async function unreadableReaderKeys(queries: Queries, tillId: string): Promise<string[]> {
  const found = await queries.query<{ key_id: string }>(sql`
    select key_id from reader_keys
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and fault is not null order by key_id limit 100`);
  if (
    found.length === 0 ||
    (await unreadableSales(queries, tillId, unreadableSalesOfReader)) < unreadableSalesOfReader
  )
    return [];
  return found.map(({ key_id }) => key_id);
}
