import type { Clock, Timer } from '@bivak/clock';

/** A clock that stands until it is moved; what fell due meanwhile fires then. */
export interface HandClock extends Clock {
  advance(byMs: number): void;
}

export function handClock(startsAt = '2026-11-24T09:00:00.000Z'): HandClock {
  let nowMs = Date.parse(startsAt);
  const timers = new Set<{ atMs: number; fire: () => void }>();
  const fireDue = (): void => {
    for (const timer of [...timers].filter(({ atMs }) => atMs <= nowMs)) {
      timers.delete(timer);
      timer.fire();
    }
  };
  return {
    nowMs: () => nowMs,
    at(atMs, fire): Timer {
      const timer = { atMs, fire };
      timers.add(timer);
      if (atMs <= nowMs) queueMicrotask(() => timers.delete(timer) && fire());
      return { cancel: () => timers.delete(timer) };
    },
    advance(byMs) {
      nowMs += byMs;
      fireDue();
    },
  };
}

/** Waits, in real time, until something has come true; `between` is done after each look. */
export async function until(
  isTrue: () => boolean | Promise<boolean>,
  between: () => void = () => {},
  maxRealMs = 50_000,
): Promise<void> {
  const startedMs = performance.now();
  while (!(await isTrue())) {
    if (performance.now() - startedMs > maxRealMs) throw new Error(`did not come true: ${isTrue}`);
    between();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
