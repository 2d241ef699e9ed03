import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

/** As whom the database server runs; undefined: as the user who runs the host. */
export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

/** Where the database of one data folder lies. */
export interface Place {
  user: ServerUser | undefined;
  /** Everything of this database: its cluster and its server's log. */
  folder: string;
  cluster: string;
  /** In the data folder itself, readable by its owner alone. */
  passwordFile: string;
}

/** The place of a data folder's database: in that folder, or in one that another user may enter if the host runs as root. */
export function placeOf(dataDir: string): Place {
  const user = serverUser();
  const hash = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 16);
  const folder = user === undefined ? join(resolve(dataDir), 'postgresql') : join(sharedFolder(user), hash);
  return {
    user,
    folder,
    cluster: join(folder, 'cluster'),
    passwordFile: join(resolve(dataDir), 'database-password'),
  };
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
      if (!isOurs(base)) continue;
      chmodSync(base, 0o755);
      return base;
    } catch {
      // not writable: the next one
    }
  }
  throw new Error(`neither ${wanted} nor ${tmpdir()} can be written: the database has no place`);
}

/** In a folder that anybody may write, somebody else could have made it first and would own what runs from it. */
function isOurs(folder: string): boolean {
  const { uid } = lstatSync(folder);
  return process.getuid === undefined || uid === process.getuid();
}
