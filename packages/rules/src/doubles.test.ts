import { describe, expect, it } from 'vitest';
import { possibleDouble, type SaleTap } from './doubles.ts';

const sale: SaleTap = { saleId: 'till-1-000002', cardReference: 'a', amountMinor: 50_000, atMs: 100_000 };
const before: SaleTap = { ...sale, saleId: 'till-1-000001', atMs: 41_000 };

describe('a sale that may have been rung up twice', () => {
  it('has the card, the sum and, within a minute, the time of another', () => {
    expect(possibleDouble(sale, [before])).toEqual(before);
    expect(possibleDouble({ ...sale, atMs: 30_000 }, [before])).toEqual(before);
    const newer = { ...before, saleId: 'till-1-000003', atMs: 99_000 };
    expect(possibleDouble(sale, [before, newer])).toEqual(newer);
  });

  it('is none with another card or sum, a minute later, or by itself', () => {
    expect(possibleDouble(sale, [{ ...before, cardReference: 'b' }])).toBeUndefined();
    expect(possibleDouble(sale, [{ ...before, amountMinor: 50_001 }])).toBeUndefined();
    expect(possibleDouble(sale, [{ ...before, atMs: 40_000 }])).toBeUndefined();
    expect(possibleDouble(sale, [sale])).toBeUndefined();
  });
});
