import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { bankHealthById, recordHealth, registerBanks, routingHealth, takeProbe } from './bank-health.ts';
import { issuerTable } from './issuers.ts';

const nowMs = Date.parse('2026-11-24T09:00:00.000Z');
const minuteMs = 60_000;

describe('the health of a bank', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  beforeAll(async () => {
    databases = await startTestDatabases();
    ({ database } = await databases.emptied());
    await registerBanks(database, ['north'], nowMs);
  }, 60_000);
  afterAll(() => databases.stop());

  it('takes a bank out after two failures or a blocked account, and lets one payment probe it after a while', async () => {
    const health = async (atMs: number) => (await routingHealth(database, atMs)).health.get('north');
    await recordHealth(database, 'north', 'failed', nowMs);
    expect(await health(nowMs)).toBe('healthy');
    await recordHealth(database, 'north', 'failed', nowMs);
    expect(await health(nowMs + 4 * minuteMs)).toBe('failing');
    expect(await health(nowMs + 5 * minuteMs)).toBe('healthy');
    const { probed } = await routingHealth(database, nowMs + 5 * minuteMs);
    await takeProbe(database, 'north', probed.get('north')!, nowMs + 5 * minuteMs);
    expect(await health(nowMs + 6 * minuteMs)).toBe('failing');
    await recordHealth(database, 'north', 'reachable', nowMs + 6 * minuteMs);
    expect((await bankHealthById(database)).get('north')).toBe('failing');
    expect(await health(nowMs + 6 * minuteMs)).toBe('healthy'); // one payment probes it
    await recordHealth(database, 'north', 'blocked', nowMs + 6 * minuteMs);
    await recordHealth(database, 'north', 'reachable', nowMs + 7 * minuteMs);
    await recordHealth(database, 'north', 'failed', nowMs + 7 * minuteMs);
    expect(await health(nowMs + 20 * minuteMs)).toBe('blocked');
    await recordHealth(database, 'north', 'answered', nowMs + 21 * minuteMs);
    expect(await health(nowMs + 21 * minuteMs)).toBe('healthy');
    await recordHealth(database, 'north', 'failed', nowMs + 22 * minuteMs);
    expect(await health(nowMs + 22 * minuteMs)).toBe('healthy');
  });
});

describe('issuers', () => {
  it('are found by the longest prefix, and known as a bank of ours by code or name', () => {
    const rows = [
      { code: 'ru-a', name: 'A Bank', prefixes: ['2202', 220_220] },
      { code: 'ru-b', name: 'B Bank', prefixes: ['220221'] },
    ];
    const issuers = issuerTable(rows, [
      { bankId: 'north', issuers: ['ru-a'] },
      { bankId: 'volga', issuers: ['B Bank'] },
    ]);
    expect(issuers.of('220220******1234')).toEqual({ name: 'A Bank', bankId: 'north' });
    expect(issuers.of('220221******1234')).toEqual({ name: 'B Bank', bankId: 'volga' });
    expect(issuers.of('220299******1234')?.name).toBe('A Bank');
    expect(issuers.of('476173******0119')).toBeUndefined();
  });
});
