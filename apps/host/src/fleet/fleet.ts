import { createHash, createPublicKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Problem } from '@bivak/domain';
import { type Queries, type Row, sql, tillBucket } from '../store/index.ts';

/** A till as the host's configuration names it. */
export interface TillSetting {
  tillId: string;
  place: string;
  enrolmentCode: string;
}

export interface Till {
  tillId: string;
  publicKey: KeyObject | null;
  /** Its keys before that, the oldest first: they sign no request any more. */
  formerKeys: KeyObject[];
}

const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex');

/** Makes the configured tills known. A till that is enrolled keeps its key, until another is enrolled with a new code. */
export async function registerTills(queries: Queries, tills: readonly TillSetting[]): Promise<void> {
  for (const { tillId, place, enrolmentCode } of tills) {
    await queries.query(sql`
      insert into tills (till_id, till_bucket, place, former_keys, enrolment_code_hash)
      values (${tillId}, ${tillBucket(tillId)}, ${place}, '[]', ${hashOf(enrolmentCode)})
      on conflict (till_id) do update set place = excluded.place, enrolment_code_hash = excluded.enrolment_code_hash`);
  }
}

/** Reads an Ed25519 public key (SPKI, base64); undefined if it is none. */
function readPublicKey(text: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes a till's key in exchange for its one-time code. The same key again is no error (the response may have been lost);
 * another key needs another code, so that a code which somebody else has seen is worth nothing afterwards. The key before is
 * kept: what the till has signed with it and not shipped yet is taken. Throws Problem `unknown-till`, `wrong-code`, `bad-key` or
 * `enrolled-with-another-key`.
 */
export async function enrolTill(
  queries: Queries,
  { tillId, code, publicKey }: { tillId: string; code: string; publicKey: string },
  nowMs: number,
): Promise<void> {
  const [till] = await queries.query<
    Pick<
      Row<'tills'>,
      'enrolment_code_hash' | 'public_key' | 'former_keys' | 'used_code_hash' | 'enrolled_at'
    >
  >(sql`
    select enrolment_code_hash, public_key, former_keys, used_code_hash, enrolled_at from tills where till_id = ${tillId}`);
  if (till === undefined) throw new Problem('unknown-till', { tillId });
  const codeHash = hashOf(code);
  if (!timingSafeEqual(Buffer.from(codeHash), Buffer.from(till.enrolment_code_hash)))
    throw new Problem('wrong-code', {});
  const key = readPublicKey(publicKey);
  if (key === undefined) throw new Problem('bad-key', {});
  // As it is written by everybody: readers of base64 skip what is none, also what the store cannot hold.
  const keyText = key.export({ type: 'spki', format: 'der' }).toString('base64');
  if (till.used_code_hash === codeHash) {
    if (till.public_key === keyText) return;
    throw new Problem('enrolled-with-another-key', {});
  }
  const formerKeys = JSON.stringify(formerKeysOf(till, keyText, nowMs));
  const enrolled = await queries.query(sql`
    update tills set public_key = ${keyText}, former_keys = ${formerKeys}, used_code_hash = ${codeHash}, enrolled_at = ${new Date(nowMs)}
    where till_id = ${tillId} and used_code_hash is not distinct from ${till.used_code_hash} returning till_id`);
  if (enrolled.length === 0) throw new Problem('enrolled-with-another-key', {});
}

/** A till's keys before `next`, the oldest first. */
function formerKeysOf(
  { public_key, former_keys, enrolled_at }: Pick<Row<'tills'>, 'public_key' | 'former_keys' | 'enrolled_at'>,
  next: string,
  nowMs: number,
): Row<'tills'>['former_keys'] {
  if (public_key === null || public_key === next) return former_keys;
  const replacedAt = new Date(nowMs).toISOString();
  const enrolledAt = enrolled_at?.toISOString() ?? replacedAt;
  return [...former_keys, { publicKey: public_key, enrolledAt, replacedAt }];
}

/** A till and its keys; undefined if there is no such till. */
export async function findTill(queries: Queries, tillId: string): Promise<Till | undefined> {
  const [row] = await queries.query<Pick<Row<'tills'>, 'public_key' | 'former_keys'>>(
    sql`select public_key, former_keys from tills where till_id = ${tillId}`,
  );
  if (row === undefined) return undefined;
  return {
    tillId,
    publicKey: row.public_key === null ? null : (readPublicKey(row.public_key) ?? null),
    formerKeys: row.former_keys.flatMap(({ publicKey }) => readPublicKey(publicKey) ?? []),
  };
}
