import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { installBinaries } from './embedded-binaries.ts';
import { type Place, placeOf } from './embedded-place.ts';
import {
  answers,
  lookAgainMs,
  mendPidFile,
  pause,
  postmaster,
  run,
  stopServer,
} from './embedded-postmaster.ts';

/** A PostgreSQL server that the host has started, or found still running after the host itself was killed. */
export interface EmbeddedServer {
  url: string;
  wasAdopted: boolean;
  /** Ends it in order. */
  stop(): Promise<void>;
}

/** What happens to the server while it is looked after; for the host's log. */
export type ServerEvents = (what: string) => void;

const databaseUser = 'bivak';
/** Real time, all of these: the server is a process of this machine. */
/** Recovery after a crash may take long, and beginning anew would only begin it anew. */
const maxStartSeconds = 3_600;
const watchEveryMs = 500;
/** A server that does not start again (its disk is full, its port taken) is tried less and less often. */
const maxRestartWaitMs = 30_000;
const orphanWaitMs = 200;
const maxOrphanWaitMs = 60_000;
const maxPortsTried = 5;

/** Where the database of a data folder lies: for a person who looks for it. */
export function embeddedFolder(dataDir: string): string {
  return placeOf(dataDir).folder;
}

/**
 * Starts the database of a data folder, made at the first call, on a free port of loopback; every commit waits for the
 * disk. A server that an earlier host left running is adopted; one that dies is started again on its port. Throws an Error
 * with the end of the server's log if it does not start.
 */
export async function startEmbedded(
  dataDir: string,
  onEvent: ServerEvents = () => {},
): Promise<EmbeddedServer> {
  const place = placeOf(dataDir);
  mkdirSync(resolve(dataDir), { recursive: true });
  const adoptedPort = await adopt(place);
  if (adoptedPort !== undefined)
    return watched(place, adoptedPort, installBinaries(place.user), { wasAdopted: true, onEvent });
  const binaries = installBinaries(place.user);
  await leaveBehindWithoutPassword(place, onEvent);
  if (!existsSync(place.cluster)) await create(place, binaries);
  const port = await startOnFreePort(place, binaries);
  return watched(place, port, binaries, { wasAdopted: false, onEvent });
}

/** Ends the server of a data folder that nobody looks after any more; `drop` removes its data too. */
export async function stopEmbedded(dataDir: string, options: { drop: boolean }): Promise<void> {
  const place = placeOf(dataDir);
  await stopServer(place, () => installBinaries(place.user));
  if (!options.drop) return;
  rmSync(place.folder, { recursive: true, force: true });
  rmSync(place.passwordFile, { force: true });
}

/** Looks after a running server: one that dies is started again, until it is stopped on purpose. */
function watched(
  place: Place,
  port: number,
  binaries: string,
  { wasAdopted, onEvent }: { wasAdopted: boolean; onEvent: ServerEvents },
): EmbeddedServer {
  let restarting: Promise<void> | undefined;
  let [failures, waitMs] = [0, 0];
  const restart = async (): Promise<void> => {
    onEvent('the database server has died: it is started again');
    try {
      await start(place, binaries, port);
      failures = 0;
    } catch (error) {
      onEvent(error instanceof Error ? error.message : String(error));
      waitMs = Math.min(maxRestartWaitMs, watchEveryMs * 2 ** Math.min(failures++, 10));
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
      await stopServer(place, () => binaries);
    },
  };
}

/**
 * Its password was in a data folder that is gone: nobody can open this database. It is moved away, not removed, and a new
 * one made.
 */
async function leaveBehindWithoutPassword(place: Place, onEvent: ServerEvents): Promise<void> {
  if (!existsSync(place.cluster) || existsSync(place.passwordFile)) return;
  await stopServer(place, () => installBinaries(place.user));
  const aside = `${place.cluster}-without-password-${randomBytes(4).toString('hex')}`;
  renameSync(place.cluster, aside);
  onEvent(`a database whose password is gone was moved away: ${aside}`);
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
  const args = ['-D', join(basename(making), 'cluster'), '-U', databaseUser, '-A', 'scram-sha-256'];
  args.push(`--pwfile=${join(basename(making), 'password')}`, '-E', 'UTF8', '--locale=C');
  await run(join(binaries, 'bin', 'initdb'), args, place).catch((error: Error) => {
    throw new Error(`the database could not be made: ${error.message}`);
  });
  writeFileSync(`${place.passwordFile}.new`, password, { mode: 0o600, flush: true });
  renameSync(`${place.passwordFile}.new`, place.passwordFile);
  renameSync(join(making, 'cluster'), place.cluster);
  rmSync(making, { recursive: true, force: true });
}

function own(path: string, { user }: Place): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}

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
      if (isHeldBySession(error) && waitedMs < maxOrphanWaitMs) {
        await pause(orphanWaitMs);
        waitedMs += orphanWaitMs;
      } else if (!/could not bind|Address already in use/.test(String(error)) || tries++ === maxPortsTried)
        throw error;
    }
  }
}

const isHeldBySession = (error: unknown): boolean => /pre-existing shared memory block/.test(String(error));

/** What the server is started with, beside its port: every commit waits for the disk, and only loopback reaches it. */
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

/** Resolves when the server is ready. It outlives a host that is killed: the next host finds it with all that it had acknowledged. */
async function start(place: Place, binaries: string, port: number): Promise<void> {
  mendPidFile(place);
  const options = [`-p ${port}`, ...settings.map((setting) => `-c ${setting}`)].join(' ');
  const args = [
    'start',
    '-D',
    'cluster',
    '-l',
    'server.log',
    '-w',
    '-t',
    String(maxStartSeconds),
    '-o',
    options,
  ];
  try {
    await run(join(binaries, 'bin', 'pg_ctl'), args, place);
  } catch {
    const log = readFileSync(join(place.folder, 'server.log'), 'utf8');
    throw new Error(`the database did not start: ${log.split('\n').slice(-6).join(' ')}`);
  }
}

function urlOf(place: Place, port: number): string {
  const password = readFileSync(place.passwordFile, 'utf8');
  return `postgres://${databaseUser}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
}

/** The port of a server that runs on this cluster; undefined if none does. One that runs and does not answer is ended. */
async function adopt(place: Place): Promise<number | undefined> {
  if (!existsSync(place.passwordFile)) return undefined;
  let found = postmaster(place);
  for (; found?.status === 'starting'; found = postmaster(place)) await pause(lookAgainMs);
  if (found === undefined) return undefined;
  if (found.status === 'ready' && (await answers(urlOf(place, found.port)))) return found.port;
  await stopServer(place, () => installBinaries(place.user));
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
