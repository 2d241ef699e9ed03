import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { holdDataFolder } from './data-folder.ts';

const holder = `
  import { holdDataFolder } from '${join(import.meta.dirname, 'data-folder.ts')}';
  const held = holdDataFolder(process.argv[1]);
  console.log('held');
  setInterval(() => held, 1000);
`;

it('is held by one host at a time, and free again when that one is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bivak-held-'));
  const own = holdDataFolder(folder);
  expect(() => holdDataFolder(folder)).toThrow(`another host works in ${folder}`);
  own.release();
  const host = spawn(process.execPath, ['--input-type=module-typescript', '-e', holder, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((ready) => host.stdout.once('data', ready));
  expect(() => holdDataFolder(folder)).toThrow('another host');
  const ended = new Promise((resolve) => host.once('close', resolve));
  host.kill('SIGKILL');
  await ended;
  holdDataFolder(folder).release();
  rmSync(folder, { recursive: true });
}, 30_000);
