import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A source file of the project: its path from the root, its text, and what it imports. */
export interface SourceFile {
  path: string;
  text: string;
  /** Paths from the root for relative imports ("apps/till/src/sale/ring-up.ts"), bare names for the others. */
  imports: string[];
  /** Those of them that are there at run time: types are gone by then and make no circle. */
  valueImports: string[];
}

/** Every file that git tracks or would track and that is there, from the root, whose path matches. */
export function trackedPaths(pattern: RegExp): string[] {
  // Git lists nothing in a clone that belongs to another user, unless it is told to.
  const args = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return listed
    .split('\0')
    .filter(
      (path) => pattern.test(path) && !path.endsWith('package-lock.json') && existsSync(join(root, path)),
    );
}

export function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  return { path, text, imports: importsOf(path, text), valueImports: valueImportsOf(path, text) };
}

export function sources(): SourceFile[] {
  return trackedPaths(/\.tsx?$/).map(readSource);
}

const importForms = [
  /^(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
];

/** What a file imports, statically or by name at run time. */
export function importsOf(path: string, text: string): string[] {
  return importForms.flatMap((form) =>
    [...text.matchAll(form)].map(([, name]) =>
      name!.startsWith('.') ? relative('.', normalize(join(dirname(path), name!))) : name!,
    ),
  );
}

/** As {@link importsOf}, without `import type`. */
export function valueImportsOf(path: string, text: string): string[] {
  return importsOf(path, text.replaceAll(/^(?:import|export)\s+type\b[^;]*;/gm, ''));
}

export const isTest = (path: string): boolean =>
  /\.test\.tsx?$|(^|\/)(testing|test)\//.test(path) || path.startsWith('tests/');
