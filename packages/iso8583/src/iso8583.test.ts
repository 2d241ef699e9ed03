import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileSpec,
  deframe,
  type FieldSpec,
  FramingError,
  frame,
  iso87,
  type LengthHeader,
  packOriginalData,
  unpackOriginalData,
} from './index.ts';

const specs = [
  iso87('1987 in ASCII, binary bitmap', 'ascii', 'binary'),
  iso87('1987 with packed digits, binary bitmap', 'bcd', 'binary'),
  iso87('1987 in ASCII, bitmap in hex digits', 'ascii', 'hex'),
];
const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });

/** Any value that fits a field. */
function anyValue(spec: FieldSpec): fc.Arbitrary<string> {
  const length =
    spec.type === 'fixed' ? fc.constant(spec.max) : fc.integer({ min: 0, max: Math.min(spec.max, 40) });
  return length.chain((size) => {
    if (spec.enc === 'raw' || spec.enc === 'hex') {
      return fc
        .uint8Array({ minLength: size, maxLength: size })
        .map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase());
    }
    if (spec.enc.startsWith('amount'))
      return fc.tuple(fc.constantFrom('C', 'D'), digits(size - 1)).map(([sign, amount]) => sign + amount);
    if (spec.enc === 'ascii-an')
      return fc.string({ unit: fc.constantFrom(...'ABCxyz019 -/'), minLength: size, maxLength: size });
    return digits(size);
  });
}

describe.each(specs)('messages of $name', (spec) => {
  const codec = compileSpec(spec);
  const numbers = Object.keys(spec.fields)
    .map(Number)
    .filter((number) => number > 0);
  const message = fc
    .tuple(digits(4), fc.uniqueArray(fc.constantFrom(...numbers), { maxLength: 20 }))
    .chain(([type, chosen]) =>
      fc
        .tuple(...chosen.map((number) => anyValue(spec.fields[number]!)))
        .map(
          (values) =>
            new Map([[0, type], ...chosen.map((number, index) => [number, values[index]!] as const)]),
        ),
    );

  it('come back as they were packed', () => {
    fc.assert(
      fc.property(message, (fields) => {
        const unpacked = codec.unpack(codec.pack(fields));
        expect(unpacked.ok && Object.fromEntries(unpacked.fields)).toEqual(Object.fromEntries(fields));
      }),
    );
  });

  it('are read or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const unpacked = codec.unpack(Buffer.from(bytes));
        expect(unpacked.ok || unpacked.error.message.length > 0).toBe(true);
      }),
    );
  });

  it('are refused wherever they are cut', () => {
    const whole = codec.pack(
      new Map([
        [0, '0200'],
        [2, '2200000000000000'],
        [4, '100'],
        [11, '7'],
        [41, 'T1'],
        [70, '001'],
      ]),
    );
    for (let length = 0; length < whole.length; length++)
      expect(codec.unpack(whole.subarray(0, length)).ok).toBe(false);
  });
});

describe('a wrong value', () => {
  const codec = compileSpec(specs[0]!);
  it.each([
    [2, '1'.repeat(20), 'field 2, byte 0: primary account number has length 20, more than 19'],
    [11, '1234567', 'field 11, byte 0: system trace audit number has length 7, not 6'],
    [65, '1', 'has no such field'],
    [52, 'XY'.repeat(8), 'bytes in hex'],
  ])('of field %i is refused by name', (number, value, message) => {
    expect(() =>
      codec.pack(
        new Map([
          [0, '0200'],
          [number, value],
        ]),
      ),
    ).toThrow(message);
  });

  it('in the bytes is refused with its place', () => {
    const bytes = codec.pack(
      new Map([
        [0, '0200'],
        [2, '2200000000000000'],
      ]),
    );
    bytes.write('9x', 12, 'latin1');
    const unpacked = codec.unpack(bytes);
    expect(unpacked.ok || unpacked.error.message).toBe(
      'field 2, byte 12: the length of primary account number is not a number',
    );
  });
});

describe('what is wrong with a message', () => {
  const pan = '4761739001010119';
  const anySpec = fc.constantFrom(...specs);
  it('is said without a digit of the card', () => {
    const value = fc.constantFrom(pan, `${pan}=4912201`, `${pan}x`, `${pan}${pan}`, `x${pan}`);
    fc.assert(
      fc.property(anySpec, fc.integer({ min: 0, max: 130 }), value, fc.nat(), (spec, field, given, cut) => {
        const codec = compileSpec(spec);
        const good = new Map([
          [0, '0200'],
          [2, pan],
          [35, `${pan}=4912201`],
        ]);
        const whole = codec.pack(good);
        const errors = [codec.unpack(whole.subarray(0, cut % whole.length))].map((read) =>
          read.ok ? '' : inspect(read.error),
        );
        try {
          codec.pack(new Map([...good, [field, given]]));
        } catch (error) {
          errors.push(inspect(error));
        }
        expect(errors.join()).not.toContain('4761');
      }),
    );
  });
});

describe('messages on a stream', () => {
  it.each<LengthHeader>(['binary-2', 'ascii-4'])(
    'are told apart wherever the stream is cut (%s)',
    (header) => {
      const messages = ['a', 'bcd', 'e'.repeat(300)].map((text) => Buffer.from(text));
      const stream = Buffer.concat(messages.map((message) => frame(header, message)));
      for (let cut = 0; cut <= stream.length; cut++) {
        const first = deframe(header, stream.subarray(0, cut));
        const second = deframe(header, Buffer.concat([first.rest, stream.subarray(cut)]));
        expect([...first.messages, ...second.messages]).toEqual(messages);
        expect(second.rest).toHaveLength(0);
      }
    },
  );

  it.each<[LengthHeader, Buffer]>([
    ['binary-2', Buffer.from([0, 0])],
    ['ascii-4', Buffer.from('0000')],
  ])('are none with a length of 0: a keep-alive (%s)', (header, keepAlive) => {
    const message = frame(header, Buffer.from('abc'));
    const { messages, rest } = deframe(header, Buffer.concat([keepAlive, message, keepAlive, keepAlive]));
    expect([messages.map(String), rest.length]).toEqual([['abc'], 0]);
  });

  it('are refused where the length is absurd', () => {
    expect(() => deframe('ascii-4', Buffer.from('GET / HTTP'))).toThrow(FramingError);
    expect(() => deframe('binary-2', Buffer.from([0xff, 0xff]))).toThrow(FramingError);
  });
});

describe('original data', () => {
  it('come back', () => {
    const data = { messageType: '0200', stan: '000123', transmittedAt: '1124090000' };
    expect(unpackOriginalData(packOriginalData(data))).toEqual(data);
    expect(unpackOriginalData('12')).toBeUndefined();
  });
});
