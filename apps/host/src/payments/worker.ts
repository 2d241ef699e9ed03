import { startWorker, type Worker } from '../store/index.ts';
import { type Claim, claim, dueBuckets, nextDueMs, type Wanted } from './claims.ts';
import { type DriveContext, drive } from './drive.ts';
import { traceNumbers } from './trace-numbers.ts';

/** What the payments worker works with. */
export interface PaymentsContext extends Omit<DriveContext, 'numbers' | 'isStopping'> {
  /** Names a claim: never the same name twice, on any host. */
  newLease: () => string;
}

/** Conversations with banks at once; some places are kept for buyers who wait at the till. */
const atOnce = { all: 64, offline: 48 };
const perBucket = 8;

/**
 * Starts what drives payments: claims due ones, those first for which a buyer waits, and takes each as far as it goes. A
 * bank that is silent holds up its own payments only.
 */
export function startPaymentsWorker(context: PaymentsContext): Worker {
  const { database, clock, log, newLease } = context;
  const inWork = new Map<string, { isOnline: boolean; done: Promise<void> }>();
  let isStopping = false;
  const numbers = traceNumbers(
    database,
    context.contracts.map(({ bankId }) => bankId),
  );
  const driving: DriveContext = { ...context, numbers, isStopping: () => isStopping };
  const start = (claimed: Claim): void => {
    const { paymentId, isOnline } = claimed;
    const done = drive(driving, claimed).finally(() => {
      inWork.delete(paymentId);
      worker.wake();
    });
    inWork.set(paymentId, { isOnline, done });
  };
  const room = (onlyOnline: boolean): number => {
    const offline = [...inWork.values()].filter(({ isOnline }) => !isOnline).length;
    return onlyOnline
      ? atOnce.all - inWork.size
      : Math.min(atOnce.all - inWork.size, atOnce.offline - offline);
  };
  const wanted = (): Wanted => ({ inWork: [...inWork.keys()], onlyOnline: room(false) <= 0 });

  const worker = startWorker('payments', clock, log, async () => {
    for (const bucket of await dueBuckets(database, clock.nowMs(), wanted())) {
      const now = wanted();
      const limit = Math.min(perBucket, room(now.onlyOnline));
      if (isStopping || limit <= 0) break;
      for (const claimed of await claim(database, bucket, clock.nowMs(), limit, now, newLease))
        start(claimed);
    }
    // Full: whatever ends wakes the worker, and what is due then is found then.
    return room(false) <= 0 ? null : nextDueMs(database, [...inWork.keys()]);
  });
  return {
    wake: () => worker.wake(),
    isBusy: () => worker.isBusy() || inWork.size > 0,
    async stop() {
      isStopping = true;
      await worker.stop();
      await Promise.all([...inWork.values()].map(({ done }) => done));
    },
  };
}
