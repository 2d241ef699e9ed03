import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bivak-key-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the till’s key', () => {
  it('is the same for tills that are started in one moment', async () => {
    const dataDir = join(folder, 'till');
    const source = `
      import { tillKeys } from ${JSON.stringify(new URL('./till-key.ts', import.meta.url).href)};
      console.log(tillKeys(${JSON.stringify(dataDir)}).publicKey.export({ type: 'spki', format: 'pem' }));`;
    const runs = Array.from({ length: 4 }, () =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', source]),
    );
    const keys = (await Promise.all(runs)).map(({ stdout }) => stdout);
    expect(new Set(keys).size).toBe(1);
    expect(readdirSync(dataDir)).toEqual(['till-key.pem']);
  });
});
