import { type Cursor, compileField, type FieldCodec } from './field-codec.ts';
import { type Fields, Iso8583Error, type MessageSpec } from './specification.ts';

/** A message format ready for use. */
export interface MessageCodec {
  spec: MessageSpec;
  /** The message's bytes. Throws {@link Iso8583Error} if a value does not fit its field. */
  pack(fields: Fields): Buffer;
  /** Total: any bytes give the message or what is wrong, where. Bytes left over after the last field are wrong too. */
  unpack(bytes: Buffer): { ok: true; fields: Map<number, string> } | { ok: false; error: Iso8583Error };
}

/** Compiles a specification once into straight code for each field. Throws an Error if a field makes no sense. */
export function compileSpec(spec: MessageSpec): MessageCodec {
  if (spec.bitmap !== 'hex' && spec.bitmap !== 'binary')
    throw new Error(`${spec.name}: there is no bitmap in "${String(spec.bitmap)}"`);
  const codecs: (FieldCodec | undefined)[] = Array.from({ length: 129 });
  for (const [number, field] of Object.entries(spec.fields))
    codecs[Number(number)] = compileField(Number(number), field);
  const maxBytes = codecs.reduce((sum, codec) => sum + (codec?.maxBytes ?? 0), maxBitmapBytes);
  let scratch: Buffer | undefined;
  return {
    spec,
    pack(fields) {
      scratch ??= Buffer.alloc(maxBytes);
      let length = maxBytes;
      try {
        length = pack(spec, codecs, fields, scratch);
        return Buffer.from(scratch.subarray(0, length));
      } finally {
        scratch.fill(0, 0, length); // card data lives no longer than its message
      }
    },
    unpack(bytes) {
      try {
        return { ok: true, fields: unpack(spec, codecs, bytes) };
      } catch (error) {
        if (error instanceof Iso8583Error) return { ok: false, error };
        throw error;
      }
    },
  };
}

const maxBitmapBytes = 32;
type Codecs = readonly (FieldCodec | undefined)[];

function codecOf(spec: MessageSpec, codecs: Codecs, number: number, offset: number): FieldCodec {
  const codec = codecs[number];
  if (codec === undefined) throw new Iso8583Error(number, offset, `${spec.name} has no such field`);
  return codec;
}

function pack(spec: MessageSpec, codecs: Codecs, fields: Fields, into: Buffer): number {
  const type = fields.get(0);
  if (type === undefined) throw new Iso8583Error(0, 0, 'a message needs its type indicator');
  const bits = new Uint8Array(16);
  let maxField = 0;
  for (const number of fields.keys()) {
    if (number === 0 || number === 1) continue;
    if (!(number > 1 && number <= 128)) throw new Iso8583Error(number, 0, 'fields are numbered up to 128');
    setBit(bits, number);
    if (number > maxField) maxField = number;
  }
  const isAlwaysLong = spec.bitmapFixed128 === true;
  const size = isAlwaysLong || maxField > 64 ? 16 : 8;
  if (size === 16 && !isAlwaysLong) setBit(bits, 1);
  let offset = codecOf(spec, codecs, 0, 0).write(type, into, 0);
  offset = writeBitmap(spec, bits, size, into, offset);
  for (let number = 2; number <= maxField; number++) {
    if (!hasBit(bits, number)) continue;
    offset = codecOf(spec, codecs, number, 0).write(fields.get(number)!, into, offset);
  }
  return offset;
}

const setBit = (bits: Uint8Array, number: number): void => {
  bits[(number - 1) >> 3]! |= 0x80 >> ((number - 1) & 7);
};
const hasBit = (bits: Uint8Array, number: number): boolean =>
  (bits[(number - 1) >> 3]! & (0x80 >> ((number - 1) & 7))) !== 0;

const hexDigits = Buffer.from('0123456789ABCDEF', 'latin1');

function writeBitmap(
  spec: MessageSpec,
  bits: Uint8Array,
  size: number,
  into: Buffer,
  offset: number,
): number {
  let at = offset;
  for (let index = 0; index < size; index++) {
    const byte = bits[index]!;
    if (spec.bitmap === 'binary') into[at++] = byte;
    else {
      into[at++] = hexDigits[byte >> 4]!;
      into[at++] = hexDigits[byte & 15]!;
    }
  }
  return at;
}

function unpack(spec: MessageSpec, codecs: Codecs, bytes: Buffer): Map<number, string> {
  const fields = new Map<number, string>();
  const cursor: Cursor = { offset: 0 };
  fields.set(0, codecOf(spec, codecs, 0, 0).read(bytes, cursor));
  const bits = readBitmap(spec, bytes, cursor);
  const maxField = bits.length * 8;
  for (let number = 2; number <= maxField; number++) {
    if (!hasBit(bits, number)) continue;
    fields.set(number, codecOf(spec, codecs, number, cursor.offset).read(bytes, cursor));
  }
  if (cursor.offset < bytes.length) {
    const left = bytes.length - cursor.offset;
    throw new Iso8583Error(0, cursor.offset, `${left} bytes are left over after the last field`);
  }
  return fields;
}

function readBitmap(spec: MessageSpec, bytes: Buffer, cursor: Cursor): Uint8Array {
  const first = readHalf(spec, bytes, cursor);
  if (spec.bitmapFixed128 !== true && !hasBit(first, 1)) return first;
  const bits = new Uint8Array(16);
  bits.set(first, 0);
  bits.set(readHalf(spec, bytes, cursor), 8);
  return bits;
}

function readHalf(spec: MessageSpec, bytes: Buffer, cursor: Cursor): Uint8Array {
  const size = spec.bitmap === 'hex' ? 16 : 8;
  const { offset } = cursor;
  if (bytes.length - offset < size) {
    const left = Math.max(0, bytes.length - offset);
    throw new Iso8583Error(1, offset, `the bitmap needs ${size} bytes, ${left} are left`);
  }
  cursor.offset = offset + size;
  if (spec.bitmap === 'binary') return bytes.subarray(offset, offset + 8);
  const text = bytes.toString('latin1', offset, offset + 16);
  if (!/^[0-9A-Fa-f]{16}$/.test(text)) throw new Iso8583Error(1, offset, 'the bitmap has to be hex digits');
  return Buffer.from(text, 'hex');
}
