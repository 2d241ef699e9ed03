import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { all, inTransaction } from './database.ts';
import { JournalError } from './journal-error.ts';

const folder = join(import.meta.dirname, 'migrations');

export interface Migration {
  name: string;
  text: string;
  checksum: string;
}

/** The steps in order: numbered folders with `up.sql` and `note.md` (why, what it locks, how long it takes). */
export function migrations(): Migration[] {
  return readdirSync(folder)
    .toSorted()
    .map((name) => {
      if (!existsSync(join(folder, name, 'note.md'))) throw new Error(`migration ${name} has no note.md`);
      return migrationOf(name, readFileSync(join(folder, name, 'up.sql'), 'utf8'));
    });
}

export const migrationOf = (name: string, text: string): Migration => ({
  name,
  text,
  checksum: createHash('sha256').update(text).digest('hex'),
});

/**
 * Brings the till's tables up to date, all steps in one transaction, and gives the names of those that were new. Throws
 * {@link JournalError} `store-newer`, and changes nothing, if the store has a step that this program does not know; an Error
 * if a step that has run was changed since: a step is never edited, another one follows.
 */
export function migrate(
  database: DatabaseSync,
  nowMs: number,
  steps: readonly Migration[] = migrations(),
): string[] {
  return inTransaction(database, () => {
    const done = stepsDone(database);
    const unknown = [...done.keys()].find((name) => !steps.some((step) => step.name === name));
    if (unknown !== undefined) throw new JournalError({ code: 'store-newer', migration: unknown });
    const changed = steps.find(({ name, checksum }) => (done.get(name) ?? checksum) !== checksum);
    if (changed !== undefined)
      throw new Error(`migration ${changed.name} was changed after it had run: add a new one instead`);
    const wanted = steps.filter(({ name }) => !done.has(name));
    for (const { name, text, checksum } of wanted) {
      database.exec(text);
      database
        .prepare('INSERT INTO migration (name, checksum, applied_at_ms) VALUES (?, ?, ?)')
        .run(name, checksum, nowMs);
    }
    return wanted.map(({ name }) => name);
  });
}

function stepsDone(database: DatabaseSync): Map<string, string> {
  database.exec(`CREATE TABLE IF NOT EXISTS migration (
    name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at_ms INTEGER NOT NULL
  ) STRICT;`);
  const rows = all<{ name: string; checksum: string }>(
    database.prepare('SELECT name, checksum FROM migration ORDER BY name'),
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}
