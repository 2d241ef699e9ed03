import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A source file of the project: its path from the root, and its text. */
export interface SourceFile {
  path: string;
  text: string;
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

export const readSource = (path: string): SourceFile => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
});

export function sources(): SourceFile[] {
  return trackedPaths(/\.tsx?$/).map(readSource);
}

export const isTest = (path: string): boolean =>
  /\.test\.tsx?$|(^|\/)(testing|test)\//.test(path) || path.startsWith('tests/');
