import { type Bitmap, type Bits, bitmapOf, setBit } from './bitmap.ts';
import { type CompositeCodec, compositeOf, type SubfieldsRead, type SubfieldToWrite } from './composite.ts';
import { zeroOf } from './encoding.ts';
import { type Fault, Iso8583Error, isContentFault } from './faults.ts';
import { FieldCodec } from './field-codec.ts';
import { FieldValues } from './field-values.ts';
import { Input } from './input.ts';
import type { Fields, MessageSpec } from './specification.ts';

/** Values as Latin-1 bytes, by field. */
export type Secrets = ReadonlyMap<number, Uint8Array>;

/** A field that does not hold what its format promises, and the bytes of its content, to be looked at. */
export type FieldFault = Fault & { start: number; size: number };

export type Unpacked = { ok: true; fields: Map<number, string> } | { ok: false; error: Iso8583Error };
export type UnpackedLeniently =
  | { ok: true; fields: Map<number, string>; faults: FieldFault[] }
  | { ok: false; error: Iso8583Error };

/** A message format ready for use. */
export interface MessageCodec {
  spec: MessageSpec;
  /**
   * The message's bytes. Throws {@link Iso8583Error} if a value does not fit its field. What `secrets` holds takes the place of
   * as many zeros in `fields`, and never becomes text, which nobody could overwrite.
   */
  pack(fields: Fields, secrets?: Secrets): Buffer;
  /**
   * Overwrites these fields with zeros, in place, before a message is unpacked: unpacking makes text of all that it holds. A
   * message that cannot be read that far stays as it is from there on.
   */
  erase(bytes: Buffer, numbers: readonly number[]): void;
  /** Total: any bytes give the message or what is wrong, where. Bytes left over after the last field are wrong too. */
  unpack(bytes: Buffer): Unpacked;
  /**
   * As `unpack`, but a field that does not hold what its format promises is left out of `fields` and told in `faults`: the
   * others are read all the same. Whoever decides by such a field has to look there, since what is missing was not
   * necessarily never sent. A composite field of which a part is wrong is in both. What leaves unknown what message it is
   * or where the next field begins (type, bitmap, lengths) ends the message here too.
   */
  unpackLeniently(bytes: Buffer): UnpackedLeniently;
  /** What the value of a composite field is made of; undefined if the specification says nothing of it. Total. */
  subfields(number: number, value: string): SubfieldsRead | undefined;
  /** The value of a composite field. Throws {@link Iso8583Error} if a part is not known or does not fit. */
  compose(number: number, parts: readonly SubfieldToWrite[]): string;
}

/** Compiles a specification once into straight code for each field. Throws an Error if a field makes no sense. */
export function compileSpec(spec: MessageSpec): MessageCodec {
  const format = compileFormat(spec);
  let scratch: Buffer | undefined;
  return {
    spec,
    pack(fields, secrets) {
      scratch ??= Buffer.alloc(format.maxBytes);
      let length = format.maxBytes;
      try {
        length = pack(format, FieldValues.of(fields), scratch, secrets);
        const bytes = Buffer.allocUnsafe(length);
        scratch.copy(bytes, 0, 0, length);
        return bytes;
      } finally {
        scratch.fill(0, 0, length); // card data lives no longer than its message
      }
    },
    erase: (bytes, numbers) => erase(format, bytes, numbers),
    unpack(bytes) {
      try {
        return { ok: true, fields: unpack(format, bytes, undefined) };
      } catch (error) {
        return { ok: false, error: asIso8583Error(error) };
      }
    },
    unpackLeniently(bytes) {
      const faults: FieldFault[] = [];
      try {
        return { ok: true, fields: unpack(format, bytes, faults), faults };
      } catch (error) {
        return { ok: false, error: asIso8583Error(error) };
      }
    },
    subfields: (number, value) => format.composites[number]?.read(value),
    compose(number, parts) {
      const composite = format.composites[number];
      const name = spec.fields[number]?.name ?? `DE ${number}`;
      if (composite === undefined) throw new Iso8583Error(number, name, 0, { code: 'not-composite' });
      return composite.write(parts);
    },
  };
}

function asIso8583Error(error: unknown): Iso8583Error {
  if (error instanceof Iso8583Error) return error;
  throw error;
}

interface Format {
  name: string;
  bitmap: Bitmap;
  codecs: readonly (FieldCodec | undefined)[];
  composites: readonly (CompositeCodec | undefined)[];
  maxBytes: number;
  /** Filled anew for each message. */
  bits: Bits;
}

function compileFormat(spec: MessageSpec): Format {
  const bitmap = bitmapOf(spec);
  const codecs = Array.from({ length: 129 }, (_, number) => {
    const field = spec.fields[number];
    return field === undefined ? undefined : new FieldCodec(number, field);
  });
  const composites = Array.from({ length: 129 }, (_, number) => {
    const field = spec.fields[number];
    return field?.composite === undefined ? undefined : compositeOf(number, field, field.composite);
  });
  const maxBytes = codecs.reduce((sum, codec) => sum + (codec?.maxBytes ?? 0), bitmap.maxBytes);
  return { name: spec.name, bitmap, codecs, composites, maxBytes, bits: new Int32Array(4) };
}

function unknownField({ name }: Format, number: number, offset: number): Iso8583Error {
  return new Iso8583Error(number, `DE ${number}`, offset, { code: 'unknown-field', format: name });
}

function pack(format: Format, fields: FieldValues, into: Buffer, secrets: Secrets | undefined): number {
  const { codecs, bits, bitmap } = format;
  const type = fields.get(0);
  if (type === undefined) throw new Iso8583Error(0, codecs[0]?.name ?? 'DE 0', 0, { code: 'no-type' });
  bits.fill(0);
  let max = 0;
  for (let number = 2; number <= fields.max; number++) {
    if (!fields.has(number)) continue;
    setBit(bits, number);
    max = number;
  }
  let offset = writeField(format, 0, type, into, 0);
  offset = bitmap.write(bits, max, into, offset);
  for (let number = 2; number <= max; number++) {
    const value = fields.get(number);
    if (value === undefined) continue;
    offset = writeField(format, number, value, into, offset);
    const secret = secrets?.get(number);
    if (secret !== undefined) codecs[number]!.overwrite(value, secret, into, offset);
  }
  return offset;
}

function writeField(format: Format, number: number, value: string, into: Buffer, offset: number): number {
  const codec = format.codecs[number];
  if (codec === undefined) throw unknownField(format, number, 0);
  return codec.write(value, into, offset);
}

/** With `faults` leniently. */
function unpack(format: Format, bytes: Buffer, faults: FieldFault[] | undefined): FieldValues {
  const { bits, bitmap } = format;
  const input = new Input(bytes);
  const type = readField(format, 0, input, undefined);
  const words = bitmap.read(input, bits);
  const max = words * 32;
  const values = new Array<string | undefined>(max + 1);
  values[0] = type;
  for (let word = 0; word < words; word++) {
    for (let rest = bits[word]!; rest !== 0; ) {
      const lead = Math.clz32(rest);
      rest ^= 0x8000_0000 >>> lead;
      const number = word * 32 + lead + 1;
      if (number === 1) continue;
      values[number] = readField(format, number, input, faults);
    }
  }
  const leftBytes = bytes.length - input.offset;
  if (leftBytes === 0) return new FieldValues(values, max);
  throw new Iso8583Error(0, format.name, input.offset, { code: 'left-over', leftBytes });
}

function erase({ codecs, bitmap, bits }: Format, bytes: Buffer, numbers: readonly number[]): void {
  const input = new Input(bytes);
  try {
    codecs[0]!.skip(input);
    const words = bitmap.read(input, bits);
    for (let number = 2; number <= words * 32; number++) {
      if ((bits[(number - 1) >> 5]! & (0x8000_0000 >>> ((number - 1) & 31))) === 0) continue;
      const codec = codecs[number];
      if (codec === undefined) return;
      codec.skip(input);
      if (numbers.includes(number)) bytes.fill(zeroOf(codec.encoding), input.start, input.offset);
    }
  } catch (error) {
    asIso8583Error(error);
  }
}

function readField(
  format: Format,
  number: number,
  input: Input,
  faults: FieldFault[] | undefined,
): string | undefined {
  const codec = format.codecs[number];
  if (codec === undefined) throw unknownField(format, number, input.offset);
  return faults === undefined
    ? codec.read(input)
    : readLeniently(codec, format.composites[number], input, faults);
}

function readLeniently(
  codec: FieldCodec,
  composite: CompositeCodec | undefined,
  input: Input,
  faults: FieldFault[],
): string | undefined {
  const place = () => ({ start: input.start, size: input.offset - input.start });
  try {
    const value = codec.read(input);
    for (const { unit, facts } of composite?.read(value).faults ?? []) {
      const { fault } = codec.faultWithin(input, value, unit, facts);
      faults.push({ ...fault, ...place() });
    }
    return value;
  } catch (error) {
    const { fault } = asIso8583Error(error);
    if (!isContentFault(fault)) throw error;
    faults.push({ ...fault, ...place() });
    return undefined;
  }
}
