import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root, trackedPaths } from './source-tree.ts';

/** What knip finds in a project that is not used, or used and not declared; nothing if all is well. */
function knip(folder: string): string {
  const args = [join(root, 'node_modules', 'knip', 'bin', 'knip.js'), '--no-progress', '--no-config-hints'];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  return status === 0 ? '' : stdout + stderr;
}

describe('the packages', () => {
  const sample = mkdtempSync(join(tmpdir(), 'bivak-knip-'));
  afterAll(() => rmSync(sample, { recursive: true }));

  it('export what is used, declare what they import, and nothing else (knip.json)', () => {
    expect(knip(root)).toBe('');
  });

  it('are looked through: what nobody uses is found', () => {
    mkdirSync(join(sample, 'src'));
    const manifest = { name: 'sample', type: 'module', dependencies: { idle: '1.0.0' } };
    writeFileSync(join(sample, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(sample, 'knip.json'), JSON.stringify({ entry: ['src/main.ts'], project: ['src/**'] }));
    writeFileSync(
      join(sample, 'src', 'main.ts'),
      "import { used } from './a.ts';\nimport 'undeclared';\nused();",
    );
    writeFileSync(join(sample, 'src', 'a.ts'), 'export const used = () => {};\nexport const dead = 1;');
    writeFileSync(join(sample, 'src', 'alone.ts'), 'export const x = 1;');
    const found = knip(sample);
    for (const name of ['idle', 'undeclared', 'dead', 'alone.ts']) expect(found).toContain(name);
  });

  it('locks every package by what is in it, not by where it came from', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { link?: boolean; integrity?: string; resolved?: string }>;
    };
    const fetched = Object.entries(packages).filter(
      ([path, { link }]) => path.includes('node_modules/') && link !== true,
    );
    expect(fetched).not.toEqual([]);
    const loose = fetched.filter(([, one]) => one.integrity === undefined || one.resolved !== undefined);
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  it('speak of themselves alone: no registry’s host name', () => {
    const forbidden = new RegExp(['registry', '\\.npmjs|deb\\.debian'].join(''));
    const found = [...trackedPaths(/.(?<!\.png)$/), 'package-lock.json'].filter((path) =>
      forbidden.test(readFileSync(join(root, path), 'utf8')),
    );
    expect(found).toEqual([]);
  });

  it('pins every version', () => {
    const loose = trackedPaths(/package\.json$/).flatMap((path) => {
      const {
        dependencies = {},
        devDependencies = {},
        optionalDependencies = {},
      } = JSON.parse(readFileSync(join(root, path), 'utf8'));
      return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
        .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version as string))
        .map(([name, version]) => `${path}: ${name} ${version}`);
    });
    expect(loose).toEqual([]);
  });
});
