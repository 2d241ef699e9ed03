import type { Clock, Timer } from '@bivak/clock';
import type { Logger } from '@bivak/process';

/** A loop that does due work, sleeps until more falls due, and can be woken. */
export interface Worker {
  /** There may be work now. */
  wake(): void;
  /** There is work at that instant, if not before. */
  wakeAt(atMs: number): void;
  /** What keeps it from its work, with its name; null: nothing. One failure may be nobody's fault: it is tried again. */
  fault(): string | null;
  /** True while work is being done. */
  isBusy(): boolean;
  /** Ends after the work that is under way. */
  stop(): Promise<void>;
}

const maxSleepMs = 60_000;
/** So many failures in a row are no accident. */
const failuresUntilFault = 3;
/** After errors in a row it is tried again less and less often: a database that is away for an hour fills no log. */
const afterErrorMs = { first: 1_000, max: 15_000 };

/**
 * Runs `work` until it says that nothing is due: it resolves with the instant at which to look again, null for "when
 * woken" (it is looked at from time to time all the same). An error is logged and the work tried again: it stops the
 * unit of work, not the process.
 */
export function startWorker(
  name: string,
  clock: Clock,
  log: Logger,
  work: () => Promise<number | null>,
): Worker {
  let isStopped = false;
  let isWoken = false;
  let timer: Timer | undefined;
  /** When it wakes by itself, or would if it were not at work. */
  let wakesAtMs = Number.POSITIVE_INFINITY;
  let running: Promise<void> | undefined;
  let failures = 0;

  const run = async (): Promise<void> => {
    do {
      isWoken = false;
      wakesAtMs = Number.POSITIVE_INFINITY;
      let nextMs: number | null;
      try {
        nextMs = await work();
        failures = 0;
      } catch (error) {
        if (isStopped) return;
        log.error({ err: error, worker: name }, 'work failed; it is tried again');
        nextMs = clock.nowMs() + Math.min(afterErrorMs.max, afterErrorMs.first * 2 ** failures);
        failures++;
      }
      const nowMs = clock.nowMs();
      // What has named an instant while the work was under way counts too.
      const atMs = Math.min(nextMs ?? Number.POSITIVE_INFINITY, wakesAtMs);
      if (!isStopped && atMs <= nowMs) isWoken = true;
      else if (!isStopped) sleepUntil(Math.min(atMs, nowMs + maxSleepMs));
    } while (isWoken && !isStopped);
  };
  const sleepUntil = (atMs: number): void => {
    timer?.cancel();
    wakesAtMs = atMs;
    timer = clock.at(atMs, wake);
  };
  const wake = (): void => {
    isWoken = true;
    if (isStopped || running !== undefined) return;
    timer?.cancel();
    // Begun only once `running` is set: work may wake its own worker at once.
    running = Promise.resolve()
      .then(run)
      .finally(() => {
        running = undefined;
        if (isWoken && !isStopped) wake();
      });
  };
  // Not before the caller has it: work may wake other workers, and this one.
  queueMicrotask(wake);
  return {
    wake,
    wakeAt: (atMs) => {
      if (isStopped || atMs >= wakesAtMs) return;
      if (running === undefined) sleepUntil(atMs);
      else wakesAtMs = atMs;
    },
    fault: () => {
      if (isStopped) return `${name}: stopped`;
      return failures >= failuresUntilFault ? `${name}: fails` : null;
    },
    isBusy: () => running !== undefined,
    stop: async () => {
      isStopped = true;
      timer?.cancel();
      await running;
    },
  };
}

/** Does `act` for each item, at most `limit` at a time. */
export async function eachAtMost<Item>(
  limit: number,
  items: readonly Item[],
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const lanes = Array.from({ length: Math.min(limit, queue.length) }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item);
  });
  await Promise.all(lanes);
}
