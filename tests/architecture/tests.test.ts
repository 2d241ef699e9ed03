import { matchesGlob } from 'node:path';
import { describe, expect, it } from 'vitest';
import config from '../../vitest.config.ts';
import { readSource, type SourceFile, sources, trackedPaths } from './source-tree.ts';

interface Project {
  name: string;
  include: string[];
  exclude?: string[];
}

const projects = (config.test?.projects ?? []).map((one) => (one as { test: Project }).test);
const projectsOf = (path: string): string[] =>
  projects
    .filter(({ include }) => include.some((glob) => matchesGlob(path, glob)))
    .filter(({ exclude = [] }) => !exclude.some((glob) => matchesGlob(path, glob)))
    .map(({ name }) => name);
const testPaths = trackedPaths(/\.(test|spec)\.[cm]?[jt]sx?$/);

/** How a test comes to import a file, one import an entry; undefined where it does not. */
function wayTo(target: RegExp, from: string, files: ReadonlyMap<string, SourceFile>): string[] | undefined {
  const seen = new Set([from]);
  const open: string[][] = [[from]];
  for (let way = open.shift(); way !== undefined; way = open.shift()) {
    const path = way.at(-1)!;
    if (target.test(path)) return way;
    for (const next of files.get(path)?.valueImports ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push([...way, next]);
    }
  }
  return undefined;
}

describe('the tests', () => {
  it('are all run, each in one project of vitest.config.ts', () => {
    expect(testPaths.length).toBeGreaterThan(50);
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

  it('of `npm run check` start no database (else: name their folder in vitest.config.ts)', () => {
    const files = new Map(sources().map((file) => [file.path, file]));
    const slow = testPaths
      .filter((path) => projectsOf(path).includes('unit'))
      .map((path) => wayTo(/^apps\/host\/src\/store\/embedded\.ts$/, path, files)?.join(' → '));
    expect(slow.filter((way) => way !== undefined)).toEqual([]);
    expect(wayTo(/embedded\.ts$/, 'apps/host/src/payments/payments.test.ts', files)).toBeDefined();
  });
});
