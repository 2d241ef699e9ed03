import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endLeftovers, writeProcesses } from './leftovers.ts';

describe('what a killed supervisor left', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-left-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is ended, also if it does not listen; another process with a noted id is left alone', async () => {
    const configFile = join(folder, 'till.json');
    const stubborn = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)";
    const start = (...args: string[]) =>
      spawn(process.execPath, ['-e', stubborn, '--', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    const ours = start('--config', configFile);
    const theirs = start('--config', 'something-else.json');
    await Promise.all([once(ours.stdout, 'data'), once(theirs.stdout, 'data')]);
    const ended = once(ours, 'exit');
    const file = join(folder, 'processes.json');
    writeProcesses(file, [
      { name: 'till-1', pid: ours.pid!, configFile },
      { name: 'till-2', pid: theirs.pid!, configFile },
    ]);
    expect(await endLeftovers(file, 100)).toEqual(['till-1']);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(theirs.exitCode).toBeNull();
    expect(theirs.signalCode).toBeNull();
    theirs.kill('SIGKILL');
  });

  it('is nothing at the first start, and nothing in a damaged file', async () => {
    writeFileSync(join(folder, 'processes.json'), '[{"name":"till-1"');
    expect(await endLeftovers(join(folder, 'processes.json'))).toEqual([]);
    expect(await endLeftovers(join(folder, 'none.json'))).toEqual([]);
  });
});
