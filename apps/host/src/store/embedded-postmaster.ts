import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Place } from './embedded-place.ts';

/** Real time, in this file: it waits for a process of this machine. */
export const lookAgainMs = 50;
const stopTimeoutMs = 20_000;
/** Above every process id that a system gives (Linux: 2^22 at most): whoever looks finds no such process. */
const noSuchPid = 4_194_305;

/** The server that holds a cluster. */
export interface Postmaster {
  pid: number;
  port: number;
}

/** The server that holds the cluster, from its pid file; undefined where the file is missing or stale. */
export function postmaster(place: Place): Postmaster | undefined {
  const lines = pidFileLines(place);
  const [pid, port] = [Number(lines?.[0]), Number(lines?.[3])];
  if (!Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port)) return undefined;
  return isRunning(pid, place) ? { pid, port } : undefined;
}

/** True while this process is there and is the cluster's server: not one that has died and that nobody has buried yet. */
export const isRunning = (pid: number, place: Place): boolean =>
  isAlive(pid) && isPostmaster(pid, place.cluster);

/**
 * Makes a pid file harmless whose process id meanwhile belongs to another program: the server would take that one for
 * itself and not start. Only the number is changed, since the rest lets the server find shared memory that is still used.
 */
export function mendPidFile(place: Place): void {
  const lines = pidFileLines(place);
  if (lines === undefined || postmaster(place) !== undefined) return;
  const pid = Number(lines[0]);
  if (Number.isInteger(pid) && pid > 0 && !isAlive(pid)) return;
  writeFileSync(pidFile(place), [String(noSuchPid), ...lines.slice(1)].join('\n'));
}

const pidFile = (place: Place): string => join(place.cluster, 'postmaster.pid');

function pidFileLines(place: Place): string[] | undefined {
  try {
    return readFileSync(pidFile(place), 'utf8').split('\n');
  } catch {
    return undefined;
  }
}

/** A pid may have gone to another process since: the command line tells, where the system shows it. */
function isPostmaster(pid: number, cluster: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(cluster);
  } catch {
    return !existsSync('/proc/self/cmdline');
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Ends the server of a cluster in order, or by its quick way where that takes too long; nothing that it has acknowledged is lost. */
export async function stopServer(place: Place): Promise<void> {
  const found = postmaster(place);
  if (found === undefined) return;
  // SIGINT: sessions are ended and the server shuts down in order; SIGQUIT at the end: it recovers at its next start.
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!isRunning(found.pid, place)) return;
    send(found.pid, signal);
    for (let waitedMs = 0; waitedMs < stopTimeoutMs && isRunning(found.pid, place); waitedMs += lookAgainMs)
      await pause(lookAgainMs);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // else it has ended meanwhile
  }
}

/** PostgreSQL's cannot_connect_now: it is starting, recovers what a crash has left, or shuts down. */
const cannotConnectNow = '57P03';

/**
 * What a server of this URL says: it lets us in, it is on its way (after a crash that may take long, and beginning anew would
 * only begin it anew), or nothing that helps.
 */
export async function readiness(url: string): Promise<'ready' | 'on-its-way' | 'silent'> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return 'ready';
  } catch (error) {
    return (error as { code?: unknown }).code === cannotConnectNow ? 'on-its-way' : 'silent';
  } finally {
    await client.end().catch(() => {});
  }
}

/** Waits until a server is ready: as long as it is on its way, and at most `silentMs` (real time) while it says nothing. */
export async function becomesReady(
  url: string,
  silentMs: number,
  hasEnded: () => boolean,
  ask: typeof readiness = readiness,
): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < silentMs && !hasEnded(); ) {
    const said = await ask(url);
    if (said === 'ready') return true;
    if (said === 'silent') waitedMs += lookAgainMs;
    await pause(lookAgainMs);
  }
  return false;
}

export const pause = (realMs: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, realMs);
  });
