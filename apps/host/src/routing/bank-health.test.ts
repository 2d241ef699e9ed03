import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import {
  bankHealthById,
  type HealthSign,
  healthFor,
  recordHealth,
  registerBanks,
  routingHealth,
  takeProbe,
} from './bank-health.ts';
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
    const record = (sign: HealthSign, atMs: number): Promise<void> =>
      recordHealth(database, { bankId: 'north', issuer: 'A', card: 'a1' }, sign, atMs);
    const health = async (atMs: number) => (await routingHealth(database, atMs)).health.get('north');
    await record('failed', nowMs);
    expect(await health(nowMs)).toBe('healthy');
    await record('failed', nowMs);
    expect(await health(nowMs + 4 * minuteMs)).toBe('failing');
    expect(await health(nowMs + 5 * minuteMs)).toBe('healthy');
    const { probed } = await routingHealth(database, nowMs + 5 * minuteMs);
    await takeProbe(database, 'north', probed.get('north')!, nowMs + 5 * minuteMs);
    expect(await health(nowMs + 6 * minuteMs)).toBe('failing');
    await record('reachable', nowMs + 6 * minuteMs);
    expect((await bankHealthById(database)).get('north')).toBe('failing');
    expect(await health(nowMs + 6 * minuteMs)).toBe('healthy'); // one payment probes it
    await record('blocked', nowMs + 6 * minuteMs);
    await record('reachable', nowMs + 7 * minuteMs);
    await record('failed', nowMs + 7 * minuteMs);
    expect(await health(nowMs + 20 * minuteMs)).toBe('blocked');
    await record('answered', nowMs + 21 * minuteMs);
    expect(await health(nowMs + 21 * minuteMs)).toBe('healthy');
    await record('failed', nowMs + 22 * minuteMs);
    expect(await health(nowMs + 22 * minuteMs)).toBe('healthy');
  });
});

describe('what is not a bank’s own trouble', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  beforeEach(async () => {
    ({ database } = await databases.emptied());
    await registerBanks(database, ['north'], nowMs);
  }, 60_000);
  afterAll(() => databases.stop());
  const record = (sign: HealthSign, issuer: string, card: string, atMs = nowMs): Promise<void> =>
    recordHealth(database, { bankId: 'north', issuer, card }, sign, atMs);
  const healthOf = async (issuer: string, atMs = nowMs) =>
    healthFor(await routingHealth(database, atMs), issuer).get('north');

  it('is an issuer that it cannot reach: the bank comes last for the cards of that one alone, for a while', async () => {
    await record('issuer-failed', 'A', 'a1');
    expect(await healthOf('A')).toBe('healthy');
    await record('issuer-failed', 'A', 'a2');
    expect([await healthOf('A'), await healthOf('B')]).toEqual(['failing', 'healthy']);
    expect((await bankHealthById(database)).get('north')).toBe('healthy');
    expect(await healthOf('A', nowMs + 5 * minuteMs)).toBe('healthy');
    await record('answered', 'A', 'a1');
    expect(await healthOf('A')).toBe('healthy');
  });

  it('is its own once it reaches none of three issuers', async () => {
    for (const issuer of ['A', 'B']) await record('issuer-failed', issuer, issuer);
    await record('answered', 'C', 'c1');
    await record('issuer-failed', 'D', 'd1');
    await record('issuer-failed', 'A', 'a2');
    expect((await bankHealthById(database)).get('north')).toBe('healthy');
    expect(await healthOf('A')).toBe('failing');
    await record('issuer-failed', 'E', 'e1');
    expect((await bankHealthById(database)).get('north')).toBe('failing');
  });

  it('is one card that it refuses; three cards, with none decided between, are our account', async () => {
    for (let times = 0; times < 5; times++) await record('card-refused', 'A', 'a1');
    await record('card-refused', 'B', 'b1');
    expect((await bankHealthById(database)).get('north')).toBe('healthy');
    await record('answered', 'C', 'c1');
    for (const card of ['b1', 'b2']) await record('card-refused', 'B', card);
    expect((await bankHealthById(database)).get('north')).toBe('healthy');
    await record('card-refused', 'A', 'a1');
    expect((await bankHealthById(database)).get('north')).toBe('blocked');
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
