import { createHash, createPublicKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { hostApi } from '@bivak/contracts';
import { type Queries, sql, tillBucket } from '../store/index.ts';

/** A till as the host's configuration names it. */
export interface TillSetting {
  tillId: string;
  place: string;
  enrolmentCode: string;
}

export interface Till {
  tillId: string;
  publicKey: KeyObject | null;
}

const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex');

/** Makes the configured tills known. A till that is enrolled keeps its key, until another is enrolled with a new code. */
export async function registerTills(queries: Queries, tills: readonly TillSetting[]): Promise<void> {
  for (const { tillId, place, enrolmentCode } of tills) {
    await queries.query(sql`
      insert into tills (till_id, till_bucket, place, enrolment_code_hash)
      values (${tillId}, ${tillBucket(tillId)}, ${place}, ${hashOf(enrolmentCode)})
      on conflict (till_id) do update set place = excluded.place, enrolment_code_hash = excluded.enrolment_code_hash`);
  }
}

export type EnrolmentError = 'unknown-till' | 'wrong-code' | 'enrolled-with-another-key' | 'bad-key';

/** Reads an Ed25519 public key (SPKI, base64); undefined where it is none. */
function readPublicKey(text: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes a till's key in exchange for its one-time code. The same key again is no error (the answer may have been lost);
 * another key needs another code, so that a code which was seen by somebody else is worth nothing afterwards.
 */
export async function enrolTill(
  queries: Queries,
  asked: { tillId: string; code: string; publicKey: string },
  nowMs: number,
): Promise<EnrolmentError | null> {
  const [till] = await queries.query<{
    enrolment_code_hash: string;
    public_key: string | null;
    used_code_hash: string | null;
  }>(sql`select enrolment_code_hash, public_key, used_code_hash from tills where till_id = ${asked.tillId}`);
  if (till === undefined) return 'unknown-till';
  const codeHash = hashOf(asked.code);
  if (!timingSafeEqual(Buffer.from(codeHash), Buffer.from(till.enrolment_code_hash))) return 'wrong-code';
  if (readPublicKey(asked.publicKey) === undefined) return 'bad-key';
  if (till.used_code_hash === codeHash)
    return till.public_key === asked.publicKey ? null : 'enrolled-with-another-key';
  const enrolled = await queries.query(sql`
    update tills set public_key = ${asked.publicKey}, used_code_hash = ${codeHash}, enrolled_at = ${new Date(nowMs)}
    where till_id = ${asked.tillId} and used_code_hash is not distinct from ${till.used_code_hash} returning till_id`);
  return enrolled.length > 0 ? null : 'enrolled-with-another-key';
}

/** A till and its key; undefined where there is no such till. */
export async function findTill(queries: Queries, tillId: string): Promise<Till | undefined> {
  const [row] = await queries.query<{ public_key: string | null }>(
    sql`select public_key from tills where till_id = ${tillId}`,
  );
  if (row === undefined) return undefined;
  return { tillId, publicKey: row.public_key === null ? null : (readPublicKey(row.public_key) ?? null) };
}

/** Notes that a till was heard, and which stop-list it has. */
export async function noteContact(
  queries: Queries,
  tillId: string,
  nowMs: number,
  stopListVersion?: number,
): Promise<void> {
  await queries.query(sql`
    update tills set last_contact_at = ${new Date(nowMs)},
      stop_list_version = coalesce(${stopListVersion ?? null}::integer, stop_list_version)
    where till_id = ${tillId}`);
}

/** Raises an alarm for a till; the latest stands. */
export async function raiseAlarm(
  queries: Queries,
  tillId: string,
  what: string,
  nowMs: number,
): Promise<void> {
  await queries.query(
    sql`update tills set alarm_what = ${what}, alarm_at = ${new Date(nowMs)} where till_id = ${tillId}`,
  );
}

interface TillRow {
  till_id: string;
  till_bucket: number;
  place: string;
  enrolled_at: Date | null;
  last_contact_at: Date | null;
  stop_list_version: number | null;
  alarm_what: string | null;
  alarm_at: Date | null;
}

/** Every till as the console shows it. */
export async function listTills(queries: Queries): Promise<hostApi.TillSummary[]> {
  const rows = await queries.query<TillRow>(sql`
    select till_id, till_bucket, place, enrolled_at, last_contact_at, stop_list_version, alarm_what, alarm_at
    from tills order by till_id`);
  return Promise.all(rows.map((row) => summary(queries, row)));
}

async function summary(queries: Queries, row: TillRow): Promise<hostApi.TillSummary> {
  const [last] = await queries.query<{ seq: number | null }>(sql`
    select max(seq) as seq from intake where till_bucket = ${row.till_bucket} and till_id = ${row.till_id}`);
  const [sales] = await queries.query<{ count: number }>(sql`
    select count(*) as count from intake
    where till_bucket = ${row.till_bucket} and till_id = ${row.till_id} and kind = 'sale.accepted'`);
  const at = (instant: Date | null): string | null => instant?.toISOString() ?? null;
  return {
    tillId: row.till_id,
    place: row.place,
    enrolledAt: at(row.enrolled_at),
    lastContactAt: at(row.last_contact_at),
    acknowledgedSeq: last?.seq ?? 0,
    stopListVersion: row.stop_list_version,
    sales: sales?.count ?? 0,
    alarm:
      row.alarm_what === null || row.alarm_at === null
        ? null
        : { what: row.alarm_what, at: row.alarm_at.toISOString() },
  };
}
