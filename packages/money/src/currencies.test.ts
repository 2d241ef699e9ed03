import { describe, expect, it } from 'vitest';
import { currencies, currencyOf } from './currencies.ts';

describe('the table of currencies', () => {
  it('has a number of three digits for each, and none twice', () => {
    const numbers = Object.values(currencies).map(({ number }) => number);
    for (const number of numbers) expect(number).toMatch(/^\d{3}$/);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('knows minor units as the runtime does', () => {
    for (const [letters, { exponent }] of Object.entries(currencies)) {
      const format = new Intl.NumberFormat('en', { style: 'currency', currency: letters });
      // ISO 4217 gives these two digits, which CLDR leaves out in daily use.
      const isLeftOut = ['AMD', 'HUF', 'MNT', 'RSD', 'UZS', 'TMT'].includes(letters);
      if (!isLeftOut)
        expect([letters, format.resolvedOptions().maximumFractionDigits]).toEqual([letters, exponent]);
    }
  });

  it('has none that is not listed', () => {
    expect(currencyOf('RUB')).toEqual({ number: '643', exponent: 2 });
    expect(currencyOf('JPY')?.exponent).toBe(0);
    expect(currencyOf('toString')).toBeUndefined();
  });
});
