import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeFolder } from './lock.ts';

describe('the lock of a data folder', () => {
  let folder: string;
  let lockFile: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-lock-'));
    lockFile = join(folder, 'lock.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is had by one at a time', () => {
    const first = takeFolder(lockFile);
    expect(takeFolder(lockFile)).toEqual({ heldBy: process.pid });
    if ('release' in first) first.release();
    const again = takeFolder(lockFile);
    expect(again).toHaveProperty('release');
    if ('release' in again) again.release();
  });

  it('goes with a process that is killed', async () => {
    const code = `import { takeFolder } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)};
      takeFolder(${JSON.stringify(lockFile)}); console.log('held'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    expect(takeFolder(lockFile)).toEqual({ heldBy: holder.pid });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const mine = takeFolder(lockFile);
    expect(mine).toHaveProperty('release');
    if ('release' in mine) mine.release();
  });
});
