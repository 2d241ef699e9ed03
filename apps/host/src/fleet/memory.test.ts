import { listHash } from '@bivak/stoplist';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { currentEpoch, decideStore, openDoubts, openEpoch } from '../epoch/epoch.ts';
import { takeBatch } from '../intake/intake.ts';
import { publish } from '../stoplist/publisher.ts';
import { type Database, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { enrolTestTill, testKeyStore } from '../testing/host-parts.ts';
import { silentLog } from '../testing/log.ts';
import { type TestTill, testTill } from '../testing/till.ts';
import { compareMemory, type TillMemory } from './memory.ts';

const nowMs = Date.parse('2026-11-24T09:00:00Z');

describe('what a till knows of the store', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  let till: TestTill;
  let epochId: string;
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
    await openEpoch(database, nowMs);
    ({ epochId } = await currentEpoch(database));
    till = testTill('till-1', () => nowMs);
    await enrolTestTill(database, till, nowMs);
    write(2);
    await takeBatch({ database, keys: testKeyStore() }, till, till.batch(), nowMs);
  });

  const write = (entries: number): void => {
    for (let entry = 0; entry < entries; entry++)
      till.write({ kind: 'till.started', body: { softwareVersion: '1' } });
  };
  const memory = (change: Partial<TillMemory> = {}): TillMemory => ({
    epochId,
    acknowledgedSeq: 2,
    shippedSeq: 2,
    outcomesCursor: 0,
    stopListVersion: 0,
    stopListHash: listHash(0, []),
    ...change,
  });
  const compare = (change: Partial<TillMemory> = {}) =>
    compareMemory(database, 'till-1', memory(change), nowMs);
  const causes = async () => (await openDoubts(database)).map(({ cause }) => cause);
  const restored = async () => {
    await compare({ acknowledgedSeq: 99 }).catch(() => {});
    await decideStore(database, { decision: 'restored', by: 'Anna', why: 'disk' }, 0, nowMs);
    return currentEpoch(database);
  };
  const sentBefore = async () => {
    const [row] = await database.query<{ seq: number }>(
      sql`select sent_before_epoch_seq as seq from tills where till_id = 'till-1'`,
    );
    return row!.seq;
  };

  it('is no more than the store knows, or less', async () => {
    await publish(database, nowMs, silentLog);
    await expect(compare()).resolves.toMatchObject({ epoch: 1, isKnown: true });
    await expect(compare({ acknowledgedSeq: 0, epochId: null })).resolves.toMatchObject({ isKnown: true });
    await expect(compare({ stopListVersion: 1, stopListHash: listHash(1, []) })).resolves.toBeDefined();
    await expect(compareMemory(database, 'till-1', null, nowMs)).resolves.toMatchObject({ isKnown: true });
    expect(await causes()).toEqual([]);
  });

  it.each([
    ['till-ahead', { acknowledgedSeq: 3 }],
    ['till-of-other-epoch', { epochId: 'unheard of' }],
    ['outcomes-ahead', { outcomesCursor: 1 }],
    ['stop-list-ahead', { stopListVersion: 2, stopListHash: listHash(2, []) }],
    ['stop-list-differs', { stopListVersion: 1, stopListHash: listHash(1, ['f'.repeat(32)]) }],
  ])('shows that the store is older than the world: %s', async (cause, change) => {
    await publish(database, nowMs, silentLog);
    await expect(compare(change)).rejects.toMatchObject({ code: 'store-in-doubt' });
    expect(await causes()).toEqual([cause]);
    await expect(compare(), 'nobody is served until a person has decided').rejects.toMatchObject({
      code: 'store-in-doubt',
    });
    write(2);
    await expect(
      takeBatch({ database, keys: testKeyStore() }, till, till.batch(2), nowMs),
    ).rejects.toMatchObject({
      code: 'store-in-doubt',
    });
  });

  it('says in a new epoch what it had sent before: what comes of that again may have been debited', async () => {
    const now = await restored();
    expect(now.epoch).toBe(2);
    await expect(compare({ acknowledgedSeq: 4, shippedSeq: 6 })).resolves.toMatchObject({
      epoch: 2,
      isKnown: false,
    });
    // An old request, come once more, takes nothing back.
    await compare({ shippedSeq: 3 });
    expect(await sentBefore()).toBe(6);
    await expect(compare({ epochId: now.epochId, shippedSeq: 6 })).resolves.toMatchObject({ isKnown: true });
    write(6);
    await takeBatch({ database, keys: testKeyStore() }, { ...till, epoch: now.epoch }, till.batch(2), nowMs);
    const epochs = await database.query<{ seq: number; epoch: number }>(
      sql`select seq, epoch from intake where till_id = 'till-1' order by seq`,
    );
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 1, 1, 1, 1, 1, 2, 2]);
  });

  it('takes nothing for a till that was asked in an earlier epoch', async () => {
    await restored();
    write(2);
    await expect(
      takeBatch({ database, keys: testKeyStore() }, { ...till, epoch: 1 }, till.batch(2), nowMs),
    ).rejects.toMatchObject({
      code: 'store-in-doubt',
    });
  });

  it('doubts no cursor or list of an earlier epoch', async () => {
    const { epochId: second } = await restored();
    await expect(
      compare({ epochId: second, outcomesCursor: 900, stopListVersion: 70, stopListHash: listHash(70, []) }),
    ).resolves.toMatchObject({ isKnown: true });
    expect(await causes()).toEqual([]);
  });
});
