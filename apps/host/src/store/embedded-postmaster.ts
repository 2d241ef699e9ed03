import { type SpawnOptions, spawn } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Place } from './embedded-place.ts';

/** Real time, in this file: it waits for processes of this machine. */
export const lookAgainMs = 50;
const maxStopSeconds = 20;
const maxAnswerMs = 20_000;
/** Above every process id that a system gives (Linux: 2^22 at most): whoever looks finds no such process. */
const noSuchPid = 4_194_305;

/** The server that holds a cluster. */
export interface Postmaster {
  pid: number;
  port: number;
  /** What it says of itself: starting (it may be recovering what a crash has left), ready, stopping. */
  status: string;
}

/** The server that holds the cluster, from its pid file; undefined if the file is missing or stale. */
export function postmaster(place: Place): Postmaster | undefined {
  const lines = pidFileLines(place);
  const [pid, port] = [Number(lines?.[0]), Number(lines?.[3])];
  if (!Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port)) return undefined;
  return isRunning(pid, place) ? { pid, port, status: lines?.[7]?.trim() ?? '' } : undefined;
}

/** True while this process is there and is the cluster's server: not one that has died and is a zombie. */
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

/** A pid may have gone to another process since: the server works in its cluster's folder, if the system shows that. */
function isPostmaster(pid: number, cluster: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    return !existsSync('/proc/self/cwd');
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

/**
 * Ends the server of a cluster in order, or by its quick way if that takes too long (it recovers at its next start); nothing
 * that it has acknowledged is lost.
 */
export async function stopServer(place: Place, binaries: () => string): Promise<void> {
  for (const mode of ['fast', 'immediate'] as const) {
    const found = postmaster(place);
    if (found === undefined) return;
    const args = ['stop', '-D', 'cluster', '-m', mode, '-w', '-t', String(maxStopSeconds)];
    await run(join(binaries(), 'bin', 'pg_ctl'), args, place).catch(() => {});
    // pg_ctl looks at the pid file, which goes a moment before the process does.
    if (postmaster(place) === undefined) while (isRunning(found.pid, place)) await pause(lookAgainMs);
  }
}

/**
 * Runs one of the server's programs in the database's folder (so that no path needs quoting) as the server's user. Rejects
 * with what the program wrote if it fails.
 */
export function run(program: string, args: readonly string[], { user, folder }: Place): Promise<void> {
  const owner = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  const options: SpawnOptions = {
    ...owner,
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  };
  return new Promise((done, fail) => {
    const child = spawn(program, args, options);
    let output = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('error', fail);
    child.once('close', (code) =>
      code === 0 ? done() : fail(new Error(output.trim() || `exit code ${code}`)),
    );
  });
}

/** True if a server that says it is ready lets us in. */
export async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: maxAnswerMs });
  client.on('error', () => {});
  return client
    .connect()
    .then(() => true)
    .catch(() => false)
    .finally(() => client.end().catch(() => {}));
}

export const pause = (realMs: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, realMs);
  });
