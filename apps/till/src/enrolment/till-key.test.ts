import { sign, verify } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tillKeys } from './till-key.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bivak-key-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the till’s key', () => {
  it('is made once, and only its user may read it', () => {
    const dataDir = join(folder, 'till');
    const first = tillKeys(dataDir);
    const again = tillKeys(dataDir);
    const signature = sign(null, Buffer.from('x'), first.privateKey);
    expect(verify(null, Buffer.from('x'), again.publicKey, signature)).toBe(true);
    expect(statSync(join(dataDir, 'till-key.pem')).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['till-key.pem']);
  });

  it('is not made anew beside a journal that another one signed', () => {
    writeFileSync(join(folder, 'till.db'), '');
    expect(() => tillKeys(folder)).toThrow(/put it back/);
    expect(readdirSync(folder)).toEqual(['till.db']);
  });

  it('is never replaced if it cannot be read', () => {
    writeFileSync(join(folder, 'till-key.pem'), 'half a ke');
    expect(() => tillKeys(folder)).toThrow();
    writeFileSync(join(folder, 'till-key.pem.new'), 'left by a power cut');
    expect(readdirSync(folder)).toContain('till-key.pem');
  });
});
