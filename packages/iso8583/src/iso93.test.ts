import { describe, expect, it } from 'vitest';
import { isAuthentic, packAuthenticated } from './authentication.ts';
import { describeMessage } from './describe.ts';
import { frame } from './framing.ts';
import { iso87 } from './iso87.ts';
import { iso93 } from './iso93.ts';
import { compileSpec } from './message.ts';
import { packOriginalData93, unpackOriginalData93 } from './original-data.ts';
import { answering, withoutTpdu, withTpdu } from './tpdu.ts';

const original = { messageType: '1220', stan: '000012', localTime: '261124120000' };
const fields = new Map([
  [0, '1420'],
  [2, '4761739001010119'],
  [4, '000000040000'],
  [11, '000012'],
  [12, '261124120000'],
  [22, 'M10101M00146'],
  [24, '400'],
  [25, '4021'],
  [35, '4761739001010119=49122010'],
  [41, 'T1      '],
  [56, packOriginalData93(original)],
]);

describe.each(['ascii', 'ebcdic', 'bcd'] as const)('the 1993 format in %s', (style) => {
  const codec = compileSpec(iso93('1993', style, 'binary'));

  it('gives back what was packed, in every field', () => {
    const unpacked = codec.unpack(codec.pack(fields));
    expect(unpacked.ok && new Map(unpacked.fields)).toEqual(fields);
  });

  it('has all fields of the standard but the third bitmap', () => {
    const numbers = Object.keys(codec.spec.fields).map(Number);
    const all = Array.from({ length: 129 }, (_, number) => number);
    expect(numbers).toEqual(all.filter((number) => number !== 1 && number !== 65));
  });
});

describe('the 1987 format in EBCDIC', () => {
  it('gives back what was packed, signed amounts too', () => {
    const codec = compileSpec(iso87('1987', 'ebcdic', 'hex'));
    const message = new Map([[0, '0210'], [28, 'C00000100'], [39, '00'], [48, 'till-1-000012']]); // biome-ignore format: one message
    const bytes = codec.pack(message);
    expect(bytes.subarray(0, 4).toString('hex')).toBe('f0f2f1f0');
    const unpacked = codec.unpack(bytes);
    expect(unpacked.ok && new Map(unpacked.fields)).toEqual(message);
  });
});

describe('DE 56 of 1993', () => {
  it('names the original, with an acquirer or without', () => {
    const packed = packOriginalData93(original);
    expect(packed).toHaveLength(35);
    expect(unpackOriginalData93(packed)).toEqual(original);
    expect(unpackOriginalData93(packed.slice(0, 22))).toEqual(original);
    for (const bad of [undefined, '', packed.slice(0, 21), `${packed}1`])
      expect(unpackOriginalData93(bad)).toBeUndefined();
  });
});

describe('a transport header', () => {
  const tpdu = { destination: '0003', source: '0000' };
  it('stands before the message, and comes back with its ends exchanged', () => {
    const message = Buffer.from('0200');
    expect(withTpdu(tpdu, message).toString('hex')).toBe('600003000030323030');
    expect(withTpdu(answering(tpdu), message).toString('hex')).toBe('600000000330323030');
    expect(withoutTpdu(withTpdu(tpdu, message))).toEqual(message);
    expect(withoutTpdu(Buffer.from('6000030000', 'hex'))).toHaveLength(0);
    expect(withoutTpdu(Buffer.from('0200'))).toBeUndefined();
  });
});

describe('a message with an authentication code', () => {
  const codec = compileSpec(iso93('1993', 'ebcdic', 'binary'));
  const sum = (bytes: Uint8Array): Buffer => {
    const code = Buffer.alloc(8);
    for (const [at, byte] of bytes.entries()) code[at % 8]! ^= byte;
    return code;
  };
  const authenticator = {
    codeOf: sum,
    isCodeOf: (bytes: Uint8Array, code: Uint8Array) => sum(bytes).equals(code),
  };
  const authentic = (bytes: Buffer): boolean => {
    const unpacked = codec.unpack(bytes);
    return unpacked.ok && isAuthentic(bytes, unpacked.fields, authenticator);
  };

  it('ends with it, in DE 64 or, with a second bitmap, DE 128', () => {
    const short = packAuthenticated(codec, fields, authenticator);
    const long = packAuthenticated(codec, new Map([...fields, [72, 'text']]), authenticator);
    expect([short, long].map(authentic)).toEqual([true, true]);
    const [inShort, inLong] = [short, long].map((bytes) => codec.unpack(bytes));
    expect(inShort!.ok && inShort!.fields.has(64)).toBe(true);
    expect(inLong!.ok && inLong!.fields.has(128)).toBe(true);
  });

  it('is not believed if a byte of it was changed, or without it', () => {
    const bytes = packAuthenticated(codec, fields, authenticator);
    const changed = Buffer.from(bytes);
    changed[changed.length - 1]! ^= 1;
    expect(authentic(changed)).toBe(false);
    expect(authentic(codec.pack(fields))).toBe(false);
  });
});

describe('what is shown of a message of 1993', () => {
  it('has the words of its own tables, behind a length and a transport header', () => {
    const spec = iso93('1993', 'ascii', 'binary');
    const tpdu = { destination: '0003', source: '0000' };
    const message = compileSpec(spec).pack(new Map([...fields, [39, '480']]));
    const bytes = frame('binary-2', withTpdu(tpdu, message));
    const shown = describeMessage({ name: 'b', header: 'binary-2', tpdu, spec }, bytes);
    expect(shown).toMatchObject({ framed: true, meaning: 'reversal advice (ISO 8583:1993)', faults: [] });
    const of = (number: number) => shown.fields.find(({ field }) => field === number);
    expect(of(39)?.meaning).toBe('reversal accepted, original not found');
    expect(of(24)?.meaning).toBe('full reversal');
    expect(of(56)?.original).toEqual(original);
    expect(of(2)?.value).toBe('476173******0119');
  });
});
