import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyFile, readKeyFile } from './key-file.ts';
import { openKeyStore } from './key-store.ts';

const keys = {
  baseDerivationKey: '0f'.repeat(16),
  cardReferenceKey: '1e'.repeat(32),
  linkKey: '2d'.repeat(32),
};

describe('the key file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-keys-'));
    file = join(folder, 'keys.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives its keys for the passphrase, with or without the white space that an editor adds', () => {
    createKeyFile(file, 'open sesame', keys);
    for (const passphrase of ['open sesame\n', Buffer.from(' open sesame\r\n')]) {
      const open = readKeyFile(file, passphrase);
      expect(Buffer.from(open.baseDerivationKey).toString('hex')).toBe(keys.baseDerivationKey);
      expect(Buffer.from(open.cardReferenceKey).toString('hex')).toBe(keys.cardReferenceKey);
      expect(Buffer.from(open.linkKey).toString('hex')).toBe(keys.linkKey);
      expect(open.wrappingKey).toHaveLength(32);
    }
    expect(readFileSync(file, 'utf8')).not.toContain('0f0f0f0f');
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('has them in one piece of memory, of which no text is made', () => {
    createKeyFile(file, 'open sesame', keys);
    const open = readKeyFile(file, 'open sesame');
    expect(new Set(Object.values(open).map(({ buffer }: Uint8Array) => buffer)).size).toBe(1);
    expect(Object.values(open).every((key) => key instanceof Uint8Array)).toBe(true);
  });

  it('says nothing but that it cannot be opened', () => {
    createKeyFile(file, 'open sesame', keys);
    expect(() => readKeyFile(file, 'wrong')).toThrow('cannot be opened');
    writeFileSync(file, '{}');
    expect(() => readKeyFile(file, 'open sesame')).toThrow('cannot be opened');
    expect(() => readKeyFile(join(folder, 'none'), 'x')).toThrow('cannot be opened');
  });

  it('keeps its keys out of every error', () => {
    createKeyFile(file, 'open sesame', keys);
    const said: string[] = [];
    for (const attempt of [
      () => readKeyFile(file, 'wrong'),
      () => openKeyStore(file, 'open sesame').cards.openArrived('none', ''),
      () => createKeyFile(file, 'open sesame', keys),
    ]) {
      try {
        attempt();
      } catch (error) {
        said.push(inspect(error, { depth: 9 }));
      }
    }
    expect(said).toHaveLength(3);
    for (const secret of [...Object.values(keys), 'open sesame']) expect(said.join()).not.toContain(secret);
  });

  it('is never overwritten', () => {
    createKeyFile(file, 'open sesame', keys);
    expect(() => createKeyFile(file, 'open sesame', keys)).toThrow('never overwritten');
  });
});
