import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { installBinaries, type ServerUser, serverUser, sharedFolder } from './embedded-binaries.ts';

/** A PostgreSQL server that the host has started, or found still running after the host itself was killed. */
export interface EmbeddedServer {
  url: string;
  wasAdopted: boolean;
  /** Ends it in order. */
  stop(): Promise<void>;
}

interface Place {
  user: ServerUser | undefined;
  folder: string;
  cluster: string;
  passwordFile: string;
}

const databaseUser = 'bivak';
/** Real time: the server is a process of this machine. */
const startTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;
const lookAgainMs = 50;

function placeOf(dataDir: string): Place {
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

/** Where the database of a data folder lies: for a person who looks for it. */
export function embeddedFolder(dataDir: string): string {
  return placeOf(dataDir).folder;
}

/**
 * Starts the database of a data folder, made at the first call, on a free port of loopback; every commit waits for the
 * disk. A server that an earlier host left running is adopted. Throws an Error with the server's own last words where it
 * does not start.
 */
export async function startEmbedded(dataDir: string): Promise<EmbeddedServer> {
  const place = placeOf(dataDir);
  mkdirSync(resolve(dataDir), { recursive: true });
  const running = await adopt(place);
  if (running !== undefined) return { url: running, wasAdopted: true, stop: () => stopServer(place) };
  const binaries = installBinaries(place.user);
  if (!existsSync(join(place.cluster, 'PG_VERSION'))) create(place, binaries);
  return { url: await start(place, binaries), wasAdopted: false, stop: () => stopServer(place) };
}

/** Ends the server of a data folder that nobody looks after any more; `drop` removes its data too. */
export async function stopEmbedded(dataDir: string, options: { drop: boolean }): Promise<void> {
  const place = placeOf(dataDir);
  await stopServer(place);
  if (!options.drop) return;
  rmSync(place.folder, { recursive: true, force: true });
  rmSync(place.passwordFile, { force: true });
}

function create(place: Place, binaries: string): void {
  rmSync(place.folder, { recursive: true, force: true });
  mkdirSync(place.folder, { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  const passwordForServer = join(place.folder, 'password');
  writeFileSync(passwordForServer, password, { mode: 0o600 });
  for (const path of [place.folder, passwordForServer]) own(path, place.user);
  const args = [
    '-D',
    place.cluster,
    '-U',
    databaseUser,
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordForServer}`,
    '-E',
    'UTF8',
    '--locale=C',
  ];
  const made = spawnSync(join(binaries, 'bin', 'initdb'), args, {
    ...asUser(place.user),
    cwd: place.folder,
    encoding: 'utf8',
  });
  rmSync(passwordForServer);
  if (made.status !== 0)
    throw new Error(`the database could not be made: ${made.stderr || made.error?.message}`);
  writeFileSync(place.passwordFile, password, { mode: 0o600 });
  chmodSync(place.passwordFile, 0o600);
}

function own(path: string, user: ServerUser | undefined): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}

const asUser = (user: ServerUser | undefined) => (user === undefined ? {} : { uid: user.uid, gid: user.gid });

async function start(place: Place, binaries: string): Promise<string> {
  const port = await freePort();
  const logFile = join(place.folder, 'server.log');
  const log = openSync(logFile, 'a', 0o600);
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=on',
    'synchronous_commit=on',
    'max_connections=60',
    'shared_buffers=64MB',
    'timezone=UTC',
    'log_timezone=UTC',
  ];
  const args = ['-D', place.cluster, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  // Detached, so that it outlives a host that is killed and the next host finds it with everything it had acknowledged.
  const server = spawn(join(binaries, 'bin', 'postgres'), args, {
    ...asUser(place.user),
    cwd: place.folder,
    detached: true,
    stdio: ['ignore', log, log],
  });
  let exited = false;
  server.once('exit', () => {
    exited = true;
  });
  server.unref();
  const url = urlOf(place, port);
  for (let waitedMs = 0; waitedMs < startTimeoutMs && !exited; waitedMs += lookAgainMs) {
    if (await answers(url)) return url;
    await pause();
  }
  throw new Error(
    `the database did not start: ${readFileSync(logFile, 'utf8').split('\n').slice(-6).join(' ')}`,
  );
}

function urlOf(place: Place, port: number): string {
  const password = readFileSync(place.passwordFile, 'utf8');
  return `postgres://${databaseUser}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
}

/** The URL of a server that runs on this cluster; undefined where none does. One that runs and does not answer is ended. */
async function adopt(place: Place): Promise<string | undefined> {
  const found = postmaster(place);
  if (found === undefined || !existsSync(place.passwordFile)) return undefined;
  const url = urlOf(place, found.port);
  for (let waitedMs = 0; waitedMs < stopTimeoutMs; waitedMs += lookAgainMs) {
    if (await answers(url)) return url;
    if (!isAlive(found.pid)) return undefined;
    await pause();
  }
  await stopServer(place);
  return undefined;
}

/** The server that holds the cluster, from its pid file; undefined where the file is missing or stale. */
function postmaster(place: Place): { pid: number; port: number } | undefined {
  try {
    const lines = readFileSync(join(place.cluster, 'postmaster.pid'), 'utf8').split('\n');
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    return isAlive(pid) && isPostmaster(pid, place.cluster) ? { pid, port } : undefined;
  } catch {
    return undefined;
  }
}

/** A pid may have gone to another process since: the command line tells, where the system shows it. */
function isPostmaster(pid: number, cluster: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(cluster);
  } catch {
    return !existsSync('/proc/self/cmdline');
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function stopServer(place: Place): Promise<void> {
  const found = postmaster(place);
  if (found === undefined) return;
  // SIGINT: sessions are ended and the server shuts down in order; SIGQUIT at the end: it recovers at its next start.
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!isAlive(found.pid)) return;
    process.kill(found.pid, signal);
    for (let waitedMs = 0; waitedMs < stopTimeoutMs && isAlive(found.pid); waitedMs += lookAgainMs)
      await pause();
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, lookAgainMs));

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
