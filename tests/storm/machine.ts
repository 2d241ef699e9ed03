import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../architecture/source-tree.ts';
import { until } from '../e2e/sandbox.ts';

/** A process of the run, which can be killed and started again. */
export interface Machine {
  name: string;
  url: string;
  isUp: () => boolean;
  /** How often it ended although nobody had ended it, once it was up. */
  endedByItself: () => number;
  /** Starts it, and again if it ends at its start (a database that is cut off then); resolves once it answers. */
  start(): Promise<void>;
  /** Ends it: by `kill -9` its work is left as it is. */
  end(signal: NodeJS.Signals): Promise<void>;
}

const maxStarts = 8;

/** Plans a process of `script` with its config and log in `folder`. */
export function machine(
  folder: string,
  name: string,
  script: string,
  config: Readonly<Record<string, unknown>> & { port: number },
): Machine {
  const configFile = join(folder, `${name}.json`);
  writeFileSync(configFile, JSON.stringify(config));
  const url = `http://127.0.0.1:${config.port}`;
  let child: ChildProcess | undefined;
  let isUp = false;
  let isEnding = false;
  let endedByItself = 0;
  const isReady = (): Promise<boolean> =>
    fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  const startOnce = async (): Promise<boolean> => {
    isEnding = false;
    const started = spawn(process.execPath, [join(root, script), '--config', configFile], {
      cwd: root,
      // With a channel, so that it ends when this process goes away.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child = started;
    const log = createWriteStream(join(folder, `${name}.log`), { flags: 'a' });
    for (const stream of [started.stdout!, started.stderr!]) stream.pipe(log, { end: false });
    let hasEnded = false;
    started.once('close', () => {
      hasEnded = true;
      if (isUp && !isEnding) endedByItself++;
      isUp = false;
    });
    await until(`${name} answers`, async () => hasEnded || (await isReady()), 120_000);
    isUp = !hasEnded;
    return isUp;
  };
  return {
    name,
    url,
    isUp: () => isUp,
    endedByItself: () => endedByItself,
    start: async () => {
      for (let starts = 1; !(await startOnce()); starts++)
        if (starts === maxStarts) throw new Error(`${name} does not start: see ${name}.log`);
    },
    end: async (signal) => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      isEnding = true;
      isUp = false;
      const ended = new Promise((resolve) => child!.once('close', resolve));
      child.kill(signal);
      await ended;
    },
  };
}
