import { type SpawnOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { installBinaries } from './embedded-binaries.ts';
import { type Place, placeOf } from './embedded-place.ts';
import {
  becomesReady,
  isRunning,
  mendPidFile,
  pause,
  postmaster,
  stopServer,
} from './embedded-postmaster.ts';

/** A PostgreSQL server that the host has started, or found still running after the host itself was killed. */
export interface EmbeddedServer {
  url: string;
  wasAdopted: boolean;
  /** Ends it in order. */
  stop(): Promise<void>;
}

/** Hears what happens to the server while it is looked after; for the host's log. */
export type ServerEvents = (what: string) => void;

const databaseUser = 'bivak';
/** Real time, all of these: the server is a process of this machine. */
const startTimeoutMs = 60_000;
const adoptTimeoutMs = 20_000;
const watchEveryMs = 500;
/** A server that does not start again (its disk is full, its port taken) is tried less and less often. */
const longestRestartWaitMs = 30_000;
const orphanWaitMs = 200;
const portsTried = 5;

/** Where the database of a data folder lies: for a person who looks for it. */
export function embeddedFolder(dataDir: string): string {
  return placeOf(dataDir).folder;
}

/**
 * Starts the database of a data folder, made at the first call, on a free port of loopback; every commit waits for the
 * disk. A server that an earlier host left running is adopted; one that dies is started again on its port. Throws an Error
 * with the server's own last words where it does not start.
 */
export async function startEmbedded(dataDir: string, tell: ServerEvents = () => {}): Promise<EmbeddedServer> {
  const place = placeOf(dataDir);
  mkdirSync(resolve(dataDir), { recursive: true });
  const adoptedPort = await adopt(place);
  if (adoptedPort !== undefined)
    return watched(place, adoptedPort, installBinaries(place.user), { wasAdopted: true, tell });
  const binaries = installBinaries(place.user);
  await leaveBehindWithoutPassword(place, tell);
  if (!existsSync(place.cluster)) await create(place, binaries);
  const port = await startOnFreePort(place, binaries);
  return watched(place, port, binaries, { wasAdopted: false, tell });
}

/** Ends the server of a data folder that nobody looks after any more; `drop` removes its data too. */
export async function stopEmbedded(dataDir: string, options: { drop: boolean }): Promise<void> {
  const place = placeOf(dataDir);
  await stopServer(place);
  if (!options.drop) return;
  rmSync(place.folder, { recursive: true, force: true });
  rmSync(place.passwordFile, { force: true });
}

/** Looks after a running server: one that dies is started again, until it is stopped on purpose. */
function watched(
  place: Place,
  port: number,
  binaries: string,
  { wasAdopted, tell }: { wasAdopted: boolean; tell: ServerEvents },
): EmbeddedServer {
  let restarting: Promise<void> | undefined;
  let [failures, waitMs] = [0, 0];
  const restart = async (): Promise<void> => {
    tell('the database server has died: it is started again');
    try {
      await start(place, binaries, port);
      failures = 0;
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error));
      waitMs = Math.min(longestRestartWaitMs, watchEveryMs * 2 ** Math.min(failures++, 10));
    }
    restarting = undefined;
  };
  const watch = setInterval(() => {
    waitMs -= watchEveryMs;
    if (restarting === undefined && waitMs <= 0 && postmaster(place) === undefined) restarting = restart();
  }, watchEveryMs);
  return {
    url: urlOf(place, port),
    wasAdopted,
    stop: async () => {
      clearInterval(watch);
      await restarting;
      await stopServer(place);
    },
  };
}

/**
 * Its password was in a data folder that is gone: nobody can open this database. It is set aside, not removed, and a new
 * one made.
 */
async function leaveBehindWithoutPassword(place: Place, tell: ServerEvents): Promise<void> {
  if (!existsSync(place.cluster) || existsSync(place.passwordFile)) return;
  await stopServer(place);
  const aside = `${place.cluster}-without-password-${randomBytes(4).toString('hex')}`;
  renameSync(place.cluster, aside);
  tell(`a database whose password is gone was set aside: ${aside}`);
}

/** Makes the cluster beside its place and moves it there when it is whole: a host that is killed meanwhile leaves no half of one. */
async function create(place: Place, binaries: string): Promise<void> {
  mkdirSync(place.folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(place.folder).filter((name) => name.startsWith('making-')))
    rmSync(join(place.folder, name), { recursive: true, force: true, maxRetries: 3 });
  const making = join(place.folder, `making-${randomBytes(4).toString('hex')}`);
  mkdirSync(making, { mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  const passwordForServer = join(making, 'password');
  writeFileSync(passwordForServer, password, { mode: 0o600 });
  for (const path of [place.folder, making, passwordForServer]) own(path, place);
  // For a person who finds the folder far from the data folder, and wonders whose it is.
  writeFileSync(join(place.folder, 'belongs-to'), `${dirname(place.passwordFile)}\n`);
  const args = ['-D', join(making, 'cluster'), '-U', databaseUser, '-A', 'scram-sha-256'];
  args.push(`--pwfile=${passwordForServer}`, '-E', 'UTF8', '--locale=C');
  await run(join(binaries, 'bin', 'initdb'), args, { ...asUser(place), cwd: making });
  writeFileSync(`${place.passwordFile}.new`, password, { mode: 0o600, flush: true });
  renameSync(`${place.passwordFile}.new`, place.passwordFile);
  renameSync(join(making, 'cluster'), place.cluster);
  rmSync(making, { recursive: true, force: true });
}

function run(program: string, args: readonly string[], options: SpawnOptions): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once('error', fail);
    child.once('close', (code) =>
      code === 0 ? done() : fail(new Error(`the database could not be made: ${said.trim() || code}`)),
    );
  });
}

function own(path: string, { user }: Place): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}

const asUser = ({ user }: Place): { uid?: number; gid?: number } =>
  user === undefined ? {} : { uid: user.uid, gid: user.gid };

/**
 * Between the search for a free port and its use somebody else may have taken it: then another one is tried. A server that
 * was killed may have left a session at work, which ends with its statement: it is waited for.
 */
async function startOnFreePort(place: Place, binaries: string): Promise<number> {
  let waitedMs = 0;
  for (let tries = 1; ; ) {
    const port = await freePort();
    try {
      await start(place, binaries, port);
      return port;
    } catch (error) {
      if (isHeldBySession(error) && waitedMs < startTimeoutMs) {
        await pause(orphanWaitMs);
        waitedMs += orphanWaitMs;
      } else if (!/could not bind|Address already in use/.test(String(error)) || tries++ === portsTried)
        throw error;
    }
  }
}

const isHeldBySession = (error: unknown): boolean => /pre-existing shared memory block/.test(String(error));

async function start(place: Place, binaries: string, port: number): Promise<void> {
  mendPidFile(place);
  const logFile = join(place.folder, 'server.log');
  const log = openSync(logFile, 'a', 0o600);
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=on',
    'synchronous_commit=on',
    'full_page_writes=on',
    'max_connections=60',
    'shared_buffers=64MB',
    'timezone=UTC',
    'log_timezone=UTC',
  ];
  const args = ['-D', place.cluster, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  // Detached, so that it outlives a host that is killed and the next host finds it with everything it had acknowledged.
  const server = spawn(join(binaries, 'bin', 'postgres'), args, {
    ...asUser(place),
    cwd: place.folder,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let hasExited = false;
  const onExit = (): void => {
    hasExited = true;
  };
  server.once('exit', onExit);
  server.once('error', onExit);
  server.unref();
  if (await becomesReady(urlOf(place, port), startTimeoutMs, () => hasExited)) return;
  throw new Error(
    `the database did not start: ${readFileSync(logFile, 'utf8').split('\n').slice(-6).join(' ')}`,
  );
}

function urlOf(place: Place, port: number): string {
  const password = readFileSync(place.passwordFile, 'utf8');
  return `postgres://${databaseUser}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
}

/** The port of a server that runs on this cluster; undefined where none does. One that runs and does not answer is ended. */
async function adopt(place: Place): Promise<number | undefined> {
  const found = postmaster(place);
  if (found === undefined || !existsSync(place.passwordFile)) return undefined;
  const url = urlOf(place, found.port);
  if (await becomesReady(url, adoptTimeoutMs, () => !isRunning(found.pid, place))) return found.port;
  await stopServer(place);
  return undefined;
}

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
