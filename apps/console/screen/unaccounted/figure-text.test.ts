import { describe, expect, it } from 'vitest';
import { testRenderer } from '../testing.ts';
import { unaccountedText } from './figure-text.ts';

const said = (count: number, sumMinor: number, otherSums = 0, language: 'en' | 'ru' = 'en') =>
  unaccountedText({ unaccounted: { count, sumMinor, otherSums }, currency: 'RUB' }, testRenderer(language));

describe('what is not in the books', () => {
  it('is said with its sum, and how much of that is not known', () => {
    expect(said(0, 0)).toBe('Every accepted card sale that has arrived is in the books.');
    expect(said(1, 70_000)).toBe('1 accepted card sale is not in the books: ₽700.00.');
    expect(said(3, 70_000, 1)).toMatch(/^3 accepted card sales are not .* The sum of 1 of them is not known/);
    expect(said(5, 70_000, 0, 'ru')).toMatch(/^Не учтено 5 принятых продаж по картам: 700,00/);
  });
});
