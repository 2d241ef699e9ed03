import type { KeyObject } from 'node:crypto';
import { type IntakeFault, Problem } from '@bivak/domain';
import { type ChainPlace, genesisHash } from '@bivak/journal';
import { endAlarmsOfKind, raiseAlarm } from '../alarms/alarms.ts';
import { trustedEpoch } from '../epoch/epoch.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { type Database, type Queries, type Row, rows, sql, tillBucket } from '../store/index.ts';
import { type KeptAttachment, keysOf, sealAttachments, storeAttachments } from './attachments.ts';
import { countAccepted, withSums } from './balances.ts';
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

/** A till, the key that signs its journal, and those that did before it, the oldest first. */
interface SigningTill {
  tillId: string;
  publicKey: KeyObject;
  formerKeys?: readonly KeyObject[];
  /** The store's epoch in which it sends; any if nothing is said. */
  epoch?: number;
}

/** A batch that was checked, and what lies beside its good entries, encrypted. */
type SealedBatch = Verified & { attached: readonly KeptAttachment[] };

/** Where a till's chain stands, and which of its keys signed the last entry. */
interface SignedPlace extends ChainPlace {
  keyIndex: number;
}

/**
 * Takes a till's batch, whole or cut anywhere: every good entry, of whatever kind and version, is stored in one commit, and
 * the highest sequence number without a gap is acknowledged. Entries that are here already are skipped if they are the
 * same. The first one that does not follow ends the batch, is kept apart and raises an alarm; the good ones before it stay.
 * Total: any bytes give stored entries or a named refusal. Signatures are checked before the transaction, which only looks
 * whether the chain still stands where it stood.
 */
export async function takeBatch(
  { database, keys }: { database: Database; keys: KeyStore },
  till: SigningTill,
  batch: string | Uint8Array,
  nowMs: number,
  verify: Verify = verifyInSlices,
): Promise<IntakeResult> {
  for (;;) {
    const place = await signedPlace(database, till.tillId);
    const verified = await verifiedAt(database, till, place, batch, verify);
    const attached = await sealAttachments(keys, verified.good);
    const result = await storeLongest(database, till, place, { ...verified, attached }, nowMs);
    const isStored = ({ seq }: KeptAttachment): boolean =>
      result !== 'moved' && seq <= result.acknowledgedSeq;
    // Not if the store has failed: whether it has stored them is not known then.
    await keys.dataKeys.destroy(attached.filter((one) => !isStored(one)).flatMap(keysOf));
    if (result !== 'moved') return result;
  }
}

/** The batch as checked from `place` on; an entry that is here already with another text is its refusal. */
async function verifiedAt(
  queries: Queries,
  { tillId, publicKey, formerKeys = [] }: SigningTill,
  { keyIndex, ...place }: SignedPlace,
  batch: string | Uint8Array,
  verify: Verify,
): Promise<Verified> {
  const job = { tillId, keys: [...formerKeys, publicKey], keyIndex, place, batch };
  const verified = await verify({ ...job, suspect: null });
  const hashes = await knownHashes(queries, tillId, verified.known);
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
  till: SigningTill,
  place: ChainPlace,
  verified: SealedBatch,
  nowMs: number,
): Promise<IntakeResult | 'moved'> {
  const { attached } = verified;
  let attempt = verified;
  for (;;) {
    const { good } = attempt;
    try {
      return await database.transaction((queries) => store(queries, till, place, attempt, nowMs));
    } catch (error) {
      const [first] = good;
      if (first === undefined || !isAboutValue(error)) throw error;
      const rejected = good.length === 1 ? notStorable(first) : null;
      const fewer = good.slice(0, Math.floor(good.length / 2));
      const lastSeq = fewer.at(-1)?.seq ?? 0;
      attempt = { known: [], good: fewer, rejected, attached: attached.filter(({ seq }) => seq <= lastSeq) };
    }
  }
}

async function store(
  queries: Queries,
  { tillId, epoch }: SigningTill,
  place: ChainPlace,
  { good, rejected, attached }: SealedBatch,
  nowMs: number,
): Promise<IntakeResult | 'moved'> {
  const { seq, hash } = await lockedPlace(queries, tillId);
  if (seq !== place.seq || hash !== place.hash) return 'moved';
  const entries = await withSums(queries, tillId, good);
  const epochOf = await epochsOf(queries, tillId, epoch);
  await append(queries, tillId, entries, epochOf, nowMs);
  await storeAttachments(queries, tillId, attached);
  await countAccepted(queries, tillId, entries);
  if (good.length > 0) await endAlarmsOfKind(queries, tillId, 'journal-refused', nowMs);
  const afterSeq = good.at(-1)?.seq ?? seq;
  const done = { acknowledgedSeq: afterSeq, taken: good.length };
  if (rejected === null) return { ...done, refused: null };
  const { fault, waitingEntries } = rejected;
  // One for each fault at a place: another fault there is another alarm, and overwrites none.
  const subject = `${afterSeq} ${fault}`;
  const data = { afterSeq, fault, waitingEntries };
  await raiseAlarm(queries, { tillId, kind: 'journal-refused', subject, data }, nowMs);
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

/**
 * The epoch of each entry: the store's, in which it is taken, unless its till had sent it before that began. Throws Problem
 * `store-in-doubt`: what is taken then would be taken for what the store has lost.
 */
async function epochsOf(
  queries: Queries,
  tillId: string,
  expected: number | undefined,
): Promise<(entry: { seq: number }) => number> {
  const { epoch } = await trustedEpoch(queries);
  // A new epoch has begun since the till was asked what it had sent before.
  if (expected !== undefined && epoch !== expected) throw new Problem('store-in-doubt', {});
  if (epoch === 1) return () => epoch;
  const [till] = await queries.query<Pick<Row<'tills'>, 'sent_before_epoch_seq'>>(
    sql`select sent_before_epoch_seq from tills where till_id = ${tillId}`,
  );
  const sentBeforeSeq = till?.sent_before_epoch_seq ?? 0;
  return ({ seq }) => (seq <= sentBeforeSeq ? epoch - 1 : epoch);
}

/** Rows of one statement: few enough that to write its text is a moment's work, and that PostgreSQL takes it (65 535 values). */
const maxRows = 250;

async function append(
  queries: Queries,
  tillId: string,
  good: readonly GoodEntry[],
  epochOf: (entry: { seq: number }) => number,
  nowMs: number,
): Promise<void> {
  const [bucket, receivedAt] = [tillBucket(tillId), new Date(nowMs)];
  for (let from = 0; from < good.length; from += maxRows) {
    const list = good
      .slice(from, from + maxRows)
      .map((entry) => [
        bucket,
        tillId,
        entry.seq,
        entry.kind,
        entry.version,
        entry.saleId,
        entry.tender,
        entry.figures?.amountMinor ?? null,
        entry.figures?.currency ?? null,
        entry.keyNumber,
        entry.payload,
        entry.signature,
        entry.hash,
        receivedAt,
        epochOf(entry),
      ]);
    await queries.query(sql`
      insert into intake (till_bucket, till_id, seq, kind, version, sale_id, tender, amount_minor, currency, key_number, payload, signature,
        hash, received_at, epoch)
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

async function signedPlace(queries: Queries, tillId: string): Promise<SignedPlace> {
  const [last] = await queries.query<Pick<Row<'intake'>, 'seq' | 'hash' | 'key_number'>>(sql`
    select seq, hash, key_number from intake where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId}
    order by seq desc limit 1`);
  if (last === undefined) return { seq: 0, hash: genesisHash, keyIndex: 0 };
  return { seq: last.seq, hash: last.hash, keyIndex: last.key_number - 1 };
}
