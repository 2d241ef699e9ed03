import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Composite,
  compileSpec,
  type FieldSpec,
  iso87,
  type Subfield,
  type SubfieldToWrite,
} from './index.ts';

/** A format in which DE 48 is composite. */
function codecOf(composite: Composite, field: Partial<FieldSpec> = {}) {
  const base = iso87('1987', 'ascii', 'binary');
  const made: FieldSpec = { ...base.fields[48]!, ...field, composite };
  return compileSpec({ ...base, fields: { ...base.fields, 48: made } });
}

const fixed = (name: string, enc: FieldSpec['enc'], max: number): FieldSpec => ({
  name,
  type: 'fixed',
  enc,
  max,
});
const balance: Composite = {
  by: 'position',
  repeats: true,
  parts: [
    fixed('account', 'ascii-n', 2),
    fixed('kind', 'ascii-n', 2),
    fixed('currency', 'ascii-n', 3),
    fixed('amount', 'amount-ascii', 13),
  ],
};
const tagged: Composite = {
  by: 'tag',
  tag: { enc: 'ascii-an', max: 2 },
  digits: 2,
  lenEnc: 'ascii',
  parts: {
    '01': { name: 'programme', enc: 'ascii-an' },
    '37': {
      name: 'rule',
      enc: 'ascii-n',
      composite: { by: 'position', parts: [fixed('class', 'ascii-n', 1), fixed('days', 'ascii-n', 2)] },
    },
  },
};

describe('subfields by position', () => {
  it('are read by their place, in every round', () => {
    const codec = codecOf(balance);
    const value = `0002643C${'1'.padStart(12, '0')}0040643D${'250'.padStart(12, '0')}`;
    const { subfields, faults } = codec.subfields(48, value)!;
    expect(faults).toEqual([]);
    expect(subfields.map(({ tag, name, value: part }) => [tag, name, part])).toEqual([
      ['1.1', 'account', '00'],
      ['1.2', 'kind', '02'],
      ['1.3', 'currency', '643'],
      ['1.4', 'amount', 'C000000000001'],
      ['2.1', 'account', '00'],
      ['2.2', 'kind', '40'],
      ['2.3', 'currency', '643'],
      ['2.4', 'amount', 'D000000000250'],
    ]);
    expect(codec.compose(48, subfields)).toBe(value);
  });

  it('may be missing at the end, and nothing may follow them', () => {
    const codec = compileSpec(iso87('1987', 'bcd', 'binary'));
    expect(codec.subfields(22, '071')!.subfields.map(({ value }) => value)).toEqual(['07', '1']);
    expect(codec.subfields(3, '20')!).toMatchObject({ subfields: [{ value: '20' }], faults: [] });
    expect(codec.subfields(22, '0711')!.faults).toEqual([
      { unit: 3, facts: { code: 'subfield-left-over', tag: '3' } },
    ]);
    expect(codec.subfields(41, 'T')).toBeUndefined();
    expect(() => codec.compose(41, [])).toThrow(
      'field 41, byte 0: card acceptor terminal identification has no subfields',
    );
    expect(() => codec.compose(3, [{ tag: '2', value: '00' }])).toThrow(
      'subfield 2 of processing code: unknown-subfield',
    );
  });
});

describe('subfields by tag', () => {
  it('are read, those that nobody named too', () => {
    const codec = codecOf(tagged);
    const { subfields, faults } = codec.subfields(48, '0103MIR370321599020A')!;
    expect(faults).toEqual([]);
    expect(subfields).toEqual([
      { tag: '01', name: 'programme', value: 'MIR' },
      {
        tag: '37',
        name: 'rule',
        value: '215',
        subfields: [
          { tag: '1', name: 'class', value: '2' },
          { tag: '2', name: 'days', value: '15' },
        ],
      },
      { tag: '99', name: 'unknown', value: '0A' },
    ]);
  });

  it.each([
    ['0103MI', [{ unit: 4, facts: { code: 'subfield-cut-off', tag: '01' } }]],
    ['01X3MIR', [{ unit: 2, facts: { code: 'subfield-length', tag: '01' } }]],
    ['0', [{ unit: 0, facts: { code: 'subfield-cut-off', tag: '' } }]],
    ['3703a1501011', [{ unit: 4, facts: { code: 'subfield-content', tag: '37', cause: 'not-digits' } }]],
  ])('are told apart as far as it goes: %j', (value, faults) => {
    expect(codecOf(tagged).subfields(48, value)!.faults).toEqual(faults);
  });

  it('are told with the byte of the message', () => {
    const codec = codecOf(tagged);
    const bytes = codec.pack(
      new Map([
        [0, '0210'],
        [39, '00'],
        [48, '3703a15'],
      ]),
    );
    const read = codec.unpackLeniently(bytes);
    if (!read.ok) throw read.error;
    expect(read.fields.get(48)).toBe('3703a15');
    expect(read.faults).toMatchObject([
      {
        field: 48,
        offset: bytes.length - 3,
        code: 'subfield-content',
        tag: '37',
        cause: 'not-digits',
        size: 7,
      },
    ]);
    expect(codec.unpack(bytes).ok).toBe(true);
  });
});

describe('data objects in DE 55', () => {
  const chip = '9F02060000000120009F3602004171049F100102';
  const icc = (field: Partial<FieldSpec>) => {
    const base = iso87('1987', 'ascii', 'binary');
    return compileSpec({
      ...base,
      fields: {
        ...base.fields,
        55: { ...base.fields[55]!, max: 999, digits: 3, composite: { by: 'ber-tlv' }, ...field },
      },
    });
  };
  const text = (codec: ReturnType<typeof icc>, value: string) =>
    codec
      .pack(
        new Map([
          [0, '0100'],
          [55, value],
        ]),
      )
      .subarray(12);

  it.each([
    ['bytes behind a length in characters', { enc: 'raw', lenEnc: 'ascii' }, '020'],
    ['bytes behind a packed length', { enc: 'raw', lenEnc: 'bcd' }, '\u0000\u0020'],
    ['hex digits that are counted as bytes', { enc: 'hex', lenEnc: 'ascii' }, '020'],
    ['hex digits that are counted themselves', { enc: 'hex', lenEnc: 'ascii', lenCounts: 'bytes' }, '040'],
  ] as const)('are read from %s', (_, field, prefix) => {
    const codec = icc(field);
    const bytes = text(codec, chip);
    expect(bytes.subarray(0, prefix.length).toString('latin1')).toBe(prefix);
    const isHex = field.enc === 'hex';
    expect(
      bytes
        .subarray(prefix.length)
        .toString(isHex ? 'latin1' : 'hex')
        .toUpperCase(),
    ).toBe(chip);
    const { subfields, faults } = codec.subfields(55, chip)!;
    expect(faults).toEqual([]);
    expect(subfields).toEqual([
      { tag: '9F02', value: '000000012000' },
      { tag: '9F36', value: '0041' },
      { tag: '71', value: '9F100102', subfields: [{ tag: '9F10', value: '02' }] },
    ]);
    expect(codec.compose(55, subfields)).toBe(chip);
  });

  it('are told with the byte of the message, as hex digits too', () => {
    const codec = icc({ enc: 'hex', lenEnc: 'ascii', lenCounts: 'bytes' });
    const bytes = codec.pack(
      new Map([
        [0, '0100'],
        [55, '9F36020041' + '7103' + '9F1002'],
      ]),
    );
    const read = codec.unpackLeniently(bytes);
    expect(read.ok && read.faults).toMatchObject([
      { field: 55, code: 'subfield-cut-off', tag: '71', offset: bytes.length - 6 },
    ]);
  });
});

/** Any parts of a composite, as they are to come back. */
const characters = (max: number) => fc.string({ unit: fc.constantFrom(...'ABCxyz019 -'), maxLength: max });
const hex = (max: number) =>
  fc.uint8Array({ maxLength: max }).map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase());
const tags = fc.uniqueArray(fc.integer({ min: 10, max: 99 }).map(String), { maxLength: 6 });
const anyTagged = tags.chain((names) =>
  fc.tuple(
    ...names.map((tag) =>
      (tag === '37' ? fc.constantFrom('215', '1') : characters(20)).map((value) => ({ tag, value })),
    ),
  ),
);
const anyObjects = fc.array(
  fc.record({ tag: fc.constantFrom('9A', '9F02', 'DF8101', '5F2A'), value: hex(140) }),
  { maxLength: 4 },
);
const flat = (parts: readonly Subfield[]) => parts.map(({ tag, value }) => ({ tag, value }));

describe('any parts', () => {
  it.each([
    ['by tag in characters', codecOf(tagged), anyTagged],
    [
      'by tag in bytes',
      codecOf({ by: 'tag', tag: { enc: 'raw', max: 1 }, digits: 1, lenEnc: 'binary' }, { enc: 'raw' }),
      anyTagged,
    ],
    ['by data object', codecOf({ by: 'ber-tlv' }, { enc: 'raw' }), anyObjects],
  ])('come back %s, through the bytes', (_, codec, anyParts) => {
    fc.assert(
      fc.property(anyParts as fc.Arbitrary<SubfieldToWrite[]>, (parts) => {
        const value = codec.compose(48, parts);
        const bytes = codec.pack(
          new Map([
            [0, '0100'],
            [48, value],
          ]),
        );
        const read = codec.unpackLeniently(bytes);
        if (!read.ok) throw read.error;
        expect(read.faults).toEqual([]);
        expect(flat(codec.subfields(48, read.fields.get(48)!)!.subfields)).toEqual(parts);
      }),
    );
  });

  it('are read or told, whatever the value', () => {
    const codecs = [codecOf(tagged), codecOf(balance), codecOf({ by: 'ber-tlv' }, { enc: 'raw' })];
    fc.assert(
      fc.property(fc.constantFrom(...codecs), fc.uint8Array({ maxLength: 60 }), (codec, any) => {
        const isHex = codec.spec.fields[48]!.enc === 'raw';
        const { faults } = codec.subfields(48, Buffer.from(any).toString(isHex ? 'hex' : 'latin1'))!;
        for (const { unit } of faults) expect(unit).toBeLessThanOrEqual(any.length);
      }),
    );
  });
});

describe('padding and prefix', () => {
  const one = (field: Partial<FieldSpec>) => {
    const base = iso87('1987', 'ascii', 'binary');
    return compileSpec({ ...base, fields: { ...base.fields, 48: { ...base.fields[48]!, ...field } } });
  };
  const packed = (field: Partial<FieldSpec>, value: string) =>
    one(field)
      .pack(
        new Map([
          [0, '0100'],
          [48, value],
        ]),
      )
      .subarray(12)
      .toString('latin1');

  it.each<[Partial<FieldSpec>, string, string]>([
    [{ type: 'fixed', max: 5 }, 'ab', 'ab   '],
    [{ type: 'fixed', max: 5, pad: { side: 'left', with: '0' } }, 'ab', '000ab'],
    [{ type: 'fixed', max: 5, enc: 'ascii-n', pad: { side: 'right', with: '0' } }, '12', '12000'],
    [{ type: 'fixed', max: 5, enc: 'amount-ascii' }, 'D1', 'D0001'],
    [{ type: 'fixed', max: 4, enc: 'ebcdic-n' }, '12', '\u00f0\u00f0\u00f1\u00f2'],
    [{ enc: 'ebcdic-an', lenEnc: 'ebcdic', digits: 2 }, 'Ab', '\u00f0\u00f2\u00c1\u0082'],
    [{ enc: 'ascii-an', lenEnc: 'binary', digits: 1 }, 'Ab', '\u0002Ab'],
    [{ enc: 'bcd-left', lenEnc: 'binary', digits: 1, lenCounts: 'bytes' }, '1234', '\u0002\u0012\u0034'],
  ])('are what the specification says: %j', (field, value, bytes) =>
    expect(packed(field, value)).toBe(bytes),
  );

  it.each<[Partial<FieldSpec>, string, string]>([
    [{ type: 'fixed', max: 5, pad: 'none' }, 'ab', 'has length 2, not 5'],
    [{ enc: 'bcd-left', lenCounts: 'bytes' }, '123', 'has length 3, not 4'],
    [{ type: 'fixed', max: 5, enc: 'ascii-n', pad: { side: 'left', with: ' ' } }, '1', 'has to be digits'],
  ])('refuse what they cannot say: %j', (field, value, message) => {
    expect(() => packed(field, value)).toThrow(message);
  });

  it('need to make sense', () => {
    expect(() => one({ type: 'fixed', pad: { side: 'left', with: '' } })).toThrow('with one character');
    expect(() => one({ composite: { by: 'position', parts: [] } })).toThrow('needs a part');
    expect(() => one({ composite: { by: 'guess' } as never })).toThrow('no subfields by "guess"');
  });
});
