import type { KeyObject } from 'node:crypto';
import { Problem } from '@bivak/domain';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, type Row, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { newKeyPair } from '../testing/host-parts.ts';
import { listTills } from '../views/index.ts';
import { recordContact } from './contact.ts';
import { enrolTill, findTill, registerTills } from './fleet.ts';
import { signedIn } from './sign-in.ts';

const nowMs = Date.parse('2026-11-24T09:00:00.000Z');
const text = (key: KeyObject): string => key.export({ type: 'spki', format: 'der' }).toString('base64');

describe('the fleet', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  const { publicKey, privateKey } = newKeyPair();
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
    await known('first-code');
  });
  const known = (enrolmentCode: string) =>
    registerTills(database, [{ tillId: 'till-1', place: 'Поезд', enrolmentCode }]);
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => (error instanceof Problem ? error.code : error),
    );
  const enrol = (code: string, key = text(publicKey), tillId = 'till-1') =>
    codeOf(enrolTill(database, { tillId, code, publicKey: key }, nowMs));

  it('lets a key in for a code, once; a new code lets a new key in', async () => {
    expect(await enrol('wrong-code')).toBe('wrong-code');
    expect(await enrol('first-code', 'AAAA')).toBe('bad-key');
    expect(await enrol('first-code', '', 'till-9')).toBe('unknown-till');
    expect(await enrol('first-code')).toBeNull();
    expect(await enrol('first-code')).toBeNull();
    const other = text(newKeyPair().publicKey);
    expect(await enrol('first-code', other)).toBe('enrolled-with-another-key');
    await known('first-code'); // as at every start of the host
    expect(await enrol('first-code', other)).toBe('enrolled-with-another-key');
    await known('second-code');
    expect(await enrol('first-code')).toBe('wrong-code');
    expect(await enrol('second-code', other)).toBeNull();
    expect(await enrol('second-code')).toBe('enrolled-with-another-key');
  });

  it('lets one key win if several come at once', async () => {
    const keys = [text(publicKey), text(newKeyPair().publicKey), text(newKeyPair().publicKey)];
    const results = await Promise.all(keys.map((key) => enrol('first-code', key)));
    expect(results.filter((result) => result === null)).toHaveLength(1);
  });

  const token = (options: { key?: KeyObject; subject?: string; ageMs?: number; alg?: string } = {}) => {
    const iat = Math.floor((nowMs - (options.ageMs ?? 0)) / 1_000);
    return new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA' })
      .setSubject(options.subject ?? 'till-1')
      .setIssuedAt(iat)
      .sign(options.key ?? privateKey);
  };
  const tries = async (authorization: string | undefined) => {
    try {
      return (await signedIn(database, 'till-1', authorization, nowMs)).publicKey.asymmetricKeyType;
    } catch (error) {
      return error instanceof Problem ? error.code : error;
    }
  };

  it('knows a till by its signature, by its name and by the time', async () => {
    expect(await tries(`Bearer ${await token()}`)).toBe('not-authenticated');
    await enrol('first-code');
    expect(await tries(`Bearer ${await token()}`)).toBe('ed25519');
    for (const header of [
      undefined,
      'Bearer',
      'Bearer nonsense',
      `Bearer ${await token({ key: newKeyPair().privateKey })}`,
      `Bearer ${await token({ subject: 'till-2' })}`,
      `Bearer ${await token({ key: newKeyPair().privateKey, ageMs: 3_600_000 })}`,
      `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"till-1"}').toString('base64url')}.`,
    ])
      expect(await tries(header), header).toBe('not-authenticated');
    for (const ageMs of [3_600_000, -3_600_000])
      expect(await tries(`Bearer ${await token({ ageMs })}`)).toBe('clock-off');
    for (const ageMs of [100_000, -100_000])
      expect(await tries(`Bearer ${await token({ ageMs })}`)).toBe('ed25519');
    const old = signedIn(database, 'till-1', `Bearer ${await token({ ageMs: 3_600_000 })}`, nowMs, {
      atAnyAge: true,
    });
    expect((await old).clockOffMs).toBe(-3_600_000);
  });

  it('keeps the keys that a till had before, with the time for which they were its own', async () => {
    await enrol('first-code');
    const first = (await findTill(database, 'till-1'))!.publicKey!;
    await known('second-code');
    const next = newKeyPair().publicKey;
    const request = { tillId: 'till-1', code: 'second-code', publicKey: text(next) };
    await enrolTill(database, request, nowMs + 1_000);
    await enrolTill(database, request, nowMs + 2_000); // the response was lost
    const till = (await findTill(database, 'till-1'))!;
    expect(till.publicKey!.equals(next)).toBe(true);
    expect(till.formerKeys.map((key) => key.equals(first))).toEqual([true]);
    const [row] = await database.query<Pick<Row<'tills'>, 'former_keys'>>(sql`select former_keys from tills`);
    expect(row!.former_keys).toMatchObject([
      { enrolledAt: '2026-11-24T09:00:00.000Z', replacedAt: '2026-11-24T09:00:01.000Z' },
    ]);
  });

  it('records when a till was there, and which stop-list it has', async () => {
    await enrol('first-code');
    await recordContact(database, 'till-1', { clockOffMs: 0, stopListVersion: 3 }, nowMs + 1_000);
    await recordContact(database, 'till-1', { clockOffMs: 0 }, nowMs + 2_000);
    expect(await listTills(database, 'RUB')).toEqual([
      {
        tillId: 'till-1',
        place: 'Поезд',
        enrolledAt: '2026-11-24T09:00:00.000Z',
        lastContactAt: '2026-11-24T09:00:02.000Z',
        acknowledgedSeq: 0,
        stopListVersion: 3,
        cardSales: 0,
        cashSales: 0,
        quarantinedEntries: 0,
        unexplainedEntries: 0,
        unaccounted: { count: 0, sumMinor: 0, otherSums: 0 },
        alarms: [],
      },
    ]);
  });

  it('raises an alarm while a till’s clock is off, until its first contact at the right time', async () => {
    const contact = (clockOffMs: number | null, atMs: number) =>
      recordContact(database, 'till-1', { clockOffMs }, atMs);
    const open = async () => (await listTills(database, 'RUB'))[0]!.alarms;
    await contact(-3_600_000, nowMs);
    await contact(-3_601_000, nowMs + 1_000);
    await contact(null, nowMs + 2_000); // shows nothing of the clock
    expect(await open()).toMatchObject([
      {
        kind: 'clock-off',
        state: 'raised',
        data: { offMs: -3_601_000 },
        raisedAt: '2026-11-24T09:00:00.000Z',
        lastSeenAt: '2026-11-24T09:00:01.000Z',
      },
    ]);
    await contact(0, nowMs + 3_000);
    expect(await open()).toEqual([]);
  });
});
