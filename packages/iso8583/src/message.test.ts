import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileSpec,
  type FieldEncoding,
  type FieldSpec,
  Iso8583Error,
  iso87,
  type MessageSpec,
} from './index.ts';

const text = (alphabet: string, length: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: length, maxLength: length });
const digits = (length: number) => text('0123456789', length);
const bytes = (length: number) =>
  fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((value) => Buffer.from(value).toString('hex').toUpperCase());

/** Any value of a length, as an encoding takes it. */
const values: Readonly<Record<FieldEncoding, (length: number) => fc.Arbitrary<string>>> = {
  'ascii-n': digits,
  'ascii-an': (length) => text('ABCxyz019 -/\u00c6', length),
  'ebcdic-n': digits,
  'ebcdic-an': (length) => text('ABCxyz019 -/\u00c6', length),
  'bcd-left': digits,
  'bcd-right': digits,
  raw: bytes,
  hex: bytes,
  'amount-ascii': (length) =>
    fc.tuple(fc.constantFrom('C', 'D'), digits(length - 1)).map((parts) => parts.join('')),
  'amount-bcd': (length) =>
    fc.tuple(fc.constantFrom('C', 'D'), digits(length - 1)).map((parts) => parts.join('')),
};
const encodings = Object.keys(values) as FieldEncoding[];

const anyField: fc.Arbitrary<FieldSpec> = fc.record({
  name: fc.constant('FIELD'),
  type: fc.constantFrom('fixed' as const, 'var' as const),
  enc: fc.constantFrom(...encodings),
  max: fc.integer({ min: 2, max: 30 }),
  digits: fc.integer({ min: 2, max: 4 }),
  lenEnc: fc.constantFrom('ascii' as const, 'bcd' as const),
  left: fc.boolean(),
});

/** Any format of a few fields, with values that fit it. */
const anyMessage = fc
  .record({
    bitmap: fc.constantFrom('hex' as const, 'binary' as const),
    bitmapFixed128: fc.boolean(),
    type: fc.constantFrom<FieldEncoding>('ascii-n', 'bcd-left'),
    fields: fc.dictionary(fc.integer({ min: 2, max: 128 }).map(String), anyField, { maxKeys: 8 }),
  })
  .chain(({ type, fields, ...rest }) => {
    const spec: MessageSpec = {
      name: 'any',
      ...rest,
      fields: { 0: { name: 'TYPE', type: 'fixed', enc: type, max: 4 }, ...fields },
    };
    const filled = Object.entries(fields).map(([number, field]) =>
      (field.type === 'fixed' ? fc.constant(field.max) : fc.integer({ min: 1, max: field.max }))
        .chain((length) => values[field.enc](length))
        .map((value) => [Number(number), value] as const),
    );
    return fc.tuple(fc.constant(spec), fc.tuple(digits(4), ...filled));
  })
  .map(([spec, [type, ...fields]]) => ({
    spec,
    fields: new Map([[0, type as string], ...(fields as [number, string][])]),
  }));

describe('any format', () => {
  it('gives back what was packed in it', () => {
    fc.assert(
      fc.property(anyMessage, ({ spec, fields }) => {
        const unpacked = compileSpec(spec).unpack(compileSpec(spec).pack(fields));
        expect(unpacked.ok && Object.fromEntries(unpacked.fields)).toEqual(Object.fromEntries(fields));
      }),
    );
  });

  it('refuses a message that is cut, by field and byte', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), ({ spec, fields }, at) => {
        const codec = compileSpec(spec);
        const whole = codec.pack(fields);
        const cut = codec.unpack(whole.subarray(0, at % whole.length));
        expect(cut.ok ? 'read' : cut.error.message).toMatch(/^field \d+, byte \d+: /);
      }),
    );
  });

  it('reads or refuses a message with a byte changed', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), fc.nat(255), ({ spec, fields }, at, byte) => {
        const codec = compileSpec(spec);
        const changed = codec.pack(fields);
        changed[at % changed.length] = byte;
        const read = codec.unpack(changed);
        expect(read.ok || read.error.offset <= changed.length).toBe(true);
      }),
    );
  });
});

describe('digits', () => {
  const spec: MessageSpec = {
    name: 'digits',
    bitmap: 'hex',
    fields: {
      0: { name: 'TYPE', type: 'fixed', enc: 'ascii-n', max: 4 },
      3: { name: 'CODE', type: 'fixed', enc: 'ascii-n', max: 6 },
      4: { name: 'SUM', type: 'fixed', enc: 'bcd-left', max: 3 },
      28: { name: 'FEE', type: 'fixed', enc: 'amount-bcd', left: true, max: 4 },
      35: { name: 'TRACK', type: 'var', enc: 'bcd-right', max: 37, digits: 2, lenEnc: 'bcd' },
    },
  };
  const codec = compileSpec(spec);

  it.each([
    ['02002000000000000000' + '12345x', 'field 3, byte 25: CODE has to be digits'],
    ['02001000000000000000' + '\u0001\u00a3', 'field 4, byte 21: SUM has to be digits'],
    ['02000000001000000000' + 'X\u0001\u0023', 'field 28, byte 20: FEE has to begin with its sign, C or D'],
    ['02000000000020000000' + '\u0001\u00e0', 'field 35, byte 21: TRACK has to be digits'],
    ['02001000000000000000' + '\u0011\u0023', 'field 4, byte 20: SUM has 3 digits and is not filled with 0'],
    [
      '02000000000020000000' + '\u0001\u0015',
      'field 35, byte 21: TRACK has 1 digits and is not filled with 0',
    ],
  ])('are refused by field and byte where they are none: %j', (raw, message) => {
    const read = codec.unpack(Buffer.from(raw, 'latin1'));
    expect(read.ok ? 'read' : read.error.message).toBe(message);
  });

  it('are filled as the encoding says, and a track may hold its separator', () => {
    const packed = codec.pack(
      new Map([
        [0, '200'],
        [4, '12'],
        [28, 'D5'],
        [35, '12=3456'],
      ]),
    );
    expect(packed.toString('latin1')).toBe(
      '02001000001020000000\u0000\u0012D\u0000\u0005\u0007\u0012\u00d3\u0045\u0060',
    );
    const read = codec.unpack(packed);
    expect(read.ok && Object.fromEntries(read.fields)).toEqual({
      0: '0200',
      4: '012',
      28: 'D005',
      35: '12=3456',
    });
  });

  it('may be filled with F on the right, as some senders do', () => {
    const read = codec.unpack(Buffer.from('02000000000020000000\u0003\u0012\u003f', 'latin1'));
    expect(read.ok && read.fields.get(35)).toBe('123');
  });

  it.each([
    [{ 4: { name: 'SUM', type: 'fixed', enc: 'ebcdic', max: 3 } }, 'there is no encoding "ebcdic"'],
    [
      { 4: { name: 'SUM', type: 'fixed', enc: 'raw', max: Number.NaN } },
      'needs a type (fixed or var) and a length',
    ],
  ])('need a field that makes sense: %j', (fields, message) => {
    expect(() => compileSpec({ name: 'odd', bitmap: 'hex', fields: fields as never })).toThrow(message);
  });
});

describe('card data', () => {
  const pan = '4761739001010119';
  const track = `${pan}=49122010000`;
  const zeros = (value: string): string => '0'.repeat(value.length);
  const fieldsOf = (number: string, track2: string) =>
    new Map([
      [0, '0200'],
      [2, number],
      [4, '000000000100'],
      [35, track2],
      [41, 'TERM0001'],
    ]);
  const specs = [
    iso87('ascii', 'ascii', 'hex'),
    iso87('packed', 'bcd', 'binary'),
    iso87('EBCDIC', 'ebcdic', 'binary'),
  ];

  it.each(specs)('of $name is written from bytes as from text, and erased from what arrives', (spec) => {
    const codec = compileSpec(spec);
    const secrets = new Map([
      [2, Buffer.from(pan)],
      [35, Buffer.from(track)],
    ]);
    const packed = codec.pack(fieldsOf(zeros(pan), zeros(track)), secrets);
    expect(packed).toEqual(codec.pack(fieldsOf(pan, track)));
    codec.erase(packed, [2, 35, 36]);
    const read = codec.unpack(packed);
    expect(read.ok && Object.fromEntries(read.fields)).toEqual(
      Object.fromEntries(fieldsOf(zeros(pan), zeros(track))),
    );
  });

  it('in bytes is refused if it does not fit the zeros that stand for it, or the field', () => {
    const codec = compileSpec(specs[0]!);
    const pack = (secret: string) =>
      codec.pack(fieldsOf(zeros(pan), track), new Map([[2, Buffer.from(secret)]]));
    expect(() => pack(pan.slice(1))).toThrow(Iso8583Error);
    expect(() => pack(pan.replace('4', 'x'))).toThrow(Iso8583Error);
  });

  it('is erased as far as a message can be read, whatever its bytes are', () => {
    const codec = compileSpec(specs[0]!);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        codec.erase(Buffer.from(bytes), [2]);
      }),
    );
    const cut = codec.pack(fieldsOf(pan, track)).subarray(0, 45);
    codec.erase(cut, [2, 35]);
    expect(cut.toString('latin1')).not.toContain(pan);
  });
});
