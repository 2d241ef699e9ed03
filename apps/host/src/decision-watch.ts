import type { Clock } from '@bivak/clock';

/** Lets a request wait until a payment, or a debt, has been decided. */
export interface DecisionWatch {
  /** It has been decided. */
  notify(key: string): void;
  /** Resolves when it has been, or after `waitMs` of the clock. What it became is read from the store. */
  wait(key: string, waitMs: number): Promise<void>;
}

export function decisionWatch(clock: Clock): DecisionWatch {
  const waiting = new Map<string, Set<() => void>>();
  return {
    notify(key) {
      for (const done of [...(waiting.get(key) ?? [])]) done();
    },
    wait(key, waitMs) {
      return new Promise((resolve) => {
        const all = waiting.get(key) ?? new Set();
        waiting.set(key, all);
        const done = (): void => {
          timer.cancel();
          all.delete(done);
          if (all.size === 0) waiting.delete(key);
          resolve();
        };
        const timer = clock.at(clock.nowMs() + waitMs, done);
        all.add(done);
      });
    },
  };
}
