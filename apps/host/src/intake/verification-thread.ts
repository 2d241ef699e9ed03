import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { verification } from './verification.ts';
import type { ThreadRequest, ThreadResponse } from './verifier.ts';

/** Checks batches a slice at a time by turns: a short one does not wait until a long one is done. */
function serve(port: NonNullable<typeof parentPort>): void {
  const running: { id: number; run: ReturnType<typeof verification> }[] = [];
  let isBusy = false;
  const work = async (): Promise<void> => {
    isBusy = true;
    for (let turn = running.shift(); turn !== undefined; turn = running.shift()) {
      const step = turn.run.next();
      const { id } = turn;
      const response: ThreadResponse =
        step.done === true ? { id, end: step.value } : { id, good: step.value };
      port.postMessage(response);
      if (step.done !== true) running.push(turn);
      await setImmediate(); // batches that have arrived meanwhile join in
    }
    isBusy = false;
  };
  port.on('message', ({ id, job }: ThreadRequest) => {
    running.push({ id, run: verification(job) });
    if (!isBusy) void work();
  });
}

if (parentPort !== null) serve(parentPort);
