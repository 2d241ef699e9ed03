import type { Clock, Timer } from '@bivak/clock';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { eachAtMost, startWorker } from './worker.ts';

const log = pino({ level: 'silent' });

function standingClock(): Clock & { moveTo(atMs: number): void } {
  let nowMs = 0;
  const timers = new Set<{ atMs: number; fire: () => void }>();
  return {
    nowMs: () => nowMs,
    at(atMs, fire): Timer {
      const timer = { atMs, fire };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
    moveTo(atMs) {
      nowMs = atMs;
      for (const timer of [...timers].filter((one) => one.atMs <= atMs)) {
        timers.delete(timer);
        timer.fire();
      }
    },
  };
}
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

describe('a worker', () => {
  it('works at once, when work falls due by the clock, and when it is woken', async () => {
    const clock = standingClock();
    const at: number[] = [];
    const worker = startWorker('test', clock, log, async () => {
      at.push(clock.nowMs());
      return at.length === 1 ? 5_000 : null;
    });
    await turns();
    clock.moveTo(4_999);
    await turns();
    expect(at).toEqual([0]);
    clock.moveTo(5_000);
    await turns();
    clock.moveTo(6_000);
    worker.wake();
    await turns();
    expect(at).toEqual([0, 5_000, 6_000]);
    await worker.stop();
    worker.wake();
    clock.moveTo(1_000_000);
    await turns();
    expect(at).toHaveLength(3);
  });

  it('is not lost when it is woken while it works, and tries again after an error', async () => {
    const clock = standingClock();
    let runs = 0;
    let [now, most] = [0, 0];
    const worker = startWorker('test', clock, log, async () => {
      const run = ++runs;
      most = Math.max(most, ++now);
      if (run === 1) worker.wake();
      await Promise.resolve();
      now--;
      if (run === 2) throw new Error('once');
      return null;
    });
    await turns();
    expect([runs, most]).toEqual([2, 1]);
    expect(worker.isBusy()).toBe(false);
    clock.moveTo(1_000);
    await turns();
    expect(runs).toBe(3);
    await worker.stop();
  });

  it('tries again less and less often while it fails, and at once when it is woken', async () => {
    const clock = standingClock();
    const at: number[] = [];
    const worker = startWorker('test', clock, log, async () => {
      at.push(clock.nowMs() / 1_000);
      throw new Error('the store is away');
    });
    await turns();
    for (let second = 1; second <= 62; second++) {
      clock.moveTo(second * 1_000);
      await turns();
    }
    expect(at).toEqual([0, 1, 3, 7, 15, 30, 45, 60]);
    worker.wake();
    await turns();
    expect(at.at(-1)).toBe(62);
    await worker.stop();
  });
});

describe('eachAtMost', () => {
  it('does every item, a few at a time', async () => {
    const done: number[] = [];
    let now = 0;
    let most = 0;
    await eachAtMost(3, [1, 2, 3, 4, 5, 6, 7], async (item) => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      now--;
      done.push(item);
    });
    expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });
});
