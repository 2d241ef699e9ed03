import type { KeyObject } from 'node:crypto';
import { applyMessage, emptyStopList, listHash, type StopList, type StopListError } from '@bivak/stoplist';
import { all, first, type Journal } from '../journal/index.ts';

/** The stop-list that is in force at this till. */
export interface StopListStore {
  current(): StopList;
  /** How long ago the host last confirmed it as its newest; null if it never did. */
  ageMs(nowMs: number): number | null;
  /**
   * Applies a message of the host. A new version is on the disk, and in the journal, when this returns. Gives a named
   * error, and changes nothing, if the message is not signed by the host, or is older than the list in force.
   */
  apply(message: string, hostKey: KeyObject): 'applied' | 'unchanged' | StopListError;
  /** Records that the list in force is the host's newest. */
  confirm(nowMs: number): void;
}

export function stopListStore(journal: Journal): StopListStore {
  const { database } = journal;
  let { list, confirmedAtMs } = stored(journal);
  const save = database.prepare('UPDATE stop_list SET version = ?, issued_at_ms = ?');
  const insert = database.prepare('INSERT INTO stop_list_entry (entry) VALUES (?)');
  const remove = database.prepare('DELETE FROM stop_list_entry WHERE entry = ?');
  const confirm = database.prepare('UPDATE stop_list SET confirmed_at_ms = ?');
  const write = (next: StopList): void => {
    save.run(next.version, next.issuedAtMs);
    for (const entry of list.entries) if (!next.entries.has(entry)) remove.run(entry);
    for (const entry of next.entries) if (!list.entries.has(entry)) insert.run(entry);
  };
  return {
    current: () => list,
    ageMs: (nowMs) => (confirmedAtMs === null ? null : Math.max(0, nowMs - confirmedAtMs)),
    apply(message, hostKey) {
      const result = applyMessage(list, message, hostKey);
      if (!result.ok) return result.error;
      if (result.list.version === list.version) return 'unchanged';
      journal.append({ kind: 'stop-list.applied', body: { version: result.list.version } }, () =>
        write(result.list),
      );
      list = result.list;
      return 'applied';
    },
    confirm(nowMs) {
      confirm.run(nowMs);
      confirmedAtMs = nowMs;
    },
  };
}

function stored({ database }: Journal): { list: StopList; confirmedAtMs: number | null } {
  const row = first<{ version: number; issuedAtMs: number; confirmedAtMs: number | null }>(
    database.prepare(
      'SELECT version, issued_at_ms AS issuedAtMs, confirmed_at_ms AS confirmedAtMs FROM stop_list',
    ),
  )!;
  const entries = all<{ entry: string }>(database.prepare('SELECT entry FROM stop_list_entry'));
  const list: StopList =
    row.version === 0
      ? emptyStopList
      : {
          version: row.version,
          issuedAtMs: row.issuedAtMs,
          entries: new Set(entries.map(({ entry }) => entry)),
          hash: listHash(
            row.version,
            entries.map(({ entry }) => entry),
          ),
        };
  return { list, confirmedAtMs: row.confirmedAtMs };
}
