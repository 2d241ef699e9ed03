import { compileField, type FieldCodec } from './field-codec.ts';
import { type Fields, Iso8583Error, type MessageSpec } from './specification.ts';

/** A message format ready for use. */
export interface MessageCodec {
  spec: MessageSpec;
  /** The message's bytes. Throws {@link Iso8583Error} where a value does not fit its field. */
  pack(fields: Fields): Buffer;
  /** Total: any bytes give the message or what is wrong, where. Bytes left over after the last field are wrong too. */
  unpack(bytes: Buffer): { ok: true; fields: Map<number, string> } | { ok: false; error: Iso8583Error };
}

/** Compiles a specification once into straight code for each field. */
export function compileSpec(spec: MessageSpec): MessageCodec {
  const codecs: (FieldCodec | undefined)[] = Array.from({ length: 129 });
  for (const [number, field] of Object.entries(spec.fields))
    codecs[Number(number)] = compileField(Number(number), field);
  const codecOf = (number: number, offset: number): FieldCodec => {
    const codec = codecs[number];
    if (codec === undefined) throw new Iso8583Error(number, offset, `${spec.name} has no such field`);
    return codec;
  };
  return {
    spec,
    pack: (fields) => pack(spec, codecOf, fields),
    unpack: (bytes) => {
      try {
        return { ok: true, fields: unpack(spec, codecOf, bytes) };
      } catch (error) {
        if (error instanceof Iso8583Error) return { ok: false, error };
        throw error;
      }
    },
  };
}

type CodecOf = (number: number, offset: number) => FieldCodec;

function pack(spec: MessageSpec, codecOf: CodecOf, fields: Fields): Buffer {
  const type = fields.get(0);
  if (type === undefined) throw new Iso8583Error(0, 0, 'a message needs its type indicator');
  const numbers = [...fields.keys()].filter((number) => number > 1).toSorted((a, b) => a - b);
  const isLong = spec.bitmapFixed128 === true || (numbers.at(-1) ?? 0) > 64;
  const bits = Buffer.alloc(isLong ? 16 : 8);
  if (isLong && spec.bitmapFixed128 !== true) setBit(bits, 1);
  for (const number of numbers) {
    if (number > 128) throw new Iso8583Error(number, 0, 'there is no field above 128');
    setBit(bits, number);
  }
  const bitmap = spec.bitmap === 'hex' ? Buffer.from(bits.toString('hex').toUpperCase(), 'latin1') : bits;
  const parts = numbers.map((number) => codecOf(number, 0).write(fields.get(number)!));
  return Buffer.concat([codecOf(0, 0).write(type), bitmap, ...parts]);
}

const setBit = (bits: Buffer, number: number): void => {
  bits[(number - 1) >> 3]! |= 0x80 >> ((number - 1) & 7);
};
const hasBit = (bits: Buffer, number: number): boolean =>
  (bits[(number - 1) >> 3]! & (0x80 >> ((number - 1) & 7))) !== 0;

function unpack(spec: MessageSpec, codecOf: CodecOf, bytes: Buffer): Map<number, string> {
  const fields = new Map<number, string>();
  const type = codecOf(0, 0).read(bytes, 0);
  fields.set(0, type.value);
  const { bits, next } = readBitmap(spec, bytes, type.next);
  let offset = next;
  for (let number = 2; number <= bits.length * 8; number++) {
    if (!hasBit(bits, number)) continue;
    const read = codecOf(number, offset).read(bytes, offset);
    fields.set(number, read.value);
    offset = read.next;
  }
  if (offset < bytes.length)
    throw new Iso8583Error(0, offset, `${bytes.length - offset} bytes are left over after the last field`);
  return fields;
}

function readBitmap(spec: MessageSpec, bytes: Buffer, offset: number): { bits: Buffer; next: number } {
  const half = (at: number): Buffer => {
    const size = spec.bitmap === 'hex' ? 16 : 8;
    const part = bytes.subarray(at, at + size);
    if (part.length < size)
      throw new Iso8583Error(1, at, `the bitmap needs ${size} bytes, ${part.length} are left`);
    if (spec.bitmap === 'binary') return part;
    if (!/^[0-9A-Fa-f]{16}$/.test(part.toString('latin1')))
      throw new Iso8583Error(1, at, 'the bitmap has to be hex digits');
    return Buffer.from(part.toString('latin1'), 'hex');
  };
  const size = spec.bitmap === 'hex' ? 16 : 8;
  const first = half(offset);
  if (spec.bitmapFixed128 !== true && !hasBit(first, 1)) return { bits: first, next: offset + size };
  return { bits: Buffer.concat([first, half(offset + size)]), next: offset + 2 * size };
}
