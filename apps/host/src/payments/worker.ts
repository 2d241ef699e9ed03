import { startWorker, type Worker } from '../store/index.ts';
import { advance, type Taken, takeDue } from './advance.ts';
import type { AdvanceContext } from './advance-context.ts';
import { dueBuckets, dueOnlineBuckets, nextDueMs } from './claims.ts';
import { traceNumbers } from './trace-numbers.ts';

/** What the payments worker works with. */
export interface PaymentsContext extends Omit<AdvanceContext, 'numbers' | 'isStopping'> {
  /** Names a claim: never the same name twice, on any host. */
  newLease: () => string;
  /** Payments that are worked on at once; the difference is kept for those for which a buyer waits at the till. */
  maxAtOnce?: { all: number; offline: number };
  /** A block of trace numbers was taken. */
  onBlock: (block: number) => void;
}

const defaultMaxAtOnce = { all: 256, offline: 192 };
const maxPerBucket = 8;
/** Buckets that are claimed at once. */
const maxBucketsAtOnce = 32;

/**
 * Starts what advances payments: claims due ones, those first for which a buyer waits, and takes each as far as it goes. A
 * bank that is silent holds up its own payments only.
 */
export function startPaymentsWorker(context: PaymentsContext): Worker {
  const { database, clock, log, newLease, maxAtOnce = defaultMaxAtOnce } = context;
  const inWork = new Map<string, { isOnline: boolean; done: Promise<void> }>();
  let isStopping = false;
  const numbers = traceNumbers(
    database,
    context.contracts.map(({ bankId }) => bankId),
    context.onBlock,
  );
  const advancing: AdvanceContext = { ...context, numbers, isStopping: () => isStopping };
  const start = (taken: Taken): void => {
    const { paymentId, isOnline } = taken.claim;
    const done = advance(advancing, taken).then((dueMs) => {
      inWork.delete(paymentId);
      if (inWork.size === 0 || (isShort && places().offline >= maxBucketsAtOnce)) worker.wake();
      else if (dueMs !== null) worker.wakeAt(dueMs);
    });
    inWork.set(paymentId, { isOnline, done });
  };
  const places = (): { all: number; offline: number } => {
    const all = maxAtOnce.all - inWork.size;
    const offline = [...inWork.values()].filter(({ isOnline }) => !isOnline).length;
    return { all, offline: Math.min(all, maxAtOnce.offline - offline) };
  };
  const take = async (buckets: readonly number[], room: number, onlyOnline = false): Promise<void> => {
    const limit = Math.min(maxPerBucket, Math.ceil(room / buckets.length));
    const taken = await Promise.all(
      buckets.map((bucket) => takeDue(advancing, bucket, { limit, onlyOnline }, newLease())),
    );
    for (const one of taken.flat()) start(one);
  };
  /** Due buckets that the last look has found and nobody has taken from yet. */
  let due: number[] = [];
  /** There was more to do than places. */
  let isShort = false;

  const worker = startWorker('payments', clock, log, async () => {
    isShort = false;
    const online = await dueOnlineBuckets(database, clock.nowMs());
    for (const part of parts(online, maxBucketsAtOnce)) {
      if (isStopping || places().all <= 0) break;
      await take(part, places().all, true);
    }
    if (due.length === 0) due = await dueBuckets(database, clock.nowMs());
    if (due.length === 0) return nextDueMs(database);
    while (due.length > 0 && !isStopping) {
      const room = places().offline;
      isShort = room <= 0;
      // Whatever ends wakes the worker, which then goes on.
      if (isShort) return null;
      await take(due.splice(0, Math.min(room, maxBucketsAtOnce)), room);
    }
    // There may be more in these buckets than was taken at once.
    return isStopping ? null : clock.nowMs();
  });
  return {
    wake: () => worker.wake(),
    wakeAt: (atMs) => worker.wakeAt(atMs),
    fault: () => worker.fault(),
    isBusy: () => worker.isBusy() || inWork.size > 0,
    async stop() {
      isStopping = true;
      await worker.stop();
      await Promise.all([...inWork.values()].map(({ done }) => done));
    },
  };
}

function* parts<Item>(items: readonly Item[], size: number): Iterable<Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
