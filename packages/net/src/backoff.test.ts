import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const range = { firstMs: 1_000, maxMs: 30_000 };

describe('back-off', () => {
  it('doubles up to its maximum', () => {
    const wholes = [0, 1, 2, 3, 4, 5, 6, 5_000].map((failures) => backoffMs(range, failures, () => 1));
    expect(wholes).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('lies between a half and the whole of its pause', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 2_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, chance) => {
          const wholeMs = backoffMs(range, failures, () => 1);
          const waitMs = backoffMs(range, failures, () => chance);
          expect(waitMs).toBeGreaterThanOrEqual(wholeMs / 2);
          expect(waitMs).toBeLessThanOrEqual(wholeMs);
        },
      ),
    );
  });
});
