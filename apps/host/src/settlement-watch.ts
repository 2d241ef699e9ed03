import type { Clock } from '@bivak/clock';

/** Lets somebody wait until a payment has been decided. */
export interface SettlementWatch {
  /** A payment has been decided. */
  notify(paymentId: string): void;
  /** Resolves when it has, or after `waitMs` of the clock. What it became is read from the store. */
  wait(paymentId: string, waitMs: number): Promise<void>;
}

export function settlementWatch(clock: Clock): SettlementWatch {
  const waiting = new Map<string, Set<() => void>>();
  return {
    notify(paymentId) {
      for (const done of [...(waiting.get(paymentId) ?? [])]) done();
    },
    wait(paymentId, waitMs) {
      return new Promise((resolve) => {
        const all = waiting.get(paymentId) ?? new Set();
        waiting.set(paymentId, all);
        const done = (): void => {
          timer.cancel();
          all.delete(done);
          if (all.size === 0) waiting.delete(paymentId);
          resolve();
        };
        const timer = clock.at(clock.nowMs() + waitMs, done);
        all.add(done);
      });
    },
  };
}
