import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Logger } from '@bivak/process';
import { type GoodEntry, type VerificationJob, type Verified, verification } from './verification.ts';

/** Checks a batch without holding up the event loop. */
export type Verify = (job: VerificationJob) => Promise<Verified>;

/** In slices, on the calling thread: between two of them everything else has its turn. */
export const verifyInSlices: Verify = async (job) => {
  const run = verification(job);
  const good: GoodEntry[] = [];
  for (;;) {
    const step = run.next();
    if (step.done === true) return { ...step.value, good: [...good, ...step.value.good] };
    good.push(...step.value);
    await setImmediate();
  }
};

export interface Verifier {
  verify: Verify;
  close(): Promise<void>;
}

/** A job for the thread, and its answers: the good entries of each slice, in the end all else. */
export interface ThreadRequest {
  id: number;
  job: VerificationJob;
}
export type ThreadResponse = { id: number } & ({ good: GoodEntry[] } | { end: Verified });

interface Pending {
  job: VerificationJob;
  good: GoodEntry[];
  resolve: (verified: Verified | PromiseLike<Verified>) => void;
}

/**
 * Starts a thread that checks batches: signatures of a long batch take seconds of a processor. If it dies, what it had is
 * checked in slices here, and the next batch starts another.
 */
export function startVerifier(log: Logger): Verifier {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let thread: Worker | undefined;
  const fallBack = (): void => {
    thread = undefined;
    const left = [...pending.values()];
    pending.clear();
    for (const { job, resolve } of left) resolve(verifyInSlices(job));
  };
  const start = (): Worker => {
    const starting = new Worker(new URL('./verification-thread.ts', import.meta.url));
    starting.on('message', (response: ThreadResponse) => {
      const answered = pending.get(response.id);
      if (answered === undefined) return;
      const { good, resolve } = answered;
      if ('good' in response) good.push(...response.good);
      else {
        pending.delete(response.id);
        resolve({ ...response.end, good: [...good, ...response.end.good] });
      }
    });
    starting.on('error', (error) => log.error({ err: error }, 'the thread that verifies entries failed'));
    starting.on('exit', () => starting === thread && fallBack());
    starting.unref();
    return starting;
  };
  return {
    verify: (job) => {
      thread ??= start();
      const request: ThreadRequest = { id: ++lastId, job };
      const verified = new Promise<Verified>((resolve) =>
        pending.set(request.id, { job, good: [], resolve }),
      );
      thread.postMessage(request);
      return verified;
    },
    close: async () => {
      const closing = thread;
      fallBack();
      await closing?.terminate();
    },
  };
}
