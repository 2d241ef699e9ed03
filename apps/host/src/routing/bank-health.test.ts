import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { knownHealth, noteHealth, registerBanks, routingHealth, takeProbe } from './bank-health.ts';
import { issuerTable } from './issuers.ts';
import { rrnOf } from './rows.ts';
import { traceNumbers } from './trace-numbers.ts';

const nowMs = Date.parse('2026-11-24T09:00:00.000Z');
const minuteMs = 60_000;

describe('what is kept of each bank', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  beforeAll(async () => {
    databases = await startTestDatabases();
    ({ database } = await databases.emptied());
    await registerBanks(database, ['north', 'volga'], nowMs);
  }, 60_000);
  afterAll(() => databases.stop());

  it('gives no trace number twice, whichever host and whichever life of it asks', async () => {
    const hosts = [1, 2, 3].map(() => traceNumbers(database, ['north', 'volga']));
    const taken: string[] = [];
    await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        const numbers = await hosts[index % 3]!.take();
        expect(numbers.get('north')).toMatch(/^\d{6}$/);
        taken.push(numbers.get('north')!);
        numbers.delete('north');
        hosts[index % 3]!.giveBack(numbers);
      }),
    );
    expect(new Set(taken).size).toBe(300);
  });

  it('begins again after a million, and never with 000000', async () => {
    await database.query(sql`update bank_states set stan_block = 9999 where bank_id = 'north'`);
    const numbers = traceNumbers(database, ['north']);
    const taken: string[] = [];
    for (let index = 0; index < 100; index++) taken.push((await numbers.take()).get('north')!);
    expect(taken.slice(98)).toEqual(['999999', '000001']);
    expect(rrnOf('000042', Date.parse('2026-01-01T23:59:59.000Z'))).toBe('600123000042');
    expect(rrnOf('000042', Date.parse('2028-12-31T00:00:00.000Z'))).toBe('836600000042');
  });

  it('takes a bank out after two failures or a blocked account, and lets one payment try it after a while', async () => {
    const health = async (atMs: number) => (await routingHealth(database, atMs)).health.get('north');
    await noteHealth(database, 'north', 'failed', nowMs);
    expect(await health(nowMs)).toBe('healthy');
    await noteHealth(database, 'north', 'failed', nowMs);
    expect(await health(nowMs + 4 * minuteMs)).toBe('failing');
    expect(await health(nowMs + 5 * minuteMs)).toBe('healthy');
    const { probed } = await routingHealth(database, nowMs + 5 * minuteMs);
    await takeProbe(database, 'north', probed.get('north')!, nowMs + 5 * minuteMs);
    expect(await health(nowMs + 6 * minuteMs)).toBe('failing');
    await noteHealth(database, 'north', 'reachable', nowMs + 6 * minuteMs);
    expect((await knownHealth(database)).get('north')).toBe('failing');
    expect(await health(nowMs + 6 * minuteMs)).toBe('healthy'); // one payment tries it out
    await noteHealth(database, 'north', 'blocked', nowMs + 6 * minuteMs);
    await noteHealth(database, 'north', 'reachable', nowMs + 7 * minuteMs);
    await noteHealth(database, 'north', 'failed', nowMs + 7 * minuteMs);
    expect(await health(nowMs + 20 * minuteMs)).toBe('blocked');
    await noteHealth(database, 'north', 'answered', nowMs + 21 * minuteMs);
    expect(await health(nowMs + 21 * minuteMs)).toBe('healthy');
    await noteHealth(database, 'north', 'failed', nowMs + 22 * minuteMs);
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
