import { describe, expect, it } from 'vitest';
import { currencies, currencyOf, minorOfText } from './currencies.ts';

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

  it('reads sums that people write, by the digits of their currency', () => {
    const read = (text: string) => ['RUB', 'JPY', 'KWD'].map((letters) => minorOfText(text, letters));
    expect(read('12')).toEqual([1_200, 12, 12_000]);
    expect(read('12,50')).toEqual([1_250, null, null]);
    expect(read('12.500')).toEqual([null, null, 12_500]);
    for (const text of ['', '1.', '12a', '-1', '1234567890123']) expect(minorOfText(text, 'RUB')).toBeNull();
  });

  it('has none that is not listed', () => {
    expect(currencyOf('RUB')).toEqual({ number: '643', exponent: 2 });
    expect(currencyOf('JPY')?.exponent).toBe(0);
    expect(currencyOf('toString')).toBeUndefined();
  });
});
