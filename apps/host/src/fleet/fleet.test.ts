import type { KeyObject } from 'node:crypto';
import { Problem } from '@bivak/http-api';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { newKeyPair } from '../testing/host-parts.ts';
import { enrolTill, listTills, noteContact, raiseAlarm, registerTills } from './fleet.ts';
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
  const enrol = (code: string, key = text(publicKey)) =>
    enrolTill(database, { tillId: 'till-1', code, publicKey: key }, nowMs);

  it('lets a key in for a code, once; a new code lets a new key in', async () => {
    expect(await enrol('wrong-code')).toBe('wrong-code');
    expect(await enrol('first-code', 'AAAA')).toBe('bad-key');
    expect(await enrolTill(database, { tillId: 'till-9', code: 'first-code', publicKey: '' }, nowMs)).toBe(
      'unknown-till',
    );
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

  it('lets one key win where two come at once', async () => {
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
      return error instanceof Problem ? `${error.status} ${error.code}` : error;
    }
  };

  it('knows a till by its signature, by its name and by the time', async () => {
    expect(await tries(`Bearer ${await token()}`)).toBe('401 not-authenticated');
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
      expect(await tries(header), header).toBe('401 not-authenticated');
    for (const ageMs of [3_600_000, -3_600_000])
      expect(await tries(`Bearer ${await token({ ageMs })}`)).toBe('401 clock-off');
    for (const ageMs of [100_000, -100_000])
      expect(await tries(`Bearer ${await token({ ageMs })}`)).toBe('ed25519');
    const old = signedIn(database, 'till-1', `Bearer ${await token({ ageMs: 3_600_000 })}`, nowMs, {
      atAnyAge: true,
    });
    expect((await old).clockOffMs).toBe(-3_600_000);
  });

  it('remembers when a till was heard, which stop-list it has, and what was wrong', async () => {
    await enrol('first-code');
    await noteContact(database, 'till-1', nowMs + 1_000, 3);
    await noteContact(database, 'till-1', nowMs + 2_000);
    await raiseAlarm(database, 'till-1', 'a gap', nowMs);
    expect(await listTills(database)).toEqual([
      {
        tillId: 'till-1',
        place: 'Поезд',
        enrolledAt: '2026-11-24T09:00:00.000Z',
        lastContactAt: '2026-11-24T09:00:02.000Z',
        acknowledgedSeq: 0,
        stopListVersion: 3,
        sales: 0,
        alarm: { what: 'a gap', at: '2026-11-24T09:00:00.000Z' },
      },
    ]);
  });
});
