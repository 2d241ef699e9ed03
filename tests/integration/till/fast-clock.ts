import type { Clock } from '@bivak/clock';

/** A clock that runs so many times faster than the machine's, and can be moved ahead. */
export interface FastClock extends Clock {
  jump(durationMs: number): void;
  /** Cancels what is pending. */
  stop(): void;
}

interface Pending {
  atMs: number;
  fire: () => void;
  handle?: NodeJS.Timeout;
}

export function fastClock(startMs: number, speed: number): FastClock {
  const pending = new Set<Pending>();
  const beganMs = performance.now();
  let jumpedMs = 0;
  const nowMs = (): number => Math.floor(startMs + jumpedMs + (performance.now() - beganMs) * speed);
  const arm = (timer: Pending): void => {
    clearTimeout(timer.handle);
    const waitMs = Math.min(2_000_000_000, Math.max(0, Math.ceil((timer.atMs - nowMs()) / speed)));
    timer.handle = setTimeout(() => {
      if (nowMs() < timer.atMs) return arm(timer);
      pending.delete(timer);
      timer.fire();
    }, waitMs);
  };
  return {
    nowMs,
    at(atMs, fire) {
      const timer: Pending = { atMs, fire };
      pending.add(timer);
      arm(timer);
      return {
        cancel() {
          clearTimeout(timer.handle);
          pending.delete(timer);
        },
      };
    },
    jump(durationMs) {
      jumpedMs += durationMs;
      for (const timer of pending) arm(timer);
    },
    stop() {
      for (const timer of pending) clearTimeout(timer.handle);
      pending.clear();
    },
  };
}
