import { Problem } from '@bivak/domain';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAlarms } from '../alarms/alarms.ts';
import { type Database, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { newKeyPair } from '../testing/host-parts.ts';
import { enrolWithinLimit } from './enrolment.ts';
import { type EnrolmentLimit, enrolmentLimit } from './enrolment-limit.ts';
import { registerTills } from './fleet.ts';

const beganMs = Date.parse('2026-11-24T09:00:00.000Z');
const keyText = () => newKeyPair().publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

describe('enrolment', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  let limit: EnrolmentLimit;
  let nowMs: number;
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
    limit = enrolmentLimit();
    nowMs = beganMs;
    const tillIds = Array.from({ length: 20 }, (_, index) => `till-${index + 1}`);
    await registerTills(
      database,
      tillIds.map((tillId) => ({ tillId, place: 'train', enrolmentCode: `code of ${tillId}` })),
    );
  });
  /** The code of the refusal, and how long to wait if it says so; null if the till is enrolled. */
  const enrol = async (code: string, tillId = 'till-1', publicKey = keyText()) => {
    try {
      await enrolWithinLimit(database, limit, { tillId, code, publicKey }, nowMs);
      return null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { retryAfterMs } = error.data as { retryAfterMs?: number };
      return retryAfterMs === undefined ? error.code : retryAfterMs;
    }
  };
  const alarms = async () =>
    (await listAlarms(database, { state: null, tillId: 'till-1' }, null, 10)).map(
      ({ kind, state, data }) => ({
        kind,
        state,
        data,
      }),
    );

  it('makes who guesses a till’s code wait longer each time, raises an alarm, and ends it with the right code', async () => {
    for (let attempt = 0; attempt < 4; attempt++) expect(await enrol('guessed-1')).toBe('wrong-code');
    expect(await alarms()).toEqual([]);
    const waits: unknown[] = [];
    for (let attempt = 0; attempt < 12; attempt++) {
      expect(await enrol('guessed-2')).toBe('wrong-code');
      const wait = await enrol('guessed-3');
      waits.push(wait);
      nowMs += Number(wait) - 1;
      expect(await enrol('code of till-1')).toBe(1);
      nowMs += 1;
    }
    expect(waits.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(waits.at(-1)).toBe(900_000);
    const data = { wrongCodes: 16 };
    expect(await alarms()).toEqual([{ kind: 'enrolment-attempts', state: 'raised', data }]);
    expect(await enrol('code of till-2', 'till-2')).toBeNull();
    expect(await enrol('code of till-1')).toBeNull();
    expect(await alarms()).toEqual([{ kind: 'enrolment-attempts', state: 'ended', data }]);
  });

  it('counts attempts that come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => enrol(`guess-${1_000 + index}`)),
    );
    expect(answers.filter((answer) => answer === 'wrong-code')).toHaveLength(5);
    expect(answers.filter((answer) => answer === 1_000)).toHaveLength(195);
  });

  it('counts over all tills, known or not, and shuts the fleet out for seconds only', async () => {
    const answers: unknown[] = [];
    for (let attempt = 0; attempt < 60; attempt++)
      answers.push(await enrol('guessed-1', `till-${(attempt % 40) + 1}`));
    expect(answers.filter((answer) => answer === 'wrong-code' || answer === 'unknown-till')).toHaveLength(30);
    nowMs += 5_000;
    expect(await enrol('code of till-20', 'till-20')).toBeNull();
    expect(await enrol('code of till-19', 'till-19')).toBeNull();
  });

  it('forgets wrong codes after a quiet hour', async () => {
    for (let attempt = 0; attempt < 5; attempt++) await enrol('guessed-1');
    nowMs += 3_600_001;
    for (let attempt = 0; attempt < 5; attempt++) expect(await enrol('guessed-1')).toBe('wrong-code');
  });

  it('takes a key as everybody writes it, and no other text for one', async () => {
    const key = keyText();
    expect(await enrol('code of till-1', 'till-1', `${key}\0`)).toBeNull();
    expect(await enrol('code of till-1', 'till-1', key)).toBeNull();
    expect(await database.query(sql`select public_key from tills where public_key is not null`)).toEqual([
      { public_key: key },
    ]);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await enrol('code of till-2', 'till-2', text)).toBe('bad-key');
      }),
      { numRuns: 50 },
    );
  });
});
