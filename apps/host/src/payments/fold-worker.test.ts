import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { takeBatch } from '../intake/intake.ts';
import { type Database, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { handClock, until } from '../testing/clock.ts';
import { enrolTestTill, testFold, testKeyStore } from '../testing/host-parts.ts';
import { testTill } from '../testing/till.ts';
import { startFolding } from './fold-worker.ts';

describe('folding', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  const clock = handClock();
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
  });
  const shipped = async (tillId: string, sales: number): Promise<void> => {
    const till = testTill(tillId, clock.nowMs);
    await enrolTestTill(database, till, clock.nowMs());
    for (let made = 0; made < sales; made++) till.sell();
    await takeBatch({ database, keys: testKeyStore() }, till, till.batch(), clock.nowMs());
  };
  const payments = async (): Promise<number> =>
    (await database.query<{ count: number }>(sql`select count(*) as count from payments`))[0]!.count;

  it('folds a till of a few sales before one of many is done, and every till of which there is a journal', async () => {
    await shipped('till-1', 120);
    await shipped('till-9', 1); // a till that no configuration names
    const inOrder: string[] = [];
    const worker = startFolding(testFold(database), clock, (tillId) => inOrder.push(tillId));
    await until(async () => (await payments()) === 121 && !worker.isBusy());
    await worker.stop();
    expect(inOrder.filter((tillId) => tillId === 'till-1').length).toBeGreaterThan(1);
    expect(inOrder.indexOf('till-9')).toBeLessThan(inOrder.lastIndexOf('till-1'));
  });

  it('is not held up by a till whose entries the store cannot take now', async () => {
    await shipped('till-1', 2);
    await shipped('till-2', 2);
    const failing: Database = {
      ...database,
      query: async (statement) => {
        if (statement.text.includes('order by i.seq') && statement.values.includes('till-1'))
          throw new Error('not now');
        return database.query(statement);
      },
    };
    const worker = startFolding(testFold(failing), clock, () => {});
    await until(async () => (await payments()) === 2);
    await worker.stop();
    expect(await database.query(sql`select distinct till_id from payments`)).toEqual([{ till_id: 'till-2' }]);
  });
});
