import { createHash, type KeyObject } from 'node:crypto';
import { luhnValid, maskPan } from '@bivak/card';
import {
  type ChainError,
  type ChainPlace,
  decodeBatch,
  genesisHash,
  readPayload,
  type SealedEntry,
  verifyNext,
} from '@bivak/journal';
import { type Database, type Queries, rows, sql, tillBucket } from '../store/index.ts';

/** What a till is told of its batch. `refused` names the first entry that was not taken. */
export interface IntakeResult {
  acknowledgedSeq: number;
  taken: number;
  refused: Refusal | null;
}

interface Refusal {
  error: ChainError | 'changed' | 'unreadable';
  what: string;
  /** False where the same was refused before: a till sends it again and again. */
  isNew: boolean;
}

/**
 * Takes a till's batch, whole or cut anywhere: every good entry is stored in one commit, and the highest sequence number
 * without a gap is acknowledged. Entries that are here already are skipped where they are the same. The first one that
 * does not fit ends the batch and is kept as evidence; the good ones before it stay.
 */
export async function takeBatch(
  database: Database,
  till: { tillId: string; publicKey: KeyObject },
  text: string,
  nowMs: number,
): Promise<IntakeResult> {
  const { entries, error } = decodeBatch(text);
  const badLine = error === null ? '' : (text.split('\n')[error.line - 1] ?? '');
  return database.transaction(async (queries) => {
    const place = await lockedPlace(queries, till.tillId);
    const checked = await checkEntries(queries, till, place, entries);
    await append(queries, till.tillId, checked.good, nowMs);
    const done = { acknowledgedSeq: checked.place.seq, taken: checked.good.length };
    const found =
      checked.refused ??
      (error === null ? null : { error: 'unreadable' as const, what: `line ${error.line} ${error.what}` });
    if (found === null) return { ...done, refused: null };
    const evidence = checked.refused === null ? badLine : checked.evidence;
    const kept = { what: found.what, evidence };
    const isNew = await keepEvidence(queries, till.tillId, checked.place.seq, kept, nowMs);
    return { ...done, refused: { ...found, isNew } };
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

interface Checked {
  good: { seq: number; kind: string; saleId: string | null; hash: string; entry: SealedEntry }[];
  place: ChainPlace;
  refused: Omit<Refusal, 'isNew'> | null;
  evidence: string;
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
      const { kind, body } = checked.payload;
      const saleId = 'saleId' in body ? body.saleId : null;
      good.push({ seq: checked.place.seq, kind, saleId, hash: checked.place.hash, entry });
      known.set(checked.place.seq, entry.payload);
      place = checked.place;
      continue;
    }
    if (checked.error === 'repeated' && known.get(readPayload(entry.payload)!.seq) === entry.payload)
      continue;
    const error = checked.error === 'repeated' ? 'changed' : checked.error;
    return {
      good,
      place,
      refused: { error, what: `entry after ${place.seq}: ${error}` },
      evidence: entry.payload,
    };
  }
  return { good, place, refused: null, evidence: '' };
}

/** What is stored under the numbers of a batch: a till that heard no answer sends again what is here already. */
async function knownPayloads(
  queries: Queries,
  tillId: string,
  upToSeq: number,
  entries: readonly SealedEntry[],
): Promise<Map<number, string>> {
  const seqs = entries
    .map(({ payload }) => readPayload(payload)?.seq)
    .filter((seq) => seq !== undefined && seq <= upToSeq);
  if (seqs.length === 0) return new Map();
  const found = await queries.query<{ seq: number; payload: string }>(sql`
    select seq, payload from intake
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq = any(${seqs}::bigint[])`);
  return new Map(found.map(({ seq, payload }) => [seq, payload]));
}

/** Rows of one statement: PostgreSQL's protocol counts at most 65 535 parameters. */
const rowsAtOnce = 1_000;

async function append(queries: Queries, tillId: string, good: Checked['good'], nowMs: number): Promise<void> {
  const [bucket, receivedAt] = [tillBucket(tillId), new Date(nowMs)];
  const list = good.map(({ seq, kind, saleId, hash, entry }) => [
    bucket,
    tillId,
    seq,
    kind,
    saleId,
    entry.payload,
    entry.signature,
    hash,
    receivedAt,
  ]);
  for (let from = 0; from < list.length; from += rowsAtOnce) {
    await queries.query(sql`
      insert into intake (till_bucket, till_id, seq, kind, sale_id, payload, signature, hash, received_at)
      values ${rows(list.slice(from, from + rowsAtOnce))} on conflict (till_bucket, till_id, seq) do nothing`);
  }
}

const longestEvidence = 4_000;

const withoutCardNumbers = (text: string): string =>
  text.replace(/(?<![0-9A-Za-z])\d{13,19}(?![0-9A-Za-z])/g, (digits) =>
    luhnValid(digits) ? maskPan(digits) : digits,
  );

/** Keeps what was refused; a till sends the same again and again, and it is kept once. True where it is new. */
async function keepEvidence(
  queries: Queries,
  tillId: string,
  afterSeq: number,
  refused: { what: string; evidence: string },
  nowMs: number,
): Promise<boolean> {
  const hash = createHash('sha256').update(refused.evidence).digest('hex');
  // The store's text holds every character but this one, and no card number in clear, whatever a broken till may send.
  const evidence = withoutCardNumbers(refused.evidence).slice(0, longestEvidence).replaceAll('\0', '\\0');
  const kept = await queries.query(sql`
    insert into intake_refused (till_bucket, till_id, after_seq, evidence_hash, error, evidence, refused_at)
    values (${tillBucket(tillId)}, ${tillId}, ${afterSeq}, ${hash}, ${refused.what}, ${evidence}, ${new Date(nowMs)})
    on conflict (till_bucket, till_id, after_seq, evidence_hash) do nothing returning evidence_hash`);
  return kept.length > 0;
}

/** How far a till's journal is durable: its last entry's number and hash. */
export async function acknowledgedPlace(queries: Queries, tillId: string): Promise<ChainPlace> {
  const [last] = await queries.query<ChainPlace>(sql`
    select seq, hash from intake where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} order by seq desc limit 1`);
  return last ?? { seq: 0, hash: genesisHash };
}
