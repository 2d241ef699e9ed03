import { virtualNowMs } from '@bivak/clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeSetting } from './change.ts';

const start = { anchorRealMs: 1_000, anchorVirtualMs: 500_000, speed: 10 };

describe('a change of the clock', () => {
  it('jumps ahead, then to an instant, then sets the speed', () => {
    const changed = changeSetting(start, { advanceMs: 1_000, atMs: 600_000, speed: 2 }, 2_000);
    expect(changed).toEqual({ anchorRealMs: 2_000, anchorVirtualMs: 600_000, speed: 2 });
  });

  it('keeps what it is not told to change', () => {
    expect(changeSetting(start, {}, 2_000)).toEqual({
      anchorRealMs: 2_000,
      anchorVirtualMs: 510_000,
      speed: 10,
    });
  });

  it('never shows an earlier instant than before, whatever is asked and even where real time goes back', () => {
    const change = fc.record(
      {
        advanceMs: fc.integer({ min: -1_000_000, max: 1_000_000 }),
        atMs: fc.integer({ min: 0, max: 2_000_000 }),
        speed: fc.integer({ min: -5, max: 1_000 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(change, fc.integer({ min: -50, max: 1_000 }))), (steps) => {
        let setting = start;
        let realMs = start.anchorRealMs;
        let shownMs = start.anchorVirtualMs;
        for (const [asked, passedMs] of steps) {
          realMs += passedMs;
          if (passedMs >= 0) shownMs = Math.max(shownMs, virtualNowMs(setting, realMs));
          const changed = changeSetting(setting, asked, realMs);
          expect(virtualNowMs(changed, realMs)).toBeGreaterThanOrEqual(setting.anchorVirtualMs);
          if (passedMs >= 0) expect(virtualNowMs(changed, realMs)).toBeGreaterThanOrEqual(shownMs);
          setting = changed;
          shownMs = virtualNowMs(setting, realMs);
        }
      }),
    );
  });
});
