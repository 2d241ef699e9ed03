import type { DatabaseSync } from 'node:sqlite';
import type { EntryPayload } from '@bivak/journal';
import { first, inTransaction } from './database.ts';

/** Tables that are folded from the journal, in the same transaction as each entry. */
export interface Projection {
  name: string;
  /** Raised when the tables or the fold change: the projection is then rebuilt from the journal at the next start. */
  version: number;
  tables: readonly { name: string; sql: string }[];
  /** Prepares the fold; what it returns is called once for each entry, in order, inside the entry's transaction. */
  fold(database: DatabaseSync): (entry: EntryPayload) => void;
}

export const projectionTable = `
  CREATE TABLE IF NOT EXISTS projection (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;`;

/** Makes the projections' tables where they are missing or of another version, from all entries, and gives their folds. */
export function prepareProjections(
  database: DatabaseSync,
  projections: readonly Projection[],
  entries: () => Iterable<EntryPayload>,
): ((entry: EntryPayload) => void)[] {
  const versionOf = database.prepare('SELECT version FROM projection WHERE name = ?');
  const stale = projections.filter(
    ({ name, version }) => first<{ version: number }>(versionOf, name)?.version !== version,
  );
  if (stale.length > 0) inTransaction(database, () => rebuild(database, stale, entries()));
  return projections.map((projection) => projection.fold(database));
}

function rebuild(
  database: DatabaseSync,
  projections: readonly Projection[],
  entries: Iterable<EntryPayload>,
): void {
  for (const { name, version, tables } of projections) {
    for (const table of tables) database.exec(`DROP TABLE IF EXISTS ${table.name}; ${table.sql}`);
    database.prepare('INSERT OR REPLACE INTO projection (name, version) VALUES (?, ?)').run(name, version);
  }
  const folds = projections.map((projection) => projection.fold(database));
  for (const entry of entries) for (const fold of folds) fold(entry);
}
