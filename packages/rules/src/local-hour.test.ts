import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLocalHour, nextLocalHourMs } from './local-hour.ts';

const at = (text: string): number => Date.parse(text);

describe('the next nine o’clock', () => {
  it.each([
    ['Europe/Moscow', '2026-11-24T05:59:00Z', '2026-11-24T06:00:00Z'],
    ['Europe/Moscow', '2026-11-24T06:00:00Z', '2026-11-25T06:00:00Z'],
    ['Asia/Yekaterinburg', '2026-11-24T03:00:00Z', '2026-11-24T04:00:00Z'],
    ['Asia/Kathmandu', '2026-11-24T00:00:00Z', '2026-11-24T03:15:00Z'],
  ])('in %s after %s is %s', (zone, after, expected) => {
    expect(nextLocalHourMs(at(after), 9, zone)).toBe(at(expected));
  });

  it('skips an hour that a change of the clock leaves out', () => {
    expect(nextLocalHourMs(at('2026-03-29T00:00:00Z'), 2, 'Europe/Berlin')).toBe(at('2026-03-30T00:00:00Z'));
  });

  it('comes twice on the day on which the clocks are put back', () => {
    const [first, second] = ['2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z'].map(at);
    expect(nextLocalHourMs(first! - 1, 2, 'Europe/Berlin')).toBe(first);
    expect(nextLocalHourMs(first!, 2, 'Europe/Berlin')).toBe(second);
    expect(nextLocalHourMs(second!, 2, 'Europe/Berlin')).toBe(at('2026-10-26T01:00:00Z'));
  });

  it('is later, and within two days', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }),
        fc.integer({ min: 0, max: 23 }),
        (afterMs, hour) => {
          const nextMs = nextLocalHourMs(afterMs, hour, 'America/New_York');
          expect(nextMs).toBeGreaterThan(afterMs);
          expect(nextMs - afterMs).toBeLessThanOrEqual(50 * 3_600_000);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is told from the other hours', () => {
    const isNine = (text: string) => isLocalHour(at(text), 9, 'Asia/Kathmandu');
    expect(['2026-11-24T03:14:59Z', '2026-11-24T03:15:00Z', '2026-11-24T04:15:00Z'].map(isNine)).toEqual([
      false,
      true,
      false,
    ]);
  });
});
