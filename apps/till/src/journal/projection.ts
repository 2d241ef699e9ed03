import type { DatabaseSync } from 'node:sqlite';
import { type Entry, type EntryEnvelope, entryKinds } from '@bivak/journal';
import { first, inTransaction } from './database.ts';

/** Tables that are folded from the journal, in the same transaction as each entry. */
export interface Projection {
  name: string;
  /** Raised when the tables or the fold change: the projection is then rebuilt from the journal at the next start. */
  version: number;
  tables: readonly { name: string; sql: string }[];
  /** Prepares the fold; what it returns is called once for each entry, in order, inside the entry's transaction. */
  fold(database: DatabaseSync): (entry: Entry) => void;
  /**
   * The same for an entry of a kind or version that this program does not know: a newer program wrote it before the till was
   * rolled back to this one. Most projections leave such entries out.
   */
  foldUnreadable?(database: DatabaseSync): (envelope: EntryEnvelope) => void;
}

/** An entry of the journal: read whole, or its envelope alone if this program does not know its kind or version. */
export type StoredEntry = { entry: Entry } | { envelope: EntryEnvelope };

export type Fold = (stored: StoredEntry) => void;

/** The kinds of entries that this program reads, with their versions. */
const kindsRead = (): string =>
  JSON.stringify(Object.entries(entryKinds).map(([kind, { version }]) => [kind, version]));

/**
 * Makes the projections' tables from all entries, if they are missing, of another version, or were folded by a program that
 * reads more or fewer kinds of entries than this one; gives one fold that keeps all of them.
 */
export function prepareProjections(
  database: DatabaseSync,
  projections: readonly Projection[],
  entries: () => Iterable<StoredEntry>,
): Fold {
  const folded = database.prepare('SELECT 1 FROM projection WHERE name = ? AND version = ? AND kinds = ?');
  const stale = projections.filter(
    ({ name, version }) => first(folded, name, version, kindsRead()) === undefined,
  );
  if (stale.length > 0) inTransaction(database, () => rebuild(database, stale, entries()));
  return foldOf(database, projections);
}

function foldOf(database: DatabaseSync, projections: readonly Projection[]): Fold {
  const readable = projections.map((projection) => projection.fold(database));
  const unreadable = projections.flatMap((projection) => projection.foldUnreadable?.(database) ?? []);
  return (stored) => {
    if ('entry' in stored) for (const fold of readable) fold(stored.entry);
    else for (const fold of unreadable) fold(stored.envelope);
  };
}

function rebuild(
  database: DatabaseSync,
  projections: readonly Projection[],
  entries: Iterable<StoredEntry>,
): void {
  for (const { name, version, tables } of projections) {
    for (const table of tables) database.exec(`DROP TABLE IF EXISTS ${table.name}; ${table.sql}`);
    database
      .prepare('INSERT OR REPLACE INTO projection (name, version, kinds) VALUES (?, ?, ?)')
      .run(name, version, kindsRead());
  }
  const fold = foldOf(database, projections);
  for (const stored of entries) fold(stored);
}
