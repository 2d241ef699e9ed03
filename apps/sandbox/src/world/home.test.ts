import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isHome, makeHome, removeHome } from './home.ts';
import { readWhole, writeWhole } from './whole-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bivak-home-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the sandbox’s folder', () => {
  it('is a new one or an empty one, and is taken up again', () => {
    makeHome(join(folder, 'deep', 'new'));
    expect(isHome(join(folder, 'deep', 'new'))).toBe(true);
    writeFileSync(join(folder, 'deep', 'new', 'kept'), '');
    makeHome(join(folder, 'deep', 'new'));
    removeHome(join(folder, 'deep', 'new'));
    makeHome(join(folder, 'deep'));
    expect(readdirSync(join(folder, 'deep'))).toEqual(['home.json']);
  });

  it('is never one that holds other things, and such a one is never emptied', () => {
    writeFileSync(join(folder, 'letter'), 'mine');
    expect(() => makeHome(folder)).toThrow('holds-other-things');
    removeHome(folder);
    expect(existsSync(join(folder, 'letter'))).toBe(true);
  });
});

describe('a file that is written whole', () => {
  it('is read back, for its owner alone; a damaged one counts as none', () => {
    const file = join(folder, 'ports.json');
    const schema = z.record(z.string(), z.number());
    expect(readWhole(file, schema)).toBeUndefined();
    writeWhole(file, '{"host":1}');
    expect(readWhole(file, schema)).toEqual({ host: 1 });
    expect(statSync(file).mode & 0o077).toBe(0);
    for (const damaged of ['', '{"host":', '{"host":"one"}']) {
      writeFileSync(file, damaged);
      expect(readWhole(file, schema)).toBeUndefined();
    }
    expect(readdirSync(folder)).toEqual(['ports.json']);
  });
});
