import { sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { testKeyStore } from '../testing/host-parts.ts';
import { testKeys } from '../testing/till.ts';
import { createKeyFile } from './key-file.ts';
import { openKeyStore } from './key-store.ts';
import { stopListKey } from './signing-key.ts';

describe('the key that signs the stop-list', () => {
  let databases: TestDatabases;
  let database: Database;
  beforeAll(async () => {
    databases = await startTestDatabases();
  });
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
  });

  it('is one for all hosts of a store, also if they start together', async () => {
    const keys = await Promise.all([1, 2, 3].map(() => stopListKey(database, testKeyStore())));
    const later = await stopListKey(database, testKeyStore());
    expect(new Set([...keys, later].map(({ publicKey }) => publicKey)).size).toBe(1);
    const [one, another] = keys;
    const signature = sign(null, Buffer.from('list'), one!.privateKey);
    expect(verify(null, Buffer.from('list'), another!.privateKey, signature)).toBe(true);
  });

  it('lies in the store sealed, and does not let a host with another key file start', async () => {
    const { privateKey } = await stopListKey(database, testKeyStore());
    const [row] = await database.query<{ sealed: string }>(sql`select sealed from store_keys`);
    const der = privateKey.export({ type: 'pkcs8', format: 'der' });
    expect(row!.sealed).not.toContain(der.subarray(-32).toString('hex'));
    const folder = mkdtempSync(join(tmpdir(), 'bivak-other-keys-'));
    createKeyFile(join(folder, 'keys'), 'open sesame', { ...testKeys, linkKey: '9f'.repeat(32) });
    const stranger = openKeyStore(join(folder, 'keys'), 'open sesame');
    rmSync(folder, { recursive: true });
    await expect(stopListKey(database, stranger)).rejects.toThrow('give it the key file');
    await database.query(sql`update store_keys set sealed = 'rubbish'`);
    await expect(stopListKey(database, testKeyStore())).rejects.toThrow('give it the key file');
  });
});
