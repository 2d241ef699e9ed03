import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFvln, decodeVln, encodeFvln, encodeVln, formatDecimal, parseDecimal } from './numbers.ts';
import { orThrow, parseHex } from './result.ts';

const hex = (text: string): Buffer => orThrow(parseHex(text));

describe('numbers of variable length', () => {
  it('reads the samples of yandex/ofd', () => {
    expect(orThrow(decodeVln(hex('e92d06')))).toBe(404969n);
    expect(formatDecimal(orThrow(decodeFvln(hex('0215cd5b07'))))).toBe('1234567.89');
  });

  it('reads again what it wrote, in the fewest bytes', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.integer({ min: 0, max: 18 }), (units, decimals) => {
        const vln = orThrow(encodeVln(units));
        expect(orThrow(decodeVln(vln))).toBe(units);
        expect(vln.length === 1 || vln.at(-1) !== 0).toBe(true);
        expect(orThrow(decodeFvln(orThrow(encodeFvln({ units, decimals }))))).toEqual({ units, decimals });
        expect(orThrow(parseDecimal(formatDecimal({ units, decimals })))).toEqual({ units, decimals });
      }),
    );
  });

  it('refuses what does not fit', () => {
    expect(encodeVln(-1).ok).toBe(false);
    expect(encodeVln(2 ** 60).ok).toBe(false);
    expect(encodeVln(2n ** 64n).ok).toBe(false);
    expect(decodeVln(Buffer.alloc(9)).ok).toBe(false);
    expect(decodeFvln(Buffer.alloc(0)).ok).toBe(false);
    expect(decodeFvln(hex('ff01')).ok).toBe(false);
    expect(parseDecimal('1,5').ok).toBe(false);
  });
});
