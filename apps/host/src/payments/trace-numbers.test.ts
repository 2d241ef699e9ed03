import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { rrnOf } from './rows.ts';
import { traceNumbers } from './trace-numbers.ts';

describe('trace numbers', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  beforeAll(async () => {
    databases = await startTestDatabases();
    ({ database } = await databases.emptied());
  }, 60_000);
  afterAll(() => databases.stop());

  it('gives no trace number twice, whichever host takes it, before and after a restart', async () => {
    const hosts = [1, 2, 3].map(() => traceNumbers(database, ['north', 'volga']));
    const taken: string[] = [];
    await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        await hosts[index % 3]!.ready();
        const number = hosts[index % 3]!.next('north');
        expect(number).toMatch(/^\d{6}$/);
        taken.push(number);
      }),
    );
    expect(new Set(taken).size).toBe(300);
  });

  it('begins again after a million, and never with 000000', async () => {
    await database.query(sql`update trace_numbers set block = 9999 where bank_id = 'north'`);
    const numbers = traceNumbers(database, ['north']);
    const taken: string[] = [];
    await numbers.ready();
    for (let index = 0; index < 100; index++) taken.push(numbers.next('north'));
    expect(taken.slice(98)).toEqual(['999999', '000001']);
    expect(rrnOf('000042', Date.parse('2026-01-01T23:59:59.000Z'))).toBe('600123000042');
    expect(rrnOf('000042', Date.parse('2028-12-31T00:00:00.000Z'))).toBe('836600000042');
  });
});
