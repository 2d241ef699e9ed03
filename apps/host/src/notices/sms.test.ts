import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSms } from './sms.ts';

const readUcs2 = (octets: Buffer): string => Buffer.from(octets).swap16().toString('utf16le');

describe('the text of an SMS', () => {
  it('is one part as long as it fits in one', () => {
    for (const [text, dataCoding, parts] of [
      ['a'.repeat(160), 0, 1],
      ['a'.repeat(161), 0, 2],
      ['a'.repeat(306), 0, 2],
      ['a'.repeat(307), 0, 3],
      ['ы'.repeat(70), 8, 1],
      ['ы'.repeat(71), 8, 2],
      ['ы'.repeat(134), 8, 2],
      ['ы'.repeat(135), 8, 3],
    ] as const) {
      const encoded = encodeSms(text);
      expect([encoded.dataCoding, encoded.parts.length], text).toEqual([dataCoding, parts]);
    }
  });

  it('uses seven bits only for what has one code in every alphabet', () => {
    expect(encodeSms('Order 12: 5.00, http://x/d/1.2?a=b&c-d').dataCoding).toBe(0);
    for (const sign of '@_$[]{}|~^\\`£€é’\u00a0') expect(encodeSms(`a${sign}`).dataCoding, sign).toBe(8);
  });

  it('is cut between characters, and is whole when its parts are joined', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const { dataCoding, octets, parts } = encodeSms(text);
        expect(Buffer.concat(parts)).toEqual(octets);
        if (dataCoding === 0) expect(octets.toString('latin1')).toBe(text);
        else expect(parts.map(readUcs2).join('')).toBe(text);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(dataCoding === 0 ? 160 : 140);
          if (parts.length > 1) expect(part.length).toBeLessThanOrEqual(dataCoding === 0 ? 153 : 134);
          if (dataCoding === 8) expect(readUcs2(part).isWellFormed()).toBe(true);
        }
      }),
    );
  });
});
