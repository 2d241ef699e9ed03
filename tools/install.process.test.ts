import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from './run-steps.ts';

interface Entry {
  version: string;
  optional?: boolean;
  os?: string | string[];
  cpu?: string | string[];
}

const mine = { os: process.platform, cpu: [process.arch] };
const packages = {
  '': { version: '0.1.0' },
  'node_modules/plain': { version: '1.0.0' },
  'node_modules/node-linux-mine': { version: '26.0.0', optional: true, ...mine },
  'node_modules/node-linux-other': { version: '26.0.0', optional: true, os: 'plan9', cpu: 'x64' },
  'node_modules/anywhere': { version: '1.0.0', optional: true },
} satisfies Record<string, Entry>;

/** Stands for npm: installs what it is told to, and writes down what it was called with. */
const fakeNpm = `
const { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } = require('node:fs');
const [command, name] = process.argv.slice(2);
appendFileSync('calls', process.argv.slice(2, command === 'ci' ? 3 : 4).join(' ') + '\\n');
if (command === 'ci') {
  const packages = JSON.parse(readFileSync('npm-installs', 'utf8'));
  for (const path of Object.keys(packages)) {
    mkdirSync(path, { recursive: true });
    writeFileSync(path + '/package.json', '{}');
  }
  writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));
} else {
  mkdirSync('node_modules/.bin', { recursive: true });
  symlinkSync(process.execPath, 'node_modules/.bin/node');
}
`;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A project in little whose npm leaves some packages out. */
function project(leftOut: readonly string[], name = 'bivak «установка» '): string {
  const folder = mkdtempSync(join(tmpdir(), name));
  folders.push(folder);
  mkdirSync(join(folder, 'tools'));
  cpSync(join(root, 'tools', 'install.mjs'), join(folder, 'tools', 'install.mjs'));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
  writeFileSync(join(folder, 'npm.js'), fakeNpm);
  const installs = Object.entries(packages).filter(([path]) => path !== '' && !leftOut.includes(path));
  writeFileSync(join(folder, 'npm-installs'), JSON.stringify(Object.fromEntries(installs)));
  return folder;
}

function install(folder: string): { status: number | null; stderr: string; calls: string[] } {
  rmSync(join(folder, 'calls'), { force: true });
  const environment = { ...process.env, npm_execpath: join(folder, 'npm.js') };
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'tools', 'install.mjs')], {
    cwd: folder,
    encoding: 'utf8',
    env: environment,
  });
  const calls = join(folder, 'calls');
  return { status, stderr, calls: existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [] };
}

const others = ['node_modules/node-linux-other', 'node_modules/anywhere'];

describe('the install before the first start', () => {
  it('gives the project its Node if npm left the command out, and does nothing the second time', () => {
    const folder = project(others);
    expect(install(folder)).toEqual({ status: 0, stderr: '', calls: ['ci', 'rebuild node-linux-mine'] });
    expect(existsSync(join(folder, 'node_modules', '.bin', 'node'))).toBe(true);
    expect(install(folder)).toEqual({ status: 0, stderr: '', calls: [] });
  });

  it('says which package of this machine npm left out, and tries again at the next start', () => {
    const folder = project([...others, 'node_modules/node-linux-mine']);
    for (const _ of ['first', 'second']) {
      const { status, stderr, calls } = install(folder);
      expect({ status, calls }).toEqual({ status: 1, calls: ['ci'] });
      expect(stderr).toContain('npm ci left out node_modules/node-linux-mine.');
    }
  });

  it('installs again what was removed or is of another version', () => {
    const folder = project(others);
    install(folder);
    rmSync(join(folder, 'node_modules', 'plain'), { recursive: true });
    expect(install(folder).calls).toEqual(['ci']);
    const newer = { ...packages, 'node_modules/plain': { version: '1.0.1' } };
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: newer }));
    const { status, stderr } = install(folder);
    expect(status).toBe(1);
    expect(stderr).toContain('node_modules/plain');
  });

  it.each(['#', '?', '%', ':'])(
    'says at once that no build works in a folder with %s in its path',
    (sign) => {
      const { status, stderr, calls } = install(project(others, `bivak ${sign}`));
      expect({ status, calls }).toEqual({ status: 1, calls: [] });
      expect(stderr).toContain(`without “${sign}”`);
    },
  );

  it('says so if the packaged Node does not run on the machine', () => {
    const folder = project(others);
    install(folder);
    const link = join(folder, 'node_modules', '.bin', 'node');
    rmSync(link);
    writeFileSync(link, '#!/bin/sh\necho no such loader >&2; exit 127\n', { mode: 0o755 });
    const { status, stderr } = install(folder);
    expect(status).toBe(1);
    expect(stderr).toContain('does not run on this machine');
  });
});
