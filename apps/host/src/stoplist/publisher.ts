import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Clock } from '@bivak/clock';
import { createFile, type Logger } from '@bivak/process';
import { buildDelta, buildSnapshot } from '@bivak/stoplist';
import { type Database, type Queries, type Row, sql, startWorker, type Worker } from '../store/index.ts';

/** The key that signs the list: made at the first start, in a file that only the host's user may read. */
export function signingKey(file: string): { privateKey: KeyObject; publicKey: string } {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    createFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
  }
  const privateKey = createPrivateKey(readFileSync(file, 'utf8'));
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
  return { privateKey, publicKey };
}

type VersionRow = Row<'stop_list_versions'>;

/** The newest version; undefined if none was published. */
export async function newestVersion(queries: Queries): Promise<VersionRow | undefined> {
  const [row] = await queries.query<VersionRow>(sql`
    select version, issued_at, card_references from stop_list_versions order by version desc limit 1`);
  return row;
}

/** Starts what publishes a new version whenever the entries have changed. */
export function startPublisher(database: Database, clock: Clock, log: Logger): Worker {
  return startWorker('stop-list', clock, log, async () => {
    // Another host may publish at the same moment: then what it has published is compared once more.
    while (!(await publish(database, clock.nowMs(), log)));
    return null;
  });
}

/**
 * Publishes the entries if they differ from the newest version; false if another host has taken the number. The
 * version is read before the entries: these are then at least as new as what it was made of, so that nobody publishes an
 * older list over a newer one.
 */
export async function publish(database: Queries, nowMs: number, log: Logger): Promise<boolean> {
  const last = await newestVersion(database);
  const entries = await database.query<Pick<Row<'stop_list_entries'>, 'card_reference'>>(sql`
    select card_reference from stop_list_entries group by card_reference order by card_reference`);
  const references = entries.map(({ card_reference }) => card_reference);
  if (last !== undefined && JSON.stringify(last.card_references) === JSON.stringify(references)) return true;
  const version = (last?.version ?? 0) + 1;
  const made = await database.query(sql`
    insert into stop_list_versions (version, issued_at, card_references)
    values (${version}, ${new Date(nowMs)}, ${JSON.stringify(references)}) on conflict (version) do nothing returning version`);
  if (made.length > 0) log.info({ version, entries: references.length }, 'stop-list published');
  return made.length > 0;
}

/**
 * The signed message that brings a till to the newest list: the delta from its own version if that is known here,
 * else the whole list; null if the till has the newest.
 */
export async function stopListMessage(
  queries: Queries,
  privateKey: KeyObject,
  sinceVersion: number,
): Promise<{ version: number; message: string | null }> {
  const last = await newestVersion(queries);
  if (last === undefined) return { version: 0, message: null };
  if (last.version === sinceVersion) return { version: last.version, message: null };
  const to = {
    version: last.version,
    issuedAtMs: last.issued_at.getTime(),
    cardReferences: last.card_references,
  };
  const [from] = await queries.query<VersionRow>(sql`
    select version, issued_at, card_references from stop_list_versions where version = ${sinceVersion}`);
  const message =
    from === undefined || sinceVersion > last.version
      ? buildSnapshot(to, privateKey)
      : buildDelta({ version: from.version, cardReferences: from.card_references }, to, privateKey);
  return { version: last.version, message };
}
