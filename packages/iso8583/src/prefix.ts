import { Iso8583Error } from './faults.ts';
import type { FieldSpec } from './specification.ts';

/** LLLLLL: more than any bank or network uses. */
const maxDigits = 6;

/** The length before a variable field. */
export interface Prefix {
  /** Bytes that it takes. */
  size: number;
  /** The largest length that it can say. */
  max: number;
  write(length: number, into: Buffer, offset: number): void;
  /** Throws {@link Iso8583Error} if it is no number. */
  read(bytes: Buffer, offset: number): number;
}

type PrefixSpec = Pick<FieldSpec, 'name' | 'digits' | 'lenEnc' | 'max'>;

/** Throws an Error if the specification makes no sense. */
export function prefixOf(number: number, spec: PrefixSpec): Prefix {
  const { name, lenEnc } = spec;
  const digits = spec.digits ?? Math.max(2, String(spec.max).length);
  if (!(Number.isInteger(digits) && digits >= 1 && digits <= maxDigits))
    throw new Error(`field ${number} (${name}): a length has 1 to ${maxDigits} digits`);
  const wrong = (offset: number): Iso8583Error =>
    new Iso8583Error(number, name, offset, { code: 'length-not-digits' });
  switch (lenEnc) {
    case 'ascii':
      return characterPrefix(digits, 0x30, wrong);
    case 'ebcdic':
      return characterPrefix(digits, 0xf0, wrong);
    case 'bcd':
      return packedPrefix(digits, wrong);
    case 'binary':
      return binaryPrefix(digits);
    default:
      throw new Error(`field ${number} (${name}): there is no length in "${String(lenEnc)}"`);
  }
}

/** Digits, one a byte, of a code page in which zero is `zero`. */
function characterPrefix(digits: number, zero: number, wrong: (offset: number) => Iso8583Error): Prefix {
  return {
    size: digits,
    max: 10 ** digits - 1,
    write(length, into, offset) {
      let rest = length;
      for (let at = offset + digits - 1; at >= offset; at--) {
        into[at] = zero + (rest % 10);
        rest = Math.floor(rest / 10);
      }
    },
    read(bytes, offset) {
      let length = 0;
      for (let at = offset; at < offset + digits; at++) {
        const digit = bytes[at]! - zero;
        if (digit < 0 || digit > 9) throw wrong(offset);
        length = length * 10 + digit;
      }
      return length;
    },
  };
}

/** Digits, two a byte. */
function packedPrefix(digits: number, wrong: (offset: number) => Iso8583Error): Prefix {
  const size = Math.ceil(digits / 2);
  return {
    size,
    max: 10 ** digits - 1,
    write(length, into, offset) {
      let rest = length;
      for (let at = offset + size - 1; at >= offset; at--) {
        const pair = rest % 100;
        into[at] = (Math.floor(pair / 10) << 4) | (pair % 10);
        rest = (rest - pair) / 100;
      }
    },
    read(bytes, offset) {
      let length = 0;
      for (let at = offset; at < offset + size; at++) {
        const byte = bytes[at]!;
        if (byte >> 4 > 9 || (byte & 15) > 9) throw wrong(offset);
        length = length * 100 + (byte >> 4) * 10 + (byte & 15);
      }
      return length;
    },
  };
}

function binaryPrefix(size: number): Prefix {
  return {
    size,
    max: 256 ** size - 1,
    write: (length, into, offset) => void into.writeUIntBE(length, offset, size),
    read: (bytes, offset) => bytes.readUIntBE(offset, size),
  };
}
