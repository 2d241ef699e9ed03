import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, type Queries, sql } from './index.ts';
import { startTestDatabases, type TestDatabases } from './testing/databases.ts';

let databases: TestDatabases;
let database: Database;

beforeAll(async () => {
  databases = await startTestDatabases();
}, 120_000);
afterAll(() => databases.stop());
beforeEach(async () => {
  ({ database } = await databases.emptied());
});

/** A row of a table with a bucket in front, which stands here for any. */
const put = (bucket: number, seq: number) => sql`
  insert into intake_folded (till_bucket, till_id, seq) values (${bucket}, ${`till-${bucket}`}, ${seq})`;
const change = (bucket: number, seq: number) => sql`
  update intake_folded set seq = ${seq} where till_bucket = ${bucket} and till_id = ${`till-${bucket}`}`;
const transactions = async (): Promise<number> => {
  const found = await database.query<{ id: string }>({
    text: 'select distinct xmin::text as id from intake_folded',
    values: [],
  });
  return found.length;
};
const stored = (): Promise<{ till_bucket: number; seq: number }[]> =>
  database.query(sql`select till_bucket, seq from intake_folded order by till_bucket`);

describe('shared transactions', () => {
  it('make one commit of what comes together', async () => {
    const buckets = Array.from({ length: 40 }, (_, index) => index);
    await Promise.all(
      buckets.map((bucket) => database.shared(`till ${bucket}`, (queries) => queries.query(put(bucket, 1)))),
    );
    expect(await stored()).toHaveLength(40);
    expect(await transactions()).toBeLessThan(5);
  });

  it('write the others’ work if one fails, which alone is told', async () => {
    const works = [1, 2, 3].map((bucket) =>
      database.shared(`till ${bucket}`, async (queries) => {
        await queries.query(put(bucket, 1));
        if (bucket === 2) await queries.query({ text: 'select 1/0', values: [] });
        return bucket;
      }),
    );
    const ends = await Promise.allSettled(works);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await stored()).map(({ till_bucket }) => till_bucket)).toEqual([1, 3]);
  });

  it('write nothing of a work that goes on after one of its statements has failed', async () => {
    const work = database.shared('till 1', async (queries) => {
      await queries.query(put(1, 1));
      await queries.query({ text: 'select 1/0', values: [] }).catch(() => {});
    });
    await work.catch(() => {});
    expect(await stored()).toEqual([]);
  });

  it('keep two works of one part apart, and in order', async () => {
    await database.query(put(7, 0));
    const add = () =>
      database.shared('till 7', async (queries) => {
        const [row] = await queries.query<{ seq: number }>(sql`
          select seq from intake_folded where till_bucket = ${7} for update`);
        await queries.query(change(7, row!.seq + 1));
        return row!.seq;
      });
    expect(await Promise.all(Array.from({ length: 30 }, add))).toEqual(
      Array.from({ length: 30 }, (_, n) => n),
    );
    expect(await stored()).toEqual([{ till_bucket: 7, seq: 30 }]);
  });

  it('do what follows from a work once, after the commit, and never if it fails', async () => {
    const done: string[] = [];
    await Promise.allSettled([
      database.shared('till 1', async ({ query, onCommit }) => {
        await query(put(1, 1));
        onCommit(() => done.push('one'));
      }),
      database.shared('till 2', async ({ onCommit }) => {
        onCommit(() => done.push('two'));
        throw new Error('no');
      }),
    ]);
    expect(done).toEqual(['one']);
  });

  it('go on after the server has ended their connections', async () => {
    await database.shared('till 1', (queries) => queries.query(put(1, 1)));
    await database.query({
      text: 'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
      values: [],
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await database.shared('till 2', (queries) => queries.query(put(2, 1)));
    expect(await stored()).toHaveLength(2);
  });
});

describe('what a transaction changes of a row', () => {
  /** The row's content, and the number of its version: each update makes the next one. */
  const place = async ({ query }: Queries): Promise<{ seq: number; line: number } | undefined> => {
    const [row] = await query<{ seq: number; tuple: string }>({
      text: 'select seq, ctid::text as tuple from intake_folded',
      values: [],
    });
    return row && { seq: row.seq, line: Number(/,(\d+)\)/.exec(row.tuple)![1]) };
  };

  it('is seen by its next statement and is one update', async () => {
    await database.query(put(1, 1));
    await database.transaction(async (transaction) => {
      const key = { till_bucket: 1, till_id: 'till-1' };
      const before = await place(transaction);
      transaction.change('intake_folded', key, { seq: 2 });
      transaction.change('intake_folded', key, { seq: 3 });
      const after = await place(transaction);
      expect(after).toEqual({ seq: 3, line: before!.line + 1 });
    });
  });

  it('goes into a row that the same transaction adds', async () => {
    await database.transaction(async (transaction) => {
      transaction.insert('intake_folded', { till_bucket: 1, till_id: 'till-1', seq: 1 });
      transaction.change('intake_folded', { till_bucket: 1, till_id: 'till-1' }, { seq: 5 });
    });
    expect(await stored()).toEqual([{ till_bucket: 1, seq: 5 }]);
  });

  it('is refused if the bucket is not named first', async () => {
    const work = database.transaction(async (transaction) => {
      transaction.change('intake_folded', { till_id: 'till-1' }, { seq: 5 });
    });
    await expect(work).rejects.toThrow('bucket first');
  });
});

describe('sums', () => {
  const key = (bucket: number) => ({ bucket, stage: 'collected' as const, bank_id: 'north' });
  const sums = () =>
    database.query<{ bucket: number; count: number; sum_minor: number }>(sql`
      select bucket, count, sum_minor from payment_sums order by bucket`);

  it('are added to, from many sides at once, in both directions', async () => {
    const adding = Array.from({ length: 200 }, (_, index) =>
      database.shared(`card ${index % 20}`, async (transaction) =>
        transaction.add('payment_sums', key(index % 3), {
          count: index % 2 === 0 ? 2 : -1,
          sum_minor: index,
        }),
      ),
    );
    await Promise.all(adding);
    const count = (bucket: number) =>
      Array.from({ length: 200 }, (_, index) => index)
        .filter((index) => index % 3 === bucket)
        .reduce((sum, index) => sum + (index % 2 === 0 ? 2 : -1), 0);
    expect((await sums()).map(({ count }) => count)).toEqual([count(0), count(1), count(2)]);
  });

  it('are not touched by a transaction that fails', async () => {
    const work = database.transaction(async (transaction) => {
      transaction.add('payment_sums', key(1), { count: 1, sum_minor: 10 });
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await sums()).toEqual([]);
  });
});
