import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFile } from './new-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bivak-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a new file', () => {
  it('is made with its folder, for its user alone, and nothing is left beside it', () => {
    const file = join(folder, 'deeper', 'key.pem');
    expect(createFile(file, 'the key')).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('the key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'deeper'))).toEqual(['key.pem']);
  });

  it('never replaces one that is there', () => {
    const file = join(folder, 'key.pem');
    writeFileSync(file, 'the first');
    expect(createFile(file, 'another')).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('the first');
    expect(readdirSync(folder)).toEqual(['key.pem']);
  });

  it('is not there where it could not be written whole', () => {
    writeFileSync(join(folder, 'no-folder'), '');
    expect(() => createFile(join(folder, 'no-folder', 'key.pem'), 'the key')).toThrow();
    expect(readdirSync(folder)).toEqual(['no-folder']);
  });
});
