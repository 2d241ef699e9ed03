import type { KeyObject } from 'node:crypto';
import type { IntakeFault } from '@bivak/domain';
import { type ChainPlace, genesisHash } from '@bivak/journal';
import { endAlarm, raiseAlarm } from '../alarms/alarms.ts';
import { type Database, type Queries, type Row, rows, sql, tillBucket } from '../store/index.ts';
import { type GoodEntry, notStorable, type RejectedEntry, type Verified } from './verification.ts';
import { type Verify, verifyInSlices } from './verifier.ts';

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

/** A till and the key that signs its journal. */
interface SigningTill {
  tillId: string;
  publicKey: KeyObject;
}

/**
 * Takes a till's batch, whole or cut anywhere: every good entry, of whatever kind and version, is stored in one commit, and
 * the highest sequence number without a gap is acknowledged. Entries that are here already are skipped if they are the
 * same. The first one that does not follow ends the batch, is kept apart and raises an alarm; the good ones before it stay.
 * Total: any bytes give stored entries or a named refusal. Signatures are checked before the transaction, which only looks
 * whether the chain still stands where it stood.
 */
export async function takeBatch(
  database: Database,
  till: SigningTill,
  batch: string | Uint8Array,
  nowMs: number,
  verify: Verify = verifyInSlices,
): Promise<IntakeResult> {
  for (;;) {
    const place = await acknowledgedPlace(database, till.tillId);
    const verified = await verifiedAt(database, till, place, batch, verify);
    const result = await storeLongest(database, till.tillId, place, verified, nowMs);
    if (result !== 'moved') return result;
  }
}

/** The batch as checked from `place` on; an entry that is here already with another text is its refusal. */
async function verifiedAt(
  queries: Queries,
  till: SigningTill,
  place: ChainPlace,
  batch: string | Uint8Array,
  verify: Verify,
): Promise<Verified> {
  const job = { tillId: till.tillId, publicKey: till.publicKey, place, batch };
  const verified = await verify({ ...job, suspect: null });
  const hashes = await knownHashes(queries, till.tillId, verified.known);
  const differs = verified.known.find(({ seq, hash }) => hashes.get(seq) !== hash);
  return differs === undefined ? verified : verify({ ...job, suspect: differs.line });
}

/** What is stored under the numbers of a batch: a till that got no answer sends again what is here already. */
async function knownHashes(
  queries: Queries,
  tillId: string,
  known: Verified['known'],
): Promise<Map<number, string>> {
  if (known.length === 0) return new Map();
  const found = await queries.query<Pick<Row<'intake'>, 'seq' | 'hash'>>(sql`
    select seq, hash from intake where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId}
      and seq = any(${known.map(({ seq }) => seq)}::bigint[])`);
  return new Map(found.map(({ seq, hash }) => [seq, hash]));
}

/** PostgreSQL's classes of errors that are about a value: data exceptions, and limits of the program. */
const valueErrorClasses: readonly string[] = ['22', '54'];
const isAboutValue = (error: unknown): boolean =>
  valueErrorClasses.includes(String((error as { code?: unknown }).code).slice(0, 2));

/**
 * Stores what was checked, in one commit. If the store refuses a value, which nobody has foreseen, fewer entries are stored:
 * the good ones before it are kept, and once it is the first it is refused by name.
 */
async function storeLongest(
  database: Database,
  tillId: string,
  place: ChainPlace,
  verified: Verified,
  nowMs: number,
): Promise<IntakeResult | 'moved'> {
  let attempt = verified;
  for (;;) {
    const { good } = attempt;
    try {
      return await database.transaction((queries) => store(queries, tillId, place, attempt, nowMs));
    } catch (error) {
      const [first] = good;
      if (first === undefined || !isAboutValue(error)) throw error;
      const rejected = good.length === 1 ? notStorable(first) : null;
      attempt = { known: [], good: good.slice(0, Math.floor(good.length / 2)), rejected };
    }
  }
}

async function store(
  queries: Queries,
  tillId: string,
  place: ChainPlace,
  { good, rejected }: Verified,
  nowMs: number,
): Promise<IntakeResult | 'moved'> {
  const { seq, hash } = await lockedPlace(queries, tillId);
  if (seq !== place.seq || hash !== place.hash) return 'moved';
  await append(queries, tillId, good, nowMs);
  const alarm = { tillId, kind: 'journal-refused', subject: '' } as const;
  if (good.length > 0) await endAlarm(queries, alarm, nowMs);
  const afterSeq = good.at(-1)?.seq ?? seq;
  const done = { acknowledgedSeq: afterSeq, taken: good.length };
  if (rejected === null) return { ...done, refused: null };
  const { fault } = rejected;
  await raiseAlarm(queries, { ...alarm, data: { afterSeq, fault } }, nowMs);
  const isNew = await keepRejected(queries, tillId, afterSeq, rejected, nowMs);
  return { ...done, refused: { fault, isNew } };
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

/** Rows of one statement: few enough that to write its text is a moment's work, and that PostgreSQL takes it (65 535 values). */
const maxRows = 250;

async function append(
  queries: Queries,
  tillId: string,
  good: readonly GoodEntry[],
  nowMs: number,
): Promise<void> {
  const [bucket, receivedAt] = [tillBucket(tillId), new Date(nowMs)];
  for (let from = 0; from < good.length; from += maxRows) {
    const list = good
      .slice(from, from + maxRows)
      .map(({ seq, kind, version, saleId, tender, payload, signature, hash }) => [
        bucket,
        tillId,
        seq,
        kind,
        version,
        saleId,
        tender,
        payload,
        signature,
        hash,
        receivedAt,
      ]);
    await queries.query(sql`
      insert into intake (till_bucket, till_id, seq, kind, version, sale_id, tender, payload, signature, hash, received_at)
      values ${rows(list)} on conflict (till_bucket, till_id, seq) do nothing`);
  }
}

/** Keeps a rejected entry; a till sends the same again and again, and it is kept once. True if it is new. */
async function keepRejected(
  queries: Queries,
  tillId: string,
  afterSeq: number,
  rejected: RejectedEntry,
  nowMs: number,
): Promise<boolean> {
  const kept = await queries.query(sql`
    insert into intake_rejected (till_bucket, till_id, after_seq, entry_hash, fault, entry, rejected_at)
    values (${tillBucket(tillId)}, ${tillId}, ${afterSeq}, ${rejected.hash}, ${rejected.fault}, ${rejected.entry}, ${new Date(nowMs)})
    on conflict (till_bucket, till_id, after_seq, entry_hash) do nothing returning entry_hash`);
  return kept.length > 0;
}

/** How far a till's journal is durable: its last entry's number and hash. */
export async function acknowledgedPlace(queries: Queries, tillId: string): Promise<ChainPlace> {
  const [last] = await queries.query<ChainPlace>(sql`
    select seq, hash from intake where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} order by seq desc limit 1`);
  return last ?? { seq: 0, hash: genesisHash };
}
