import { describe, expect, it } from 'vitest';
import { compileSpec, type FieldEncoding, type FieldSpec } from './index.ts';

const codecOf = (field: Omit<FieldSpec, 'name'>) =>
  compileSpec({
    name: 'one field',
    bitmap: 'binary',
    fields: { 0: { name: 'TYPE', type: 'fixed', enc: 'ascii-n', max: 4 }, 2: { name: 'FIELD', ...field } },
  });
/** Type and bitmap. */
const contentStart = 12;
const digitsOf = (length: number): string => '9012345678'.repeat(4).slice(0, length);

describe('digits are checked several at once', () => {
  const lengths = Array.from({ length: 20 }, (_, index) => index + 1);

  it.each<FieldEncoding>(['ascii-n', 'ebcdic-n', 'bcd-left', 'bcd-right'])(
    '%s: of each length, a byte that is none is named wherever it stands',
    (enc) => {
      for (const length of lengths) {
        const codec = codecOf({ type: 'fixed', enc, max: length });
        const bytes = codec.pack(
          new Map([
            [0, '0100'],
            [2, digitsOf(length)],
          ]),
        );
        const whole = codec.unpack(bytes);
        expect(whole.ok && whole.fields.get(2)).toBe(digitsOf(length));
        for (let at = contentStart; at < bytes.length; at++)
          for (const byte of [0x1a, 0x2e, 0x3a, 0xb0, 0xfa]) {
            const spoiled = Buffer.from(bytes);
            spoiled[at] = byte;
            const unpacked = codec.unpack(spoiled);
            const isDigits = enc.startsWith('bcd') && (byte & 15) <= 9 && byte >> 4 <= 9;
            if (!isDigits) expect(unpacked).toMatchObject({ ok: false, error: { field: 2, offset: at } });
          }
      }
    },
  );

  it('a number of few digits is filled with nothing but zero', () => {
    const codec = codecOf({ type: 'fixed', enc: 'bcd-left', max: 3 });
    const bytes = codec.pack(
      new Map([
        [0, '0100'],
        [2, '051'],
      ]),
    );
    bytes[contentStart] = 0x10;
    expect(codec.unpack(bytes)).toMatchObject({
      ok: false,
      error: { fault: { code: 'not-filled', length: 3 } },
    });
  });

  it('a track keeps each of its separators', () => {
    const fields = { 0: { name: 'TYPE', type: 'fixed', enc: 'ascii-n', max: 4 } } as const;
    const track = {
      name: 'TRACK',
      type: 'var',
      enc: 'bcd-right',
      max: 37,
      digits: 2,
      lenEnc: 'bcd',
    } as const;
    const codec = compileSpec({ name: 'track', bitmap: 'binary', fields: { ...fields, 35: track } });
    for (const value of ['=', '1234=5678=', '==12', '12345']) {
      const unpacked = codec.unpack(
        codec.pack(
          new Map([
            [0, '0100'],
            [35, value],
          ]),
        ),
      );
      expect(unpacked.ok && unpacked.fields.get(35)).toBe(value);
    }
  });
});

describe('bytes are told from packed digits', () => {
  it('before them, behind them, and in a message longer than what is made text at once', () => {
    const digits = {
      name: 'DIGITS',
      type: 'var',
      enc: 'bcd-left',
      max: 19,
      digits: 2,
      lenEnc: 'bcd',
    } as const;
    const bytes = { name: 'BYTES', type: 'var', enc: 'raw', max: 700, digits: 4, lenEnc: 'bcd' } as const;
    const type = { name: 'TYPE', type: 'fixed', enc: 'bcd-left', max: 4 } as const;
    const codec = compileSpec({
      name: 'mixed',
      bitmap: 'binary',
      fields: { 0: type, 2: bytes, 3: digits, 4: bytes, 5: digits, 6: bytes, 7: digits },
    });
    const fields = new Map([
      [0, '0100'],
      [2, 'AB01'],
      [3, '12345'],
      [4, 'CD'.repeat(600)],
      [5, '6789012'],
      [6, 'EF'],
      [7, '1'],
    ]);
    const unpacked = codec.unpack(codec.pack(fields));
    expect(unpacked.ok && new Map(unpacked.fields)).toEqual(fields);
  });
});
