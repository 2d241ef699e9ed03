import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { migrate, migrationOf, migrations } from './migrate.ts';

const first = migrationOf('0001_a', 'CREATE TABLE a (x INTEGER) STRICT;');
const second = migrationOf('0002_b', 'ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1;');
const stepsIn = (database: DatabaseSync): unknown[] =>
  database
    .prepare('SELECT name FROM migration ORDER BY name')
    .all()
    .map(({ name }) => name);

describe('the steps of the till’s store', () => {
  it('are numbered without a gap, each with a note on why, what it locks and how long it takes', () => {
    const names = migrations().map(({ name }) => name);
    expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_, index) => index + 1));
    const folder = join(import.meta.dirname, 'migrations');
    expect(readdirSync(folder).toSorted()).toEqual(names);
    for (const name of names) {
      expect(existsSync(join(folder, name, 'up.sql'))).toBe(true);
      expect(readFileSync(join(folder, name, 'note.md'), 'utf8')).toMatch(/Why: .*Locks: .*Takes: /s);
    }
  });

  it('are made once, in order, and keep what is there', () => {
    const database = new DatabaseSync(':memory:');
    expect(migrate(database, 1, [first])).toEqual(['0001_a']);
    database.exec('INSERT INTO a (x) VALUES (5)');
    expect(migrate(database, 2, [first, second])).toEqual(['0002_b']);
    expect(database.prepare('SELECT x, y FROM a').get()).toEqual({ x: 5, y: 6 });
    expect(migrate(database, 3, [first, second])).toEqual([]);
    expect(database.prepare('SELECT name, applied_at_ms AS atMs FROM migration ORDER BY name').all()).toEqual(
      [
        { name: '0001_a', atMs: 1 },
        { name: '0002_b', atMs: 2 },
      ],
    );
  });

  it('are made all or none', () => {
    const database = new DatabaseSync(':memory:');
    migrate(database, 1, [first]);
    expect(() => migrate(database, 2, [first, second, migrationOf('0003_c', 'nonsense')])).toThrow(/syntax/);
    expect(stepsIn(database)).toEqual(['0001_a']);
    expect(database.prepare('SELECT * FROM a').columns()).toHaveLength(1);
  });

  it('that only a newer program knows stop this one, and nothing is changed', () => {
    const database = new DatabaseSync(':memory:');
    migrate(database, 1, [first, second]);
    const other = migrationOf('0001_z', 'CREATE TABLE z (x INTEGER) STRICT;');
    expect(() => migrate(database, 2, [first, other])).toThrow(
      expect.objectContaining({ facts: { code: 'store-newer', migration: '0002_b' } }),
    );
    expect(stepsIn(database)).toEqual(['0001_a', '0002_b']);
  });

  it('are never edited', () => {
    const database = new DatabaseSync(':memory:');
    migrate(database, 1, [first]);
    expect(() => migrate(database, 2, [migrationOf('0001_a', `${first.text} `)])).toThrow(/add a new one/);
  });
});
