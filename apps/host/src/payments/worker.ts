import { startWorker, type Worker } from '../store/index.ts';
import { type AdvanceContext, advance } from './advance.ts';
import { type Claim, claim, dueBuckets, nextDueMs, type Wanted } from './claims.ts';
import { traceNumbers } from './trace-numbers.ts';

/** What the payments worker works with. */
export interface PaymentsContext extends Omit<AdvanceContext, 'numbers' | 'isStopping'> {
  /** Names a claim: never the same name twice, on any host. */
  newLease: () => string;
  /** A block of trace numbers was taken. */
  onBlock: (block: number) => void;
}

/** Exchanges with banks at once; some places are kept for buyers who wait at the till. */
const maxAtOnce = { all: 64, offline: 48 };
const maxPerBucket = 8;

/**
 * Starts what advances payments: claims due ones, those first for which a buyer waits, and takes each as far as it goes. A
 * bank that is silent holds up its own payments only.
 */
export function startPaymentsWorker(context: PaymentsContext): Worker {
  const { database, clock, log, newLease } = context;
  const inWork = new Map<string, { isOnline: boolean; done: Promise<void> }>();
  let isStopping = false;
  const numbers = traceNumbers(
    database,
    context.contracts.map(({ bankId }) => bankId),
    context.onBlock,
  );
  const advancing: AdvanceContext = { ...context, numbers, isStopping: () => isStopping };
  const start = (claimed: Claim): void => {
    const { paymentId, isOnline } = claimed;
    const done = advance(advancing, claimed).finally(() => {
      inWork.delete(paymentId);
      worker.wake();
    });
    inWork.set(paymentId, { isOnline, done });
  };
  const places = (onlyOnline: boolean): number => {
    const offline = [...inWork.values()].filter(({ isOnline }) => !isOnline).length;
    return onlyOnline
      ? maxAtOnce.all - inWork.size
      : Math.min(maxAtOnce.all - inWork.size, maxAtOnce.offline - offline);
  };
  const wanted = (): Wanted => ({ inWork: [...inWork.keys()], onlyOnline: places(false) <= 0 });

  const worker = startWorker('payments', clock, log, async () => {
    for (const bucket of await dueBuckets(database, clock.nowMs(), wanted())) {
      const now = wanted();
      const limit = Math.min(maxPerBucket, places(now.onlyOnline));
      if (isStopping || limit <= 0) break;
      for (const claimed of await claim(database, bucket, clock.nowMs(), limit, now, newLease))
        start(claimed);
    }
    // Full: whatever ends wakes the worker, and what is due then is found then.
    return places(false) <= 0 ? null : nextDueMs(database, [...inWork.keys()]);
  });
  return {
    wake: () => worker.wake(),
    fault: () => worker.fault(),
    isBusy: () => worker.isBusy() || inWork.size > 0,
    async stop() {
      isStopping = true;
      await worker.stop();
      await Promise.all([...inWork.values()].map(({ done }) => done));
    },
  };
}
