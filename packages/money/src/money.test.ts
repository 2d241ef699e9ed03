import { vatRates, vatTable } from '@bivak/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMinor, feeMinor, MoneyError, multiplyMinor, sumMinor, vatContainedMinor } from './index.ts';

const amount = fc.integer({ min: 0, max: 1_000_000_000_000 });

describe('sums', () => {
  it('never lose a kopeck silently', () => {
    expect(sumMinor([1, 2, 3])).toBe(6);
    expect(() => addMinor(Number.MAX_SAFE_INTEGER, 1)).toThrow(MoneyError);
    expect(() => multiplyMinor(Number.MAX_SAFE_INTEGER, 2)).toThrow(MoneyError);
    expect(() => addMinor(-1, 5)).toThrow(MoneyError);
    expect(() => addMinor(0.5, 5)).toThrow(MoneyError);
  });
});

describe('a fee', () => {
  it('rounds half up', () => {
    expect(feeMinor(100_000, '1.7')).toBe(1_700);
    expect(feeMinor(50, '1')).toBe(1);
    expect(feeMinor(49, '1')).toBe(0);
    expect(() => feeMinor(1, '1,7')).toThrow(MoneyError);
  });

  it('is within half a unit of the exact one', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 999 }), (sum, tenths) => {
        const fee = BigInt(feeMinor(sum, `${Math.floor(tenths / 10)}.${tenths % 10}`)) * 1000n;
        const exact = BigInt(sum) * BigInt(tenths);
        expect(fee - exact <= 500n && exact - fee <= 500n).toBe(true);
      }),
    );
  });
});

describe('VAT in a sum', () => {
  it.each([
    [12_200, '22', 2_200],
    [11_000, '10', 1_000],
    [100, '0', 0],
    [100, 'none', 0],
    [1, '22', 0],
    [3, '20', 1],
  ] as const)('%i at %s holds %i', (sum, rate, vat) => {
    expect(vatContainedMinor(sum, rate)).toBe(vat);
  });

  it('is within half a minor unit of the exact one', () => {
    fc.assert(
      fc.property(amount, fc.constantFrom(...vatRates), (sum, rate) => {
        const percent = BigInt(vatTable[rate].percent);
        const error = BigInt(vatContainedMinor(sum, rate)) * (100n + percent) - BigInt(sum) * percent;
        expect((error < 0n ? -error : error) * 2n).toBeLessThanOrEqual(100n + percent);
      }),
    );
  });
});
