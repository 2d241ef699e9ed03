import type { KeyObject } from 'node:crypto';
import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import { buildDelta, buildSnapshot, emptyStopList, entriesOf, listHash } from '@bivak/stoplist';
import { currentEpoch, stopListFloor } from '../epoch/epoch.ts';
import { type Database, type Queries, type Row, sql, startWorker, type Worker } from '../store/index.ts';

type VersionRow = Pick<Row<'stop_list_versions'>, 'version' | 'issued_at' | 'hash'> & { entries: string[] };

/** The newest version, which is stored whole; undefined if none was published. */
export async function newestVersion(queries: Queries): Promise<VersionRow | undefined> {
  const [row] = await queries.query<VersionRow>(sql`
    select version, issued_at, hash, entries from stop_list_versions order by version desc limit 1`);
  return row;
}

/** Starts what publishes a new version whenever the entries have changed, and removes the ones that no till has. */
export function startPublisher(database: Database, clock: Clock, log: Logger): Worker {
  return startWorker('stop-list', clock, log, async () => {
    // Another host may publish at the same moment: then what it has published is compared once more.
    while (!(await publish(database, clock.nowMs(), log)));
    return null;
  });
}

/**
 * Publishes the entries if they differ from the newest version, or if that is of an earlier epoch of the store; false if
 * another host has taken the number. The version is read before the entries: these are then at least as new as what it was
 * made of, so that nobody publishes an older list over a newer one.
 */
export async function publish(database: Database, nowMs: number, log: Logger): Promise<boolean> {
  const { epoch, inDoubt } = await currentEpoch(database);
  if (inDoubt) return true;
  const last = await newestVersion(database);
  const found = await database.query<Pick<Row<'stop_list_entries'>, 'card_reference'>>(sql`
    select card_reference from stop_list_entries group by card_reference order by card_reference`);
  const entries = entriesOf(found.map(({ card_reference }) => card_reference));
  const floor = stopListFloor(epoch);
  if (last !== undefined && last.version > floor && listHash(last.version, entries) === last.hash)
    return true;
  const before = last?.entries ?? [];
  const version = Math.max(last?.version ?? 0, floor) + 1;
  const made = await database.transaction(async (queries) => {
    const inserted = await queries.query(sql`
      insert into stop_list_versions (version, issued_at, hash, added, removed, entries)
      values (${version}, ${new Date(nowMs)}, ${listHash(version, entries)}, ${JSON.stringify(without(entries, before))},
        ${JSON.stringify(without(before, entries))}, ${JSON.stringify(entries)})
      on conflict (version) do nothing returning version`);
    if (inserted.length === 0) return false;
    await queries.query(sql`
      update stop_list_versions set entries = null where version < ${version} and entries is not null`);
    await prune(queries, version);
    return true;
  });
  if (made) log.info({ version, entries: entries.length }, 'stop-list published');
  return made;
}

function without(entries: readonly string[], others: readonly string[]): string[] {
  const excluded = new Set(others);
  return entries.filter((entry) => !excluded.has(entry));
}

/** A till that is so many versions behind gets the whole list. */
const maxVersions = 500;

/** Removes the changes that lead from versions which no till has any more. */
async function prune(queries: Queries, newest: number): Promise<void> {
  const [oldest] = await queries.query<{ version: number | null }>(
    sql`select min(stop_list_version) as version from tills`,
  );
  const keptFrom = Math.max(Math.min(oldest?.version ?? newest, newest), newest - maxVersions);
  await queries.query(sql`delete from stop_list_versions where version < ${keptFrom}`);
}

/** The list that a till has. */
export interface HeldList {
  version: number;
  hash: string;
}

/**
 * The signed message that brings a till to the newest list: what has changed since its own list, if that was published here
 * with the same content and the change is no longer than the list; else the whole list; null if the till has the newest.
 */
export async function stopListMessage(
  queries: Queries,
  signing: { privateKey: KeyObject; epochId: string },
  held: HeldList,
): Promise<HeldList & { message: string | null }> {
  const last = await newestVersion(queries);
  if (last === undefined) return { ...emptyListOf(), message: null };
  const { version, hash, entries } = last;
  if (version === held.version && hash === held.hash) return { version, hash, message: null };
  const published = { epochId: signing.epochId, version, issuedAtMs: last.issued_at.getTime() };
  const change = await changeSince(queries, held, version);
  const isShort = change !== undefined && change.added.length + change.removed.length <= entries.length + 1;
  const message = isShort
    ? buildDelta(held, { ...published, hash, ...change }, signing.privateKey)
    : buildSnapshot({ ...published, entries }, signing.privateKey);
  return { version, hash, message };
}

const emptyListOf = (): HeldList => ({ version: emptyStopList.version, hash: emptyStopList.hash });

/** What has changed from a list to version `to`; undefined if that list is not known here. */
async function changeSince(
  queries: Queries,
  held: HeldList,
  to: number,
): Promise<{ added: string[]; removed: string[] } | undefined> {
  const changes = await queries.query<
    Pick<Row<'stop_list_versions'>, 'version' | 'hash' | 'added' | 'removed'>
  >(sql`
    select version, hash, added, removed from stop_list_versions
    where version >= ${held.version} and version <= ${to} order by version`);
  const [base, ...later] = changes;
  if (base?.version !== held.version || base.hash !== held.hash) return undefined;
  // Whether an entry is on the list at the end, and whether it was at the beginning.
  const now = new Map<string, boolean>();
  const before = new Map<string, boolean>();
  for (const { added, removed } of later) {
    for (const [entries, isOn] of [
      [added, true],
      [removed, false],
    ] as const)
      for (const entry of entries) {
        if (!before.has(entry)) before.set(entry, !isOn);
        now.set(entry, isOn);
      }
  }
  const changed = [...now].filter(([entry, isOn]) => isOn !== before.get(entry));
  return {
    added: changed.flatMap(([entry, isOn]) => (isOn ? entry : [])),
    removed: changed.flatMap(([entry, isOn]) => (isOn ? [] : entry)),
  };
}

/** What the store has published under a version, if it still has that; and its newest version. */
export async function publishedHash(
  queries: Queries,
  version: number,
): Promise<{ newest: number; hash: string | null }> {
  const [newest] = await queries.query<{ version: number | null }>(
    sql`select max(version) as version from stop_list_versions`,
  );
  const [row] = await queries.query<Pick<Row<'stop_list_versions'>, 'hash'>>(
    sql`select hash from stop_list_versions where version = ${version}`,
  );
  return { newest: newest?.version ?? 0, hash: row?.hash ?? null };
}
