import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeyStore } from './key-store.ts';

const keys = { baseDerivationKey: '0f'.repeat(16), cardReferenceKey: '1e'.repeat(32) };

describe('the key file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-keys-'));
    file = join(folder, 'keys.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made by a command from a file of keys', () => {
    const [passphraseFile, keyFile] = [join(folder, 'passphrase'), join(folder, 'plain-keys.json')];
    writeFileSync(passphraseFile, 'open sesame\n');
    const make = () =>
      spawnSync(
        process.execPath,
        [
          join(import.meta.dirname, 'main.ts'),
          '--create',
          file,
          '--passphrase-file',
          passphraseFile,
          '--keys',
          keyFile,
        ],
        { encoding: 'utf8', env: { ...process.env, LC_ALL: 'ru_RU.UTF-8' } },
      );
    writeFileSync(keyFile, JSON.stringify({ ...keys, baseDerivationKey: 'short' }));
    const refused = make();
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringContaining('должны быть baseDerivationKey'),
    ]);
    writeFileSync(keyFile, JSON.stringify(keys));
    expect(make().status).toBe(0);
    expect(openKeyStore(file, 'open sesame').linkKey()).toHaveLength(32);
  });
});
