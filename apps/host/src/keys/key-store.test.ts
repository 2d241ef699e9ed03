import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { CardDataError, cardReference, deriveInitialKey, sealTrack2 } from '@bivak/card';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyFile, openKeyFile } from './key-store.ts';

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

  it('opens card data and shows no key', () => {
    createKeyFile(file, 'open sesame', keys);
    const store = openKeyFile(file, 'open sesame\n');
    const ksn = 'b17a0000000000010000002a';
    const initialKey = deriveInitialKey(Buffer.from(keys.baseDerivationKey, 'hex'), ksn.slice(0, 16));
    const ciphertext = sealTrack2(initialKey, ksn, '4761739001010119=4912201');
    const reference = cardReference(Buffer.from(keys.cardReferenceKey, 'hex'), '4761739001010119');
    expect(store.openCard(ksn, ciphertext, reference)).toEqual({
      pan: '4761739001010119',
      expiry: '4912',
      serviceCode: '201',
    });
    expect(() => store.openCard(ksn, ciphertext, 'f'.repeat(64))).toThrow('other-card-than-reference');
    const changed = `00${ciphertext.slice(2)}`;
    expect(() => store.openCard(ksn, changed, reference)).toThrow(CardDataError);
    expect(readFileSync(file, 'utf8')).not.toContain('0f0f0f0f');
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('says nothing but that it cannot be opened', () => {
    createKeyFile(file, 'open sesame', keys);
    expect(() => openKeyFile(file, 'wrong')).toThrow('cannot be opened');
    writeFileSync(file, '{}');
    expect(() => openKeyFile(file, 'open sesame')).toThrow('cannot be opened');
    expect(() => openKeyFile(join(folder, 'none'), 'x')).toThrow('cannot be opened');
  });

  it('keeps its keys out of every error', () => {
    createKeyFile(file, 'open sesame', keys);
    const said: string[] = [];
    for (const attempt of [
      () => openKeyFile(file, 'wrong'),
      () => openKeyFile(file, 'open sesame').openCard('b17a0000000000010000002a', 'ff'.repeat(40), ''),
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
