import { Iso8583Error } from './faults.ts';
import {
  asciiNumbers,
  binaryNumbers,
  ebcdicNumbers,
  type NumberBytes,
  packedNumbers,
  readNumber,
  writeNumber,
} from './numbers.ts';
import type { FieldSpec } from './specification.ts';

/** LLLLLL: more than any bank or network uses. */
const maxDigits = 6;

/** The length before a variable field, as data: one function reads all of them. */
export interface Prefix {
  field: number;
  name: string;
  /** Bytes that it takes. */
  size: number;
  /** The largest length that it can say. */
  max: number;
  numbers: NumberBytes;
}

type PrefixSpec = Pick<FieldSpec, 'name' | 'digits' | 'lenEnc' | 'max'>;

/** Throws an Error if the specification makes no sense. */
export function prefixOf(field: number, spec: PrefixSpec): Prefix {
  const { name, lenEnc } = spec;
  const digits = spec.digits ?? Math.max(2, String(spec.max).length);
  if (!(Number.isInteger(digits) && digits >= 1 && digits <= maxDigits))
    throw new Error(`field ${field} (${name}): a length has 1 to ${maxDigits} digits`);
  const base = { field, name, size: digits, max: 10 ** digits - 1 };
  switch (lenEnc) {
    case 'ascii':
      return { ...base, numbers: asciiNumbers };
    case 'ebcdic':
      return { ...base, numbers: ebcdicNumbers };
    case 'bcd':
      return { ...base, numbers: packedNumbers, size: Math.ceil(digits / 2) };
    case 'binary':
      return { ...base, numbers: binaryNumbers, max: 256 ** digits - 1 };
    default:
      throw new Error(`field ${field} (${name}): there is no length in "${String(lenEnc)}"`);
  }
}

export const writePrefix = ({ numbers, size }: Prefix, length: number, into: Buffer, offset: number): void =>
  writeNumber(numbers, length, into, offset, offset + size);

/** Throws {@link Iso8583Error} if it is no number. */
export function readPrefix({ field, name, numbers, size }: Prefix, bytes: Buffer, offset: number): number {
  const length = readNumber(numbers, bytes, offset, offset + size);
  if (length < 0) throw new Iso8583Error(field, name, offset, { code: 'length-not-digits' });
  return length;
}
