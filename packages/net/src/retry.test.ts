import { describe, expect, it } from 'vitest';
import { Retry } from './retry.ts';
import { ManualTimers } from './testing/manual-timers.ts';

const range = { firstMs: 1_000, maxMs: 4_000 };

describe('a retry', () => {
  it('comes later each time, and early again after a try that was good', () => {
    const timers = new ManualTimers();
    const retry = new Retry(timers, range, () => 1);
    const waits: number[] = [];
    const wait = (): void => {
      let isTried = false;
      retry.schedule(() => {
        isTried = true;
      });
      const startMs = timers.nowMs();
      while (!isTried) timers.advance(500);
      waits.push(timers.nowMs() - startMs);
    };
    for (let tries = 0; tries < 4; tries++) wait();
    expect(retry.failures).toBe(4);
    retry.reset();
    expect(retry.failures).toBe(0);
    wait();
    expect(waits).toEqual([1_000, 2_000, 4_000, 4_000, 1_000]);
  });

  it('is made once, and not at all after it was cancelled', () => {
    const timers = new ManualTimers();
    const retry = new Retry(timers, range, () => 1);
    const tried: string[] = [];
    retry.schedule(() => tried.push('first'));
    retry.schedule(() => tried.push('second'));
    timers.advance(10_000);
    retry.schedule(() => tried.push('third'));
    retry.cancel();
    timers.advance(10_000);
    expect(tried).toEqual(['second']);
  });
});
