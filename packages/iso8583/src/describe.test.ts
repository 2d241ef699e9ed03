import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileSpec,
  describeMessage,
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
