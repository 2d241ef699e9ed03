import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Clock, connectClock, systemClock } from '@bivak/clock';
import { z } from 'zod';
import { createLogger, type Logger } from './logger.ts';

export interface ProcessContext<Config> {
  config: Config;
  clock: Clock;
  log: Logger;
}

export interface RunningProcess {
  /** Ends the work in order; the process exits when it resolves. */
  stop(): Promise<void>;
}

const clockConfig = z.object({ clock: z.object({ host: z.string(), port: z.number().int() }).optional() });
const MAX_STOP_REAL_MS = 15_000;

/**
 * Runs one Bivak process: reads `--config FILE` (JSON, checked against `schema`), connects to the clock
 * which the file names (`clock: {host, port}`; the system clock if it names none), starts, and stops in
 * order at SIGTERM, at SIGINT, at SIGHUP (its terminal is closed), and when the process that started it goes away.
 */
export async function runProcess<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  start: (context: ProcessContext<z.infer<Schema>>) => Promise<RunningProcess>,
): Promise<void> {
  const parent = watchParent();
  const { values } = parseArgs({ options: { config: { type: 'string' } }, strict: true });
  if (values.config === undefined) throw new Error(`${name}: say --config FILE`);
  const raw: unknown = JSON.parse(await readFile(values.config, 'utf8'));
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw new Error(`${name}: ${values.config}: ${z.prettifyError(parsed.error)}`);
  const clockAddress = clockConfig.parse(raw).clock;
  const clock = clockAddress === undefined ? systemClock : await connectClock(clockAddress);
  const log = createLogger(name, clock);
  const running = await start({ config: parsed.data, clock, log });
  stopInOrder(running, log, parent);
}

interface Parent {
  /** Calls `stop` once the process that started this one is gone: at once if it is gone already. */
  onGone(stop: () => void): void;
}

/** Watched from the first moment: nobody ends a process whose parent was killed while it was still starting. */
function watchParent(): Parent {
  let stop: (() => void) | undefined;
  let isGone = false;
  const gone = (): void => {
    isGone = true;
    stop?.();
    // A start that never comes to its end (the clock server is gone as well) is not waited for.
    setTimeout(() => process.exit(1), MAX_STOP_REAL_MS).unref();
  };
  if (process.send !== undefined && !process.connected) gone();
  else process.once('disconnect', gone);
  return {
    onGone(listener) {
      stop = listener;
      if (isGone) listener();
    },
  };
}

function stopInOrder(running: RunningProcess, log: Logger, parent: Parent): void {
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'stopping');
    setTimeout(() => process.exit(1), MAX_STOP_REAL_MS).unref();
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'did not stop in order');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
  parent.onGone(() => stop('the process that started this one is gone'));
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection: a bug'));
}
