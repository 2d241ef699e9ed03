import type { Clock } from '@bivak/clock';
import { describe, expect, it } from 'vitest';
import { linkWatch } from './link-watch.ts';
import type { UplinkState, UplinkStore } from './store.ts';

describe('the last contact', () => {
  const clock: Clock = { nowMs: () => 0, at: () => ({ cancel() {} }) };
  const silentLog = { info() {}, warn() {} };
  const storeOf = (saved: (number | null)[], lastContactMs: number | null = null): UplinkStore => {
    let state = { lastContactMs } as UplinkState;
    return {
      state: () => state,
      update(change) {
        state = { ...state, ...change };
        saved.push(state.lastContactMs);
      },
    };
  };
  const answered = (atMs: number) => ({ atMs, answered: true, tookMs: 50 }) as const;

  it('is that of the run before until the host answers', () => {
    const watch = linkWatch({ store: storeOf([], 500), clock, log: silentLog });
    expect(watch.state()).toMatchObject({ state: 'down', lastContactMs: 500 });
    watch.record(answered(900));
    expect(watch.state()).toMatchObject({ state: 'up', lastContactMs: 900 });
  });

  it('is saved at first, then once a minute, when the link is lost, and at the end', () => {
    const saved: (number | null)[] = [];
    const watch = linkWatch({ store: storeOf(saved), clock, log: silentLog });
    for (const atMs of [1_000, 6_000, 61_000, 66_000]) watch.record(answered(atMs));
    expect(saved).toEqual([1_000, 61_000]);
    watch.record({ atMs: 71_000, answered: false });
    watch.record({ atMs: 73_000, answered: false });
    expect(saved).toEqual([1_000, 61_000, 66_000]);
    watch.stop();
    expect(saved.at(-1)).toBe(66_000);
  });

  it('costs no sale and no request if it cannot be saved', () => {
    const store: UplinkStore = {
      state: () => ({ lastContactMs: null }) as UplinkState,
      update() {
        throw new Error('the disk is full');
      },
    };
    const watch = linkWatch({ store, clock, log: silentLog });
    watch.record(answered(1_000));
    expect(watch.state().lastContactMs).toBe(1_000);
  });
});
