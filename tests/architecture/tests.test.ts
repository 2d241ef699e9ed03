import { matchesGlob } from 'node:path';
import { describe, expect, it } from 'vitest';
import config from '../../vitest.config.ts';
import { type Importing, readImports } from './import-rules.ts';
import { readSource, root, trackedPaths } from './source-tree.ts';

interface Project {
  name: string;
  include: string[];
  exclude?: string[];
  testTimeout?: number;
  hookTimeout?: number;
}

const projects = (config.test?.projects ?? []).map((one) => (one as { test: Project }).test);
const projectsOf = (path: string): string[] =>
  projects
    .filter(({ include }) => include.some((glob) => matchesGlob(path, glob)))
    .filter(({ exclude = [] }) => !exclude.some((glob) => matchesGlob(path, glob)))
    .map(({ name }) => name);
const testPaths = trackedPaths(/\.(test|spec)\.[cm]?[jt]sx?$/);

/** How a test comes to import a module, one import an entry; undefined if it does not. Types are gone at run time. */
function wayTo(target: string, from: string, files: ReadonlyMap<string, Importing>): string[] | undefined {
  const seen = new Set([from]);
  const open: string[][] = [[from]];
  for (let way = open.shift(); way !== undefined; way = open.shift()) {
    const path = way.at(-1)!;
    if (path === target) return way;
    for (const next of files.get(path)?.imports ?? []) {
      if (next.isTypeOnly || seen.has(next.path)) continue;
      seen.add(next.path);
      open.push([...way, next.path]);
    }
  }
  return undefined;
}

describe('the tests', () => {
  it('are all run, each in one project of vitest.config.ts', () => {
    expect(testPaths).not.toEqual([]);
    const astray = testPaths
      .filter((path) => projectsOf(path).length !== 1)
      .map((path) => `${path}: in ${projectsOf(path).join(' and ') || 'no project'}`);
    expect(astray).toEqual([]);
  });

  it('are all switched on', () => {
    const off = new RegExp(
      `\\b(describe|it|test)(\\.\\w+)*\\.(${['skip', 'only', 'todo'].join('|')})|\\bx(it|describe)\\(`,
    );
    const switchedOff =
      ['it', 'only("a")'].join('.') + ['describe.concurrent', 'skipIf(true)("b")'].join('.');
    expect(switchedOff.match(new RegExp(off, 'g'))).toHaveLength(2);
    expect(testPaths.filter((path) => off.test(readSource(path).text))).toEqual([]);
  });

  it('of `unit` start no process (else: x.process.test.ts, which is run in `integration`)', async () => {
    const { files } = await readImports(root, ['packages', 'apps', 'tools']);
    const byPath = new Map(files.map((one) => [one.path, one]));
    const started = (path: string) => wayTo('child_process', path, byPath)?.join(' → ');
    const slow = testPaths.filter((path) => projectsOf(path).includes('unit')).map(started);
    expect(slow.filter((way) => way !== undefined)).toEqual([]);
    expect(started('apps/host/src/store/store.test.ts')).toContain('embedded.ts → ');
  });

  it('that start a process have two minutes and more, however busy the machine is', () => {
    const impatient = projects
      .filter(({ name }) => name !== 'unit')
      .filter(({ testTimeout = 0, hookTimeout = 0 }) => Math.min(testTimeout, hookTimeout) < 120_000);
    expect(impatient).toEqual([]);
  });
});
