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
  return isAlive(pid) && isPostmaster(pid, place.cluster) ? { pid, port } : undefined;
}

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
    if (!isAlive(found.pid)) return;
    send(found.pid, signal);
    for (let waitedMs = 0; waitedMs < stopTimeoutMs && isAlive(found.pid); waitedMs += lookAgainMs)
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

/** True where a server of this URL lets us in. */
export async function answers(url: string): Promise<boolean> {
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

export const pause = (realMs: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, realMs);
  });
