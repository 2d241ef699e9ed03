import { describe, expect, it } from 'vitest';
import { compileSpec, type FieldSpec, type Fields, iso87, type MessageSpec } from './index.ts';

const sent: Fields = new Map([
  [0, '0210'],
  [4, '000000012000'],
  [11, '000123'],
  [15, '1125'],
  [28, 'D00000100'],
  [39, '00'],
  [56, '12'],
  [90, '0'.repeat(42)],
]);
const specs = [
  iso87('ASCII, binary bitmap', 'ascii', 'binary'),
  iso87('packed digits, binary bitmap', 'bcd', 'binary'),
  iso87('ASCII, bitmap in hex digits', 'ascii', 'hex'),
];

/** The message with other bytes in a field. */
function spoiled(spec: MessageSpec, number: number, change: (content: Buffer) => void) {
  const codec = compileSpec(spec);
  const lengthOfThose = (isThere: (field: number) => boolean): number =>
    codec.pack(new Map([...sent].filter(([field]) => isThere(field) || field === 0 || field === 90))).length;
  const lastBytes = spec.fields[90]!.enc.startsWith('bcd') ? 21 : 42;
  const start = lengthOfThose((field) => field < number) - lastBytes;
  const size = lengthOfThose((field) => field <= number) - lastBytes - start;
  const bytes = codec.pack(sent);
  change(bytes.subarray(start, start + size));
  return { codec, bytes, start, size };
}

describe.each(specs)('a field of $name that breaks its promise', (spec) => {
  // Blanks in packed digits are the digits 2020.
  const blank = spec.fields[15]!.enc.startsWith('bcd') ? 0xff : 0x20;

  it.each([
    [15, 'not-digits'],
    [28, 'no-sign'],
    [4, 'not-digits'],
  ] as const)('%i is told, and the others are read', (number, code) => {
    const { codec, bytes, start, size } = spoiled(spec, number, (content) => content.fill(blank));
    const strict = codec.unpack(bytes);
    expect(strict.ok || strict.error.fault).toMatchObject({ field: number, code });
    const read = codec.unpackLeniently(bytes);
    if (!read.ok) throw read.error;
    expect(read.faults).toEqual([
      { field: number, name: spec.fields[number]!.name, offset: start, code, start, size },
    ]);
    expect(Object.fromEntries(read.fields)).toEqual(
      Object.fromEntries([...sent].filter(([field]) => field !== number)),
    );
  });

  it('is told once for each such field', () => {
    const { codec, bytes } = spoiled(spec, 28, (content) => content.fill(0xfe));
    bytes[spoiled(spec, 4, () => {}).start + 3] = 0xfe;
    const read = codec.unpackLeniently(bytes);
    expect(read.ok && read.faults.map(({ field, code }) => [field, code])).toEqual([
      [4, 'not-digits'],
      [28, 'no-sign'],
    ]);
  });

  it('ends the message if it is the type, the bitmap or a length', () => {
    const codec = compileSpec(spec);
    const whole = codec.pack(sent);
    const type = Buffer.from(whole).fill(0xfe, 0, 1);
    const cut = whole.subarray(0, whole.length - 1);
    const length = spoiled(spec, 56, (content) => content.fill(0xfe)).bytes;
    const outcomes = [type, cut, length, Buffer.concat([whole, cut])].map((bytes) => {
      const read = codec.unpackLeniently(bytes);
      return read.ok ? 'read' : read.error.fault.code;
    });
    expect(outcomes).toEqual(['not-digits', 'cut-off', 'length-not-digits', 'left-over']);
  });
});

it('letters in a number of variable length are told too', () => {
  const reason: FieldSpec = {
    name: 'reason',
    type: 'var',
    enc: 'ascii-n',
    max: 4,
    digits: 2,
    lenEnc: 'ascii',
  };
  const base = iso87('1987', 'ascii', 'binary');
  const codec = compileSpec({ ...base, fields: { ...base.fields, 56: reason } });
  const packed = codec.pack(
    new Map([
      [0, '0420'],
      [39, '00'],
      [56, '4021'],
    ]),
  );
  packed.write('O', packed.length - 3, 'latin1');
  const found = codec.unpackLeniently(packed);
  expect(found.ok && found.faults).toMatchObject([
    { field: 56, code: 'not-digits', offset: packed.length - 3 },
  ]);
  expect(found.ok && found.fields.get(39)).toBe('00');
});

describe('the fields of a message', () => {
  it('are a map', () => {
    const codec = compileSpec(specs[0]!);
    const read = codec.unpack(codec.pack(sent));
    if (!read.ok) throw read.error;
    const { fields } = read;
    expect([...fields]).toEqual([...sent]);
    expect([...fields.keys()]).toEqual([...sent.keys()]);
    expect([...fields.values()]).toEqual([...sent.values()]);
    expect(new Map(fields)).toEqual(sent);
    expect([fields.size, fields.has(39), fields.has(40), fields.get(1_000)]).toEqual([
      8,
      true,
      false,
      undefined,
    ]);
    fields.set(39, '05').delete(90);
    expect(codec.pack(fields)).toEqual(
      codec.pack(new Map([...sent, [39, '05']].filter(([field]) => field !== 90) as [number, string][])),
    );
    const seen: number[] = [];
    fields.forEach((_, number) => {
      seen.push(number);
    });
    expect(seen).toEqual([0, 4, 11, 15, 28, 39, 56]);
    fields.clear();
    expect(fields.size).toBe(0);
    expect(() => fields.set(129, '')).toThrow('field 129, byte 0: fields are numbered up to 128');
  });
});
