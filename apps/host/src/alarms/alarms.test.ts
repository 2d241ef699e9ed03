import { Problem } from '@bivak/domain';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { acknowledgeAlarm, endAlarm, listAlarms, openAlarms, raiseAlarm } from './alarms.ts';

const nowMs = Date.parse('2026-11-24T09:00:00.000Z');
const at = (afterMs: number): string => new Date(nowMs + afterMs).toISOString();

describe('an alarm', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
  });

  const clockOff = (offMs: number, tillId = 'till-1') =>
    ({ tillId, kind: 'clock-off', subject: '', data: { offMs } }) as const;
  const quarantined = (seq: number) =>
    ({
      tillId: 'till-1',
      kind: 'entry-quarantined',
      subject: String(seq),
      data: { seq, reason: { kind: 'zero-sum' }, saleId: null, amountMinor: null, currency: null },
    }) as const;
  const all = () => listAlarms(database, { state: null, tillId: null }, null, 100);

  it('that is raised again while it is open is the same one, seen later and with newer facts', async () => {
    await raiseAlarm(database, clockOff(1_000), nowMs);
    await raiseAlarm(database, clockOff(2_000), nowMs + 5_000);
    expect(await all()).toMatchObject([
      { state: 'raised', data: { offMs: 2_000 }, raisedAt: at(0), lastSeenAt: at(5_000), endedAt: null },
    ]);
  });

  it('is one of many of its till, told apart by kind and subject', async () => {
    await raiseAlarm(database, clockOff(1_000), nowMs);
    await raiseAlarm(database, quarantined(5), nowMs);
    await raiseAlarm(database, quarantined(7), nowMs);
    await raiseAlarm(database, clockOff(1_000, 'till-2'), nowMs);
    await endAlarm(database, quarantined(5), nowMs + 1);
    expect((await openAlarms(database)).map(({ tillId, kind }) => [tillId, kind]).toSorted()).toEqual([
      ['till-1', 'clock-off'],
      ['till-1', 'entry-quarantined'],
      ['till-2', 'clock-off'],
    ]);
  });

  it('is another one after its end, also within the same instant', async () => {
    await raiseAlarm(database, clockOff(1_000), nowMs);
    await endAlarm(database, clockOff(0), nowMs);
    await endAlarm(database, clockOff(0), nowMs + 1);
    await raiseAlarm(database, clockOff(3_000), nowMs);
    expect((await all()).map(({ state, endedAt }) => [state, endedAt]).toSorted()).toEqual([
      ['ended', at(0)],
      ['raised', null],
    ]);
  });

  it('is acknowledged once, stays so while it is seen again, and never after its end', async () => {
    await raiseAlarm(database, clockOff(1_000), nowMs, 'first');
    expect(await acknowledgeAlarm(database, 'first', 'Анна', nowMs + 1_000)).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'Анна',
      acknowledgedAt: at(1_000),
    });
    await raiseAlarm(database, clockOff(2_000), nowMs + 2_000);
    expect(await acknowledgeAlarm(database, 'first', 'Пётр', nowMs + 3_000)).toMatchObject({
      acknowledgedBy: 'Анна',
      lastSeenAt: at(2_000),
    });
    await endAlarm(database, clockOff(0), nowMs + 4_000);
    await expect(acknowledgeAlarm(database, 'first', 'Анна', nowMs)).rejects.toThrow(
      new Problem('alarm-ended', { alarmId: 'first' }),
    );
    await expect(acknowledgeAlarm(database, 'none', 'Анна', nowMs)).rejects.toThrow(
      new Problem('unknown-alarm', { alarmId: 'none' }),
    );
    expect(await all()).toMatchObject([{ state: 'ended', acknowledgedBy: 'Анна' }]);
  });

  it('is listed by state and till, page by page', async () => {
    for (const seq of [1, 2, 3]) await raiseAlarm(database, quarantined(seq), nowMs + seq);
    await raiseAlarm(database, clockOff(1_000, 'till-2'), nowMs + 9);
    await endAlarm(database, quarantined(2), nowMs + 10);
    const ofTill = { state: null, tillId: 'till-1' };
    const first = await listAlarms(database, ofTill, null, 2);
    const end = { at: new Date(first[1]!.raisedAt), id: first[1]!.alarmId };
    const second = await listAlarms(database, ofTill, end, 2);
    expect([...first, ...second].map(({ raisedAt }) => raisedAt)).toEqual([at(3), at(2), at(1)]);
    expect(await listAlarms(database, { state: 'ended', tillId: null }, null, 9)).toHaveLength(1);
    expect(await database.query(sql`select 1 from alarms`)).toHaveLength(4);
  });
});
