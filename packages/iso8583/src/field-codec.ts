import { contentOf } from './content.ts';
import { type FieldSpec, Iso8583Error } from './specification.ts';

/** LLLLLL: more than any bank or network uses. */
const maxPrefixDigits = 6;

/** Where reading stands. */
export interface Cursor {
  offset: number;
}

/** One field, ready to write and read: what its specification says, turned into code once. */
export interface FieldCodec {
  /** Most bytes that the field can take, its length included. */
  maxBytes: number;
  /** Writes the value at `offset`; the offset after it. Throws {@link Iso8583Error} if it does not fit the field. */
  write(value: string, into: Buffer, offset: number): number;
  /** Reads the value at the cursor and moves the cursor behind it. Throws {@link Iso8583Error}. */
  read(bytes: Buffer, cursor: Cursor): string;
}

/** Makes the codec of field `number`. Throws an Error if the specification makes no sense. */
export function compileField(number: number, given: FieldSpec): FieldCodec {
  const spec = { ...given, name: given.name ?? `DE ${number}`, max: Math.ceil(given.max) };
  if (!Number.isSafeInteger(spec.max) || spec.max < 0 || (spec.type !== 'fixed' && spec.type !== 'var'))
    throw new Error(`field ${number} (${spec.name}) needs a type (fixed or var) and a length`);
  if (spec.type === 'var') checkPrefix(number, spec);
  return spec.type === 'fixed' ? fixedField(number, spec) : variableField(number, spec);
}

function checkPrefix(number: number, { name, lenEnc, digits }: FieldSpec): void {
  if (lenEnc !== 'ascii' && lenEnc !== 'bcd')
    throw new Error(`field ${number} (${name}): there is no length in "${String(lenEnc)}"`);
  if (digits !== undefined && !(Number.isInteger(digits) && digits >= 1 && digits <= maxPrefixDigits))
    throw new Error(`field ${number} (${name}): a length has 1 to ${maxPrefixDigits} digits`);
}

function fixedField(number: number, spec: FieldSpec): FieldCodec {
  const content = contentOf(number, spec);
  const size = content.bytesFor(spec.max);
  return {
    maxBytes: size,
    write(value, into, offset) {
      const length = content.lengthOf(value);
      const filled = length < spec.max ? content.fill(value, spec.max) : value;
      const filledLength = content.lengthOf(filled);
      if (filledLength !== spec.max)
        throw new Iso8583Error(number, 0, `${spec.name} has length ${filledLength}, not ${spec.max}`);
      content.write(filled, into, offset);
      return offset + size;
    },
    read(bytes, cursor) {
      const start = cursor.offset;
      need(number, bytes, start, size);
      cursor.offset = start + size;
      return content.read(bytes, start, spec.max);
    },
  };
}

function variableField(number: number, spec: FieldSpec): FieldCodec {
  const content = contentOf(number, spec);
  const prefix = lengthPrefix(number, spec);
  const maxLength = Math.min(spec.max, 10 ** prefix.digits - 1);
  return {
    maxBytes: prefix.size + content.bytesFor(maxLength),
    write(value, into, offset) {
      const length = content.lengthOf(value);
      if (length > maxLength)
        throw new Iso8583Error(number, 0, `${spec.name} has length ${length}, more than ${maxLength}`);
      prefix.write(length, into, offset);
      const start = offset + prefix.size;
      content.write(value, into, start);
      return start + content.bytesFor(length);
    },
    read(bytes, cursor) {
      const { offset } = cursor;
      need(number, bytes, offset, prefix.size);
      const length = prefix.read(bytes, offset);
      if (length > spec.max)
        throw new Iso8583Error(number, offset, `${spec.name} says length ${length}, more than ${spec.max}`);
      const start = offset + prefix.size;
      const size = content.bytesFor(length);
      need(number, bytes, start, size);
      cursor.offset = start + size;
      return content.read(bytes, start, length);
    },
  };
}

interface LengthPrefix {
  digits: number;
  size: number;
  write(length: number, into: Buffer, offset: number): void;
  read(bytes: Buffer, offset: number): number;
}

/** The digits before a variable field that say how long it is. */
function lengthPrefix(number: number, spec: FieldSpec): LengthPrefix {
  const isBcd = spec.lenEnc === 'bcd';
  const digits = spec.digits ?? Math.max(2, String(spec.max).length);
  const size = isBcd ? Math.ceil(digits / 2) : digits;
  const wrong = (offset: number): Iso8583Error =>
    new Iso8583Error(number, offset, `the length of ${spec.name} is not a number`);
  return {
    digits,
    size,
    write(length, into, offset) {
      let rest = length;
      for (let at = offset + size - 1; at >= offset; at--) {
        if (isBcd) {
          const pair = rest % 100;
          into[at] = ((pair / 10) << 4) | (pair % 10);
          rest = (rest - pair) / 100;
        } else {
          into[at] = 0x30 + (rest % 10);
          rest = Math.floor(rest / 10);
        }
      }
    },
    read(bytes, offset) {
      let length = 0;
      for (let at = offset; at < offset + size; at++) {
        const byte = bytes[at]!;
        const [high, low] = isBcd ? [byte >> 4, byte & 15] : [0, byte - 0x30];
        if (high > 9 || low < 0 || low > 9) throw wrong(offset);
        length = isBcd ? length * 100 + high * 10 + low : length * 10 + low;
      }
      return length;
    },
  };
}

function need(number: number, bytes: Buffer, offset: number, size: number): void {
  if (offset + size <= bytes.length) return;
  const left = Math.max(0, bytes.length - offset);
  throw new Iso8583Error(number, offset, `needs ${size} bytes, ${left} are left`);
}
