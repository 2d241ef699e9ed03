import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import type { sandboxApi } from '@bivak/contracts';

/** What a process of the sandbox is started from. */
export interface ChildPlan {
  name: string;
  /** Path of its main.ts. */
  script: string;
  configFile: string;
  logFile: string;
  /** Where its HTTP server answers. */
  url: string;
}

/** A process that is started, watched, and started again where it dies by itself. */
export interface Child {
  readonly plan: ChildPlan;
  /** Starts it where it does not run; resolves when it answers. Rejects where it cannot be brought up. */
  start(): Promise<void>;
  /** Asks it to end and waits; ends it hard where it takes longer than `graceMs` of real time. */
  stop(graceMs: number): Promise<void>;
  /** Pulls the plug: kill -9. It stays down until it is started. */
  kill(): Promise<void>;
  state(): sandboxApi.ProcessState;
}

export interface ChildEvents {
  /** It died without being asked to, and will be started again in `againInMs` of real time. */
  onDeath(name: string, how: string, againInMs: number): void;
  /** It is up again after such a death. */
  onReturn(name: string): void;
  /** A process id came or went: what is written down for the next start. */
  onPid(): void;
}

const HEALTH_POLL_MS = 50;
const LONGEST_START_MS = 90_000;
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 10_000;
/** After so long without a death the back-off begins anew. */
const CALM_MS = 30_000;
/** A start that fails so often in a row will not succeed. */
const MOST_FAILED_STARTS = 4;
const LONGEST_LOG_BYTES = 20_000_000;

const wait = (realMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, realMs));

/** A child that has not been started yet. All waiting here is real time: it is real processes that are waited for. */
export function superviseChild(plan: ChildPlan, events: ChildEvents): Child {
  let child: ChildProcess | undefined;
  let ended: Promise<string> = Promise.resolve('not started');
  let wanted = false;
  let healthy = false;
  let starts = 0;
  let failures = 0;
  let lastSpawnMs = 0;
  let bringingUp: Promise<void> | undefined;

  const launch = (): void => {
    keepLogSmall(plan.logFile);
    const log = openSync(plan.logFile, 'a');
    // Its own group: Ctrl-C reaches the supervisor alone, which then ends the processes in order.
    const started = spawn(process.execPath, [plan.script, '--config', plan.configFile], {
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    closeSync(log);
    child = started;
    healthy = false;
    starts += 1;
    lastSpawnMs = performance.now();
    started.on('error', () => {}); // 'close' or a missing pid tells
    ended = new Promise((resolve) => {
      started.once('error', (error) => resolve(error.message));
      started.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    events.onPid();
    void ended.then((how) => {
      if (child === started) child = undefined;
      healthy = false;
      events.onPid();
      if (wanted && bringingUp === undefined) void comeBack(how);
    });
  };

  const comeBack = async (how: string): Promise<void> => {
    if (performance.now() - lastSpawnMs > CALM_MS) failures = 0;
    failures += 1;
    const againInMs = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (failures - 1));
    events.onDeath(plan.name, how, againInMs);
    await wait(againInMs);
    if (!wanted || child !== undefined || bringingUp !== undefined) return;
    await bringUp().then(
      () => events.onReturn(plan.name),
      (error: Error) => {
        if (wanted) void comeBack(error.message);
      },
    );
  };

  const bringUp = (): Promise<void> => {
    bringingUp ??= (async () => {
      launch();
      await answering();
    })().finally(() => {
      bringingUp = undefined;
    });
    return bringingUp;
  };

  const answering = async (): Promise<void> => {
    const started = child;
    const deadlineMs = performance.now() + LONGEST_START_MS;
    while (performance.now() < deadlineMs) {
      if (child === undefined || child !== started) {
        throw new Error(`${plan.name} ended at its start (${await ended}).${lastWords(plan.logFile)}`);
      }
      if (await isHealthy(plan.url)) {
        healthy = true;
        return;
      }
      await wait(HEALTH_POLL_MS);
    }
    throw new Error(`${plan.name} does not answer at ${plan.url}.${lastWords(plan.logFile)}`);
  };

  return {
    plan,
    async start() {
      wanted = true;
      if (healthy) return;
      for (let failed = 0; ; failed += 1) {
        try {
          return await bringUp();
        } catch (error) {
          if (!wanted || failed + 1 >= MOST_FAILED_STARTS) throw error;
          await wait(FIRST_BACK_OFF_MS * 2 ** failed);
          if (child !== undefined) await end(child, ended, 5_000);
        }
      }
    },
    async stop(graceMs) {
      wanted = false;
      if (child !== undefined) await end(child, ended, graceMs);
    },
    async kill() {
      wanted = false;
      child?.kill('SIGKILL');
      await ended;
    },
    state: () => ({
      name: plan.name,
      state: child === undefined ? 'stopped' : healthy ? 'running' : 'starting',
      pid: child?.pid ?? null,
      url: plan.url,
      starts,
    }),
  };
}

async function end(child: ChildProcess, ended: Promise<string>, graceMs: number): Promise<void> {
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(hard);
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/** The end of a log, for the message that a process did not come up. */
function lastWords(logFile: string): string {
  try {
    const text = readFileSync(logFile, 'utf8').trimEnd();
    return text === '' ? '' : `\nThe end of ${logFile}:\n${text.split('\n').slice(-12).join('\n')}`;
  } catch {
    return '';
  }
}

function keepLogSmall(logFile: string): void {
  try {
    if (statSync(logFile).size > LONGEST_LOG_BYTES) renameSync(logFile, `${logFile}.old`);
  } catch {
    // there is no log yet
  }
}
