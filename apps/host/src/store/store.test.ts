import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketCount, cardBucket, openDatabase, rows, sql, tillBucket } from './index.ts';
import { migrate, migrations } from './migrate.ts';
import { startTestDatabases, type TestDatabases } from './testing/databases.ts';

describe('buckets', () => {
  it('never move: a row’s bucket is part of its key', () => {
    expect(cardBucket('00000401'.padEnd(64, 'f'))).toBe(1);
    expect(cardBucket('f'.repeat(64))).toBe(1023);
    expect([tillBucket('till-1'), tillBucket('till-2')]).toEqual([904, 491]);
    expect(bucketCount).toBe(1024);
  });
});

describe('a statement', () => {
  it('keeps every value out of its text', () => {
    const evil = "'; drop table payments; --";
    expect(sql`select ${evil}, ${2}`).toEqual({ text: 'select $1, $2', values: [evil, 2] });
    expect(
      sql`insert into t values ${rows([
        [1, evil],
        [3, 4],
      ])} returning ${5}`,
    ).toEqual({
      text: 'insert into t values ($1, $2), ($3, $4) returning $5',
      values: [1, evil, 3, 4, 5],
    });
  });
});

describe('the store', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());

  it('undoes a transaction that fails, and gives integers as numbers', async () => {
    const { database } = await databases.fresh();
    await database.query(sql`create table counted (of bigint)`);
    const failed = database.transaction(async (queries) => {
      await queries.query(sql`insert into counted (of) values (${1})`);
      throw new Error('stop');
    });
    await expect(failed).rejects.toThrow('stop');
    expect(await database.query(sql`select of from counted`)).toEqual([]);
    await database.query(sql`insert into counted (of) values (${Number.MAX_SAFE_INTEGER})`);
    expect(await database.query(sql`select of from counted`)).toEqual([{ of: Number.MAX_SAFE_INTEGER }]);
    await database.query(sql`update counted set of = of + 1`);
    await expect(database.query(sql`select of from counted`)).rejects.toThrow('no safe integer');
  });

  it('fails a transaction whose connection is ended between two statements, and goes on', async () => {
    const { database, url } = await databases.fresh();
    const lost = openDatabase(url, () => {}, 1);
    const isGone = lost.transaction(async (queries) => {
      const [session] = await queries.query<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await database.query(sql`select pg_terminate_backend(${session!.pid})`);
      const isListed = () => database.query(sql`select 1 from pg_stat_activity where pid = ${session!.pid}`);
      while ((await isListed()).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await new Promise((resolve) => setTimeout(resolve, 10)); // the end arrives while no statement is under way
      await queries.query(sql`select 1`);
    });
    await expect(isGone).rejects.toThrow();
    expect(await lost.query(sql`select 2 as two`)).toEqual([{ two: 2 }]);
    await lost.close();
  });

  it('runs a migration once, also if two hosts start together, and refuses one that was changed', async () => {
    const { database } = await databases.fresh();
    expect(await migrate(database, 0)).toEqual([]);
    const next = { name: '9001_next', text: 'create table next (n integer)', checksum: 'a' };
    const both = await Promise.all([
      migrate(database, 0, [...migrations(), next]),
      migrate(database, 0, [...migrations(), next]),
    ]);
    expect(both.flat()).toEqual(['9001_next']);
    const edited = [...migrations(), { ...next, checksum: 'b' }];
    await expect(migrate(database, 0, edited)).rejects.toThrow('was changed');
    const broken = {
      name: '9002_broken',
      text: 'create table half (n integer); select 1 / 0',
      checksum: 'c',
    };
    await expect(migrate(database, 0, [...migrations(), next, broken])).rejects.toThrow('division by zero');
    expect(await database.query(sql`select to_regclass('half') as half`)).toEqual([{ half: null }]);
  });

  it('refuses to run on a store that is newer than the program, and changes nothing in it', async () => {
    const { database } = await databases.fresh();
    const newer = { name: '9001_newer', text: 'create table newer (n integer)', checksum: 'a' };
    await migrate(database, 0, [...migrations(), newer]);
    const own = { name: '9000_own', text: 'create table own (n integer)', checksum: 'b' };
    await expect(migrate(database, 0, [...migrations(), own])).rejects.toThrow(
      'the store is newer than this program, which does not know 9001_newer',
    );
    expect(await database.query(sql`select to_regclass('own') as own`)).toEqual([{ own: null }]);
  });

  it('does what waits for a commit once it is committed, and never if it fails', async () => {
    const { database } = await databases.fresh();
    const done: string[] = [];
    await database.transaction(async ({ onCommit, query }) => {
      onCommit(() => done.push('committed'));
      await query(sql`select 1`);
      expect(done).toEqual([]);
    });
    const failed = database.transaction(async ({ onCommit }) => {
      onCommit(() => done.push('never'));
      throw new Error('stop');
    });
    await expect(failed).rejects.toThrow('stop');
    database.onCommit(() => done.push('at once'));
    expect(done).toEqual(['committed', 'at once']);
  });
});
