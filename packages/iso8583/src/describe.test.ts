import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Composite,
  compileSpec,
  describeMessage,
  type FieldSpec,
  frame,
  Iso8583Error,
  iso87,
  type MessageFormat,
  messageTypeMeaning,
  packOriginalData,
  readTlv,
} from './index.ts';

const pan = '4761739001010119';
const tags = '9F02060000000400009F3704112233445A084761739001010119';

const formats: readonly MessageFormat[] = [
  { name: 'characters', header: 'binary-2', spec: iso87('ASCII, binary bitmap', 'ascii', 'binary') },
  { name: 'packed', header: 'binary-2', spec: iso87('packed digits, binary bitmap', 'bcd', 'binary') },
  { name: 'hex', header: 'ascii-4', spec: iso87('ASCII, bitmap in hex digits', 'ascii', 'hex') },
];

describe.each(formats)('a message of 1987 in $name', (format) => {
  const codec = compileSpec(format.spec);
  const bytes = codec.pack(
    new Map([
      [0, '0420'],
      [2, pan],
      [35, `${pan}=4912201`],
      [39, '51'],
      [54, `SEE ${pan} OR 4761 7390 0101 0119`],
      [55, tags],
      [90, packOriginalData({ messageType: '0200', stan: '000012', transmittedAt: '1124090000' })],
    ]),
  );
  const shown = (field: number, options = {}) =>
    describeMessage(format, bytes, options).fields.find((one) => one.field === field);

  it('is described with names and meanings', () => {
    expect(describeMessage(format, bytes)).toMatchObject({
      profile: format.name,
      messageType: '0420',
      meaning: 'reversal advice (ISO 8583:1987)',
      framed: false,
    });
    expect(shown(39)).toEqual({
      field: 39,
      name: 'response code',
      value: '51',
      meaning: 'not sufficient funds',
    });
    expect(shown(90)).toMatchObject({
      original: { messageType: '0200', stan: '000012', transmittedAt: '1124090000' },
    });
  });

  it('shows no card number unless it is asked to', () => {
    expect(JSON.stringify(describeMessage(format, bytes))).not.toMatch(/4761739001|4761 7390 01/);
    expect(shown(2)!.value).toBe('476173******0119');
    expect(shown(35)!.value).toBe('476173******0119********');
    expect(shown(55)!.tags).toContainEqual({ tag: '9F37', value: '11223344' });
    expect(shown(55)!.tags).toContainEqual({ tag: '5A', value: '*'.repeat(16) });
    expect(shown(2, { showCard: true })!.value).toBe(pan);
    expect(shown(55, { showCard: true })!.value).toBe(tags);
  });

  it('may come with its length header', () => {
    const framed = describeMessage(format, frame(format.header, bytes));
    expect(framed).toEqual({ ...describeMessage(format, bytes), framed: true });
  });

  it('is refused with its place within the frame', () => {
    const broken = Buffer.from(bytes);
    broken.fill(0xee, 0, 4);
    const header = frame(format.header, broken).length - broken.length;
    const refusal = /^field 0, byte (\d+): message type indicator has to be digits$/;
    const at = (captured: Buffer): number => {
      try {
        describeMessage(format, captured);
      } catch (error) {
        return Number(refusal.exec((error as Error).message)?.[1]);
      }
      return Number.NaN;
    };
    expect([at(broken), at(frame(format.header, broken))]).toEqual([0, header]);
  });

  it('is described, or refused with field and byte, whatever the bytes', () => {
    expect(() => describeMessage(format, bytes.subarray(0, 40))).toThrow(/field \d+, byte \d+: needs/);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (any) => {
        try {
          describeMessage(format, Buffer.from(any));
        } catch (error) {
          expect(error).toBeInstanceOf(Iso8583Error);
        }
      }),
    );
  });
});

describe('a message of a bank with habits of its own', () => {
  const format = formats[0]!;
  const codec = compileSpec(format.spec);

  it('is described as far as it goes, with what is wrong', () => {
    const bytes = codec.pack(
      new Map([
        [0, '0210'],
        [2, pan],
        [15, '1125'],
        [22, '071'],
        [39, '00'],
        [55, '710D9F18040102030486045A0247615A02'],
      ]),
    );
    bytes.fill(' ', 30, 34);
    bytes.write('x', 15, 'latin1');
    const described = describeMessage(format, bytes);
    expect(described.faults).toEqual([
      { field: 2, name: 'primary account number', offset: 15, code: 'not-digits' },
      { field: 15, name: 'date, settlement', offset: 30, code: 'not-digits' },
      expect.objectContaining({ field: 55, code: 'subfield-cut-off' }),
    ]);
    expect(described.fields.map(({ field, value, fault }) => [field, value, fault])).toEqual([
      [0, '0210', undefined],
      [2, '*'.repeat(32), 'not-digits'],
      [15, '20202020', 'not-digits'],
      [22, '071', undefined],
      [39, '00', undefined],
      [55, '*'.repeat(34), undefined],
    ]);
    expect(described.fields[3]!.subfields).toEqual([
      { tag: '1', name: 'PAN entry mode', value: '07' },
      { tag: '2', name: 'PIN entry capability', value: '1' },
    ]);
    const framed = describeMessage(format, frame(format.header, bytes));
    expect(framed.faults.map(({ offset }) => offset)).toEqual(
      described.faults.map(({ offset }) => offset + 2),
    );
  });

  it('shows no card number in a part, nor one that lies across parts', () => {
    const part = (max: number): FieldSpec => ({ name: 'part', type: 'fixed', enc: 'ascii-an', max });
    const composite: Composite = { by: 'position', parts: [part(8), part(8)] };
    for (const enc of ['ascii-an', 'raw'] as const) {
      const field: FieldSpec = { ...format.spec.fields[48]!, enc, composite };
      const spec = { ...format.spec, fields: { ...format.spec.fields, 48: field } };
      const value = enc === 'raw' ? Buffer.from(pan, 'latin1').toString('hex') : pan;
      const raw = compileSpec(spec).pack(
        new Map([
          [0, '0210'],
          [48, value],
        ]),
      );
      const shown = JSON.stringify(describeMessage({ ...format, spec }, raw));
      expect(shown).not.toMatch(/47617390|01010119|3437363137333930/);
    }
  });
});

describe('a message type', () => {
  it.each([
    ['0200', 'financial request (ISO 8583:1987)'],
    ['0421', 'reversal advice, repeated (ISO 8583:1987)'],
    ['1230', 'financial advice response (ISO 8583:1993)'],
    ['9999', 'unknown message type'],
    ['', 'unknown message type'],
  ])('%s has a meaning', (type, meaning) => expect(messageTypeMeaning(type)).toBe(meaning));
});

describe('the data objects of DE 55', () => {
  it('are read, long tags and lengths too', () => {
    const long = `9F8101${'82'}0100${'AB'.repeat(256)}`;
    expect(readTlv(Buffer.from(`9A03231123${long}`, 'hex'))).toEqual({
      ok: true,
      tags: [
        { tag: '9A', value: '231123' },
        { tag: '9F8101', value: 'AB'.repeat(256) },
      ],
    });
    expect(readTlv(Buffer.from('00009A03231123009500', 'hex'))).toMatchObject({
      tags: [{ tag: '9A' }, { tag: '95', value: '' }],
    });
  });

  it('are read or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const read = readTlv(Buffer.from(bytes));
        expect(read.ok || read.why.length > 0).toBe(true);
      }),
    );
  });
});
