import { createHash, type KeyObject } from 'node:crypto';
import { luhnValid, maskPan } from '@bivak/card';
import type { IntakeFault, Tender } from '@bivak/domain';
import {
  type ChainPlace,
  decodeBatch,
  type EntryEnvelope,
  genesisHash,
  readEnvelope,
  type SealedEntry,
  verifyNext,
} from '@bivak/journal';
import { endAlarm, raiseAlarm } from '../alarms/alarms.ts';
import { type Database, type Queries, type Row, rows, sql, tillBucket } from '../store/index.ts';
import { saleIdOf } from './journal-reading.ts';

/** What came of a batch; `refused` is the first entry that was not taken. */
export interface IntakeResult {
  acknowledgedSeq: number;
  taken: number;
  refused: Refusal | null;
}

interface Refusal {
  fault: IntakeFault;
  /** False if the same was refused before: a till sends it again and again. */
  isNew: boolean;
}

/**
 * Takes a till's batch, whole or cut anywhere: every good entry, of whatever kind and version, is stored in one commit, and
 * the highest sequence number without a gap is acknowledged. Entries that are here already are skipped if they are the
 * same. The first one that does not follow ends the batch, is kept apart and raises an alarm; the good ones before it stay.
 */
export async function takeBatch(
  database: Database,
  till: { tillId: string; publicKey: KeyObject },
  text: string,
  nowMs: number,
): Promise<IntakeResult> {
  const { entries, error } = decodeBatch(text);
  const badLine = error === null ? undefined : text.split('\n')[error.line - 1];
  return database.transaction(async (queries) => {
    const place = await lockedPlace(queries, till.tillId);
    const checked = await checkEntries(queries, till, place, entries);
    await append(queries, till.tillId, checked.good, nowMs);
    const alarm = { tillId: till.tillId, kind: 'journal-refused', subject: '' } as const;
    if (checked.good.length > 0) await endAlarm(queries, alarm, nowMs);
    const { seq: afterSeq } = checked.place;
    const done = { acknowledgedSeq: afterSeq, taken: checked.good.length };
    const rejected =
      checked.rejected ?? (badLine === undefined ? null : { fault: 'unreadable' as const, entry: badLine });
    if (rejected === null) return { ...done, refused: null };
    const { fault } = rejected;
    await raiseAlarm(queries, { ...alarm, data: { afterSeq, fault } }, nowMs);
    const isNew = await keepRejected(queries, till.tillId, afterSeq, rejected, nowMs);
    return { ...done, refused: { fault, isNew } };
  });
}

/** Where the till's chain stands. The till's row of progress is locked, so that two batches of one till follow each other. */
async function lockedPlace(queries: Queries, tillId: string): Promise<ChainPlace> {
  const bucket = tillBucket(tillId);
  await queries.query(sql`
    insert into intake_folded (till_bucket, till_id, seq) values (${bucket}, ${tillId}, 0)
    on conflict (till_bucket, till_id) do nothing`);
  await queries.query(sql`
    select seq from intake_folded where till_bucket = ${bucket} and till_id = ${tillId} for update`);
  return acknowledgedPlace(queries, tillId);
}

interface Rejected {
  fault: IntakeFault;
  entry: string;
}

interface Checked {
  good: { envelope: EntryEnvelope; hash: string; entry: SealedEntry }[];
  place: ChainPlace;
  rejected: Rejected | null;
}

async function checkEntries(
  queries: Queries,
  till: { tillId: string; publicKey: KeyObject },
  from: ChainPlace,
  entries: readonly SealedEntry[],
): Promise<Checked> {
  const good: Checked['good'] = [];
  const known = await knownPayloads(queries, till.tillId, from.seq, entries);
  let place = from;
  for (const entry of entries) {
    const checked = verifyNext(place, entry, till);
    if (checked.ok) {
      good.push({ envelope: checked.envelope, hash: checked.place.hash, entry });
      known.set(checked.place.seq, entry.payload);
      place = checked.place;
      continue;
    }
    if (checked.fault === 'repeated' && known.get(readEnvelope(entry.payload)!.seq) === entry.payload)
      continue;
    const fault = checked.fault === 'repeated' ? 'changed' : checked.fault;
    return { good, place, rejected: { fault, entry: entry.payload } };
  }
  return { good, place, rejected: null };
}

/** What is stored under the numbers of a batch: a till that got no answer sends again what is here already. */
async function knownPayloads(
  queries: Queries,
  tillId: string,
  upToSeq: number,
  entries: readonly SealedEntry[],
): Promise<Map<number, string>> {
  const seqs = entries
    .map(({ payload }) => readEnvelope(payload)?.seq)
    .filter((seq) => seq !== undefined && seq <= upToSeq);
  if (seqs.length === 0) return new Map();
  const found = await queries.query<Pick<Row<'intake'>, 'seq' | 'payload'>>(sql`
    select seq, payload from intake
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq = any(${seqs}::bigint[])`);
  return new Map(found.map(({ seq, payload }) => [seq, payload]));
}

/** Rows of one statement: PostgreSQL's protocol counts at most 65 535 parameters. */
const maxRows = 1_000;

async function append(queries: Queries, tillId: string, good: Checked['good'], nowMs: number): Promise<void> {
  const [bucket, receivedAt] = [tillBucket(tillId), new Date(nowMs)];
  const list = good.map(({ envelope, hash, entry }) => [
    bucket,
    tillId,
    envelope.seq,
    envelope.kind,
    envelope.version,
    saleIdOf(envelope),
    tenderOf(envelope),
    entry.payload,
    entry.signature,
    hash,
    receivedAt,
  ]);
  for (let from = 0; from < list.length; from += maxRows) {
    await queries.query(sql`
      insert into intake (till_bucket, till_id, seq, kind, version, sale_id, tender, payload, signature, hash, received_at)
      values ${rows(list.slice(from, from + maxRows))} on conflict (till_bucket, till_id, seq) do nothing`);
  }
}

/** How an accepted sale was paid: what the fleet's counts go by. */
function tenderOf({ kind, body }: EntryEnvelope): Tender | null {
  if (kind !== 'sale.accepted') return null;
  return body.mode === 'cash' ? 'cash' : 'card';
}

const maxRejectedLength = 4_000;

const withoutCardNumbers = (text: string): string =>
  text.replace(/(?<![0-9A-Za-z])\d{13,19}(?![0-9A-Za-z])/g, (digits) =>
    luhnValid(digits) ? maskPan(digits) : digits,
  );

/** Keeps a rejected entry; a till sends the same again and again, and it is kept once. True if it is new. */
async function keepRejected(
  queries: Queries,
  tillId: string,
  afterSeq: number,
  rejected: Rejected,
  nowMs: number,
): Promise<boolean> {
  const hash = createHash('sha256').update(rejected.entry).digest('hex');
  // The store's text holds every character but this one, and no card number in clear, whatever a broken till may send.
  const entry = withoutCardNumbers(rejected.entry).slice(0, maxRejectedLength).replaceAll('\0', '\\0');
  const kept = await queries.query(sql`
    insert into intake_rejected (till_bucket, till_id, after_seq, entry_hash, fault, entry, rejected_at)
    values (${tillBucket(tillId)}, ${tillId}, ${afterSeq}, ${hash}, ${rejected.fault}, ${entry}, ${new Date(nowMs)})
    on conflict (till_bucket, till_id, after_seq, entry_hash) do nothing returning entry_hash`);
  return kept.length > 0;
}

/** How far a till's journal is durable: its last entry's number and hash. */
export async function acknowledgedPlace(queries: Queries, tillId: string): Promise<ChainPlace> {
  const [last] = await queries.query<ChainPlace>(sql`
    select seq, hash from intake where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} order by seq desc limit 1`);
  return last ?? { seq: 0, hash: genesisHash };
}
