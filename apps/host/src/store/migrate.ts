import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from './database.ts';
import { type Queries, sql } from './queries.ts';
import type { Row } from './tables.ts';

const folder = join(import.meta.dirname, 'migrations');

export interface Migration {
  name: string;
  text: string;
  checksum: string;
}

/** The migrations in order: numbered folders with `up.sql` and `note.md` (why, what it locks, how long). */
export function migrations(): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}_/.test(name))
    .toSorted()
    .map((name) => {
      if (!existsSync(join(folder, name, 'note.md'))) throw new Error(`migration ${name} has no note.md`);
      const text = readFileSync(join(folder, name, 'up.sql'), 'utf8');
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
    });
}

/**
 * Brings the store up to date, each migration in a transaction of its own; hosts that start together follow each other.
 * Throws an Error if one that has run was changed since (a migration is never edited, another one follows), and if the
 * store has one that this program does not know: an older program would not keep a newer store's rules.
 */
export async function migrate(
  database: Database,
  nowMs: number,
  wanted: readonly Migration[] = migrations(),
): Promise<string[]> {
  await database.query(sql`
    create table if not exists migrations (
      name text primary key, checksum text not null, applied_at timestamptz not null
    )`);
  await refuseNewer(database, wanted);
  const made: string[] = [];
  for (const migration of wanted) {
    const isNew = await database.transaction((queries) => apply(queries, migration, nowMs));
    if (isNew) made.push(migration.name);
  }
  return made;
}

async function refuseNewer(queries: Queries, wanted: readonly Migration[]): Promise<void> {
  const applied = await queries.query<Pick<Row<'migrations'>, 'name'>>(
    sql`select name from migrations order by name`,
  );
  const known = new Set(wanted.map(({ name }) => name));
  const unknown = applied.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new Error(
      `the store is newer than this program, which does not know ${unknown.join(', ')}: start the version that made it, or a later one`,
    );
}

async function apply(queries: Queries, { name, text, checksum }: Migration, nowMs: number): Promise<boolean> {
  await queries.query(sql`lock table migrations in share row exclusive mode`);
  const [before] = await queries.query<Pick<Row<'migrations'>, 'checksum'>>(
    sql`select checksum from migrations where name = ${name}`,
  );
  if (before?.checksum === checksum) return false;
  if (before !== undefined)
    throw new Error(`migration ${name} was changed after it had run: add a new one instead`);
  await queries.query({ text, values: [] });
  await queries.query(sql`
    insert into migrations (name, checksum, applied_at) values (${name}, ${checksum}, ${new Date(nowMs)})`);
  return true;
}
