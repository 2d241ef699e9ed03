import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import type { sandboxApi } from '@bivak/contracts';
import { withoutProxyOnLoopback } from '@bivak/process';

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

/** A process that is started, watched, and started again if it dies by itself. */
export interface Child {
  readonly plan: ChildPlan;
  /** Starts it if it does not run; resolves when it answers. Rejects if it cannot be brought up. */
  start(): Promise<void>;
  /** Asks it to end and waits; ends it hard if it takes longer than `graceMs` of real time. */
  stop(graceMs: number): Promise<void>;
  /** Pulls the plug: kill -9. It stays down until it is started. */
  kill(): Promise<void>;
  state(): sandboxApi.ProcessState;
}

export interface ChildEvents {
  /** It died without being asked to, and will be started again in `againInMs` of real time. */
  onDeath(name: string, how: string, againInMs: number): void;
  /** It has been started `forMs` of real time ago and still does not answer. */
  onSilence(name: string, forMs: number): void;
  /** It is up again after such a death. */
  onReturn(name: string): void;
  /** A process id came or went: what is written down for the next start. */
  onPid(): void;
}

const HEALTH_POLL_MS = 50;
const MAX_START_MS = 90_000;
const SILENCE_MS = 15_000;
const FIRST_BACK_OFF_MS = 250;
const MAX_BACK_OFF_MS = 10_000;
/** After so long without a death the back-off begins anew. */
const CALM_MS = 30_000;
/** A start that fails so often in a row will not succeed. */
const MAX_FAILED_STARTS = 4;
const MAX_LOG_BYTES = 20_000_000;

const wait = (realMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, realMs));

/**
 * A child that has not been started yet. All waiting here is real time: it is real processes that are waited for.
 *
 * @param silenceMs after so long without an answer, and as often, it is said that the process does not answer
 */
export function superviseChild(plan: ChildPlan, events: ChildEvents, silenceMs = SILENCE_MS): Child {
  return new SupervisedChild(plan, events, silenceMs);
}

class SupervisedChild implements Child {
  readonly plan: ChildPlan;
  readonly #events: ChildEvents;
  readonly #silenceMs: number;
  #process: ChildProcess | undefined;
  #ended: Promise<string> = Promise.resolve('not started');
  #wanted = false;
  #healthy = false;
  #starts = 0;
  #failures = 0;
  #spawnedAtMs = 0;
  #bringingUp: Promise<void> | undefined;

  constructor(plan: ChildPlan, events: ChildEvents, silenceMs: number) {
    this.plan = plan;
    this.#events = events;
    this.#silenceMs = silenceMs;
  }

  async start(): Promise<void> {
    this.#wanted = true;
    if (this.#healthy) return;
    for (let failed = 0; ; failed += 1) {
      try {
        return await this.#bringUp();
      } catch (error) {
        if (!this.#wanted || failed + 1 >= MAX_FAILED_STARTS) throw error;
        await wait(FIRST_BACK_OFF_MS * 2 ** failed);
        if (this.#process !== undefined) await end(this.#process, this.#ended, 5_000);
        if (!this.#wanted) throw error; // it was stopped meanwhile
      }
    }
  }

  async stop(graceMs: number): Promise<void> {
    this.#wanted = false;
    if (this.#process !== undefined) await end(this.#process, this.#ended, graceMs);
  }

  async kill(): Promise<void> {
    this.#wanted = false;
    this.#process?.kill('SIGKILL');
    await this.#ended;
  }

  state(): sandboxApi.ProcessState {
    return {
      name: this.plan.name,
      state: this.#process === undefined ? 'stopped' : this.#healthy ? 'running' : 'starting',
      pid: this.#process?.pid ?? null,
      url: this.plan.url,
      starts: this.#starts,
    };
  }

  #bringUp(): Promise<void> {
    this.#bringingUp ??= (async () => {
      this.#launch();
      await this.#answering();
    })().finally(() => {
      this.#bringingUp = undefined;
    });
    return this.#bringingUp;
  }

  #launch(): void {
    keepLogSmall(this.plan.logFile);
    const log = openSync(this.plan.logFile, 'a');
    // Its own group: Ctrl-C reaches the supervisor alone, which then ends the processes in order.
    const started = spawn(process.execPath, [this.plan.script, '--config', this.plan.configFile], {
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
      env: withoutProxyOnLoopback(process.env),
    });
    closeSync(log);
    this.#process = started;
    this.#healthy = false;
    this.#starts += 1;
    this.#spawnedAtMs = performance.now();
    this.#ended = new Promise((resolve) => {
      started.once('error', (error) => resolve(error.message));
      started.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    this.#events.onPid();
    void this.#ended.then((how) => {
      if (this.#process === started) this.#process = undefined;
      this.#healthy = false;
      this.#events.onPid();
      if (this.#wanted && this.#bringingUp === undefined) void this.#comeBack(how);
    });
  }

  async #answering(): Promise<void> {
    const { plan } = this;
    const started = this.#process;
    const beganMs = performance.now();
    let nextReportMs = this.#silenceMs;
    for (let forMs = 0; forMs < MAX_START_MS; forMs = performance.now() - beganMs) {
      if (this.#process === undefined || this.#process !== started) {
        throw new Error(`${plan.name} ended at its start (${await this.#ended}).${endOfLog(plan.logFile)}`);
      }
      if (await isHealthy(plan.url)) {
        this.#healthy = true;
        return;
      }
      if (forMs >= nextReportMs) {
        this.#events.onSilence(plan.name, forMs);
        nextReportMs = forMs + this.#silenceMs;
      }
      await wait(HEALTH_POLL_MS);
    }
    throw new Error(`${plan.name} does not answer at ${plan.url}.${endOfLog(plan.logFile)}`);
  }

  async #comeBack(how: string): Promise<void> {
    if (performance.now() - this.#spawnedAtMs > CALM_MS) this.#failures = 0;
    this.#failures += 1;
    const againInMs = Math.min(MAX_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (this.#failures - 1));
    this.#events.onDeath(this.plan.name, how, againInMs);
    await wait(againInMs);
    if (!this.#wanted || this.#process !== undefined || this.#bringingUp !== undefined) return;
    await this.#bringUp().then(
      () => this.#events.onReturn(this.plan.name),
      (error: Error) => {
        if (this.#wanted) void this.#comeBack(error.message);
      },
    );
  }
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
function endOfLog(logFile: string): string {
  try {
    const text = readFileSync(logFile, 'utf8').trimEnd();
    return text === '' ? '' : `\nThe end of ${logFile}:\n${text.split('\n').slice(-12).join('\n')}`;
  } catch {
    return '';
  }
}

function keepLogSmall(logFile: string): void {
  try {
    if (statSync(logFile).size > MAX_LOG_BYTES) renameSync(logFile, `${logFile}.old`);
  } catch {
    // there is no log yet
  }
}
