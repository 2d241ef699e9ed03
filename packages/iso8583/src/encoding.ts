import { type Allowed, allowedCodes, allowedPairs, nibblesOfCodes } from './code-tables.ts';
import { ebcdicOfLatin1 } from './ebcdic.ts';
import { type FaultCode, Iso8583Error } from './faults.ts';
import { asciiNumbers, type NumberBytes, packedNumbers } from './numbers.ts';
import type { FieldSpec, Padding } from './specification.ts';

/**
 * How content stands in the bytes, as data: one function for all fields, which picks the way by its kind, is compiled to far
 * better code than a function for each field.
 */
export interface Encoding {
  kind: 'digits' | 'characters' | 'ebcdic' | 'packed' | 'raw' | 'hex' | 'signed';
  field: number;
  name: string;
  /** For each code, or each byte of packed digits, 1 if it may stand in the field, else 0. */
  allowed: Allowed;
  /** Of packed digits: the nibble of each character; -1 if it may not stand in the field. */
  nibbles: Int8Array;
  /** What it is called if something else stands there. */
  fault: 'not-digits' | 'not-characters' | 'not-hex' | 'no-sign';
  /** An odd number of packed digits is filled on the left. */
  isLeft: boolean;
  /** Track 2 and 3 count as digits, though a separator stands between them. */
  isTrack: boolean;
  /** Of a signed amount what stands behind the sign. */
  amount: Encoding | undefined;
  /** How a fixed field is filled if the specification does not say. */
  padding: Padding;
}

const trackFields: readonly number[] = [35, 36];

/** The encoding of field `number`. Throws an Error if it is not known. */
export function encodingOf(number: number, spec: FieldSpec): Encoding {
  const isTrack = trackFields.includes(number);
  const set = isTrack ? 'track' : 'digits';
  const nibbles = nibblesOfCodes[set];
  const base = { field: number, name: spec.name, isLeft: false, isTrack, nibbles, amount: undefined };
  const digits = { fault: 'not-digits', allowed: allowedCodes[set], padding: withZeros } as const;
  const characters = {
    fault: 'not-characters',
    allowed: allowedCodes.characters,
    padding: withSpaces,
  } as const;
  const hex = { fault: 'not-hex', allowed: allowedCodes.hex, padding: 'none' } as const;
  const packed = { ...digits, allowed: allowedPairs[set] };
  switch (spec.enc) {
    case 'ascii-n':
      return { ...base, kind: 'digits', ...digits };
    case 'ascii-an':
      return { ...base, kind: 'characters', ...characters };
    case 'ebcdic-n':
      return { ...base, kind: 'ebcdic', ...digits };
    case 'ebcdic-an':
      return { ...base, kind: 'ebcdic', ...characters };
    case 'bcd-left':
    case 'bcd-right':
      return { ...base, kind: 'packed', ...packed, isLeft: spec.enc === 'bcd-left' };
    case 'raw':
      return { ...base, kind: 'raw', ...hex };
    case 'hex':
      return { ...base, kind: 'hex', ...hex };
    case 'amount-ascii':
    case 'amount-bcd': {
      const enc = spec.enc === 'amount-ascii' ? 'ascii-n' : spec.left === true ? 'bcd-left' : 'bcd-right';
      const amount = encodingOf(number, { ...spec, enc });
      return { ...base, kind: 'signed', ...digits, fault: 'no-sign', allowed: allowedCodes.sign, amount };
    }
    default:
      throw new Error(`field ${number} (${spec.name}): there is no encoding "${String(spec.enc)}"`);
  }
}

const withZeros: Padding = { side: 'left', with: '0' };
const withSpaces: Padding = { side: 'right', with: ' ' };

/** Bytes of content of a length in the specification's own units: digits, characters, or bytes before hex. */
export function bytesFor(encoding: Encoding, length: number): number {
  switch (encoding.kind) {
    case 'packed':
      return (length + 1) >> 1;
    case 'hex':
      return length * 2;
    case 'signed':
      return 1 + bytesFor(encoding.amount!, Math.max(0, length - 1));
    default:
      return length;
  }
}

/** The length of content that takes so many bytes. */
export function lengthIn(encoding: Encoding, bytes: number): number {
  switch (encoding.kind) {
    case 'packed':
      return bytes * 2;
    case 'hex':
      return bytes / 2;
    case 'signed':
      return 1 + lengthIn(encoding.amount!, Math.max(0, bytes - 1));
    default:
      return bytes;
  }
}

/** The byte that stands for zeros. */
export function zeroOf({ kind }: Encoding): number {
  if (kind === 'packed' || kind === 'raw') return 0;
  return kind === 'ebcdic' ? 0xf0 : 0x30;
}

export function lengthOf(encoding: Encoding, value: string): number {
  return encoding.kind === 'raw' || encoding.kind === 'hex' ? value.length / 2 : value.length;
}

/** The byte in which a unit of content stands that begins at `start`. */
export function byteOf(encoding: Encoding, start: number, length: number, unit: number): number {
  switch (encoding.kind) {
    case 'packed':
      return start + ((unit + (encoding.isLeft ? length & 1 : 0)) >> 1);
    case 'hex':
      return start + unit * 2;
    case 'signed':
      return unit === 0 ? start : byteOf(encoding.amount!, start + 1, length - 1, unit - 1);
    default:
      return start + unit;
  }
}

/** Content that is not what the encoding promises. */
export function wrongContent({ field, name, fault }: Encoding, offset: number): Iso8583Error {
  return new Iso8583Error(field, name, offset, { code: fault satisfies FaultCode });
}

/** Writes a value. Throws {@link Iso8583Error} if it is not what the encoding promises. */
export function writeContent(encoding: Encoding, value: string, into: Buffer, offset: number): void {
  switch (encoding.kind) {
    case 'digits':
    case 'characters':
      writeCharacters(encoding, value, into, offset);
      break;
    case 'packed':
      writePacked(encoding, value, into, offset);
      break;
    case 'raw': {
      const size = value.length >> 1;
      if (value.length !== size * 2 || into.write(value, offset, size, 'hex') !== size)
        throw wrongContent(encoding, 0);
      break;
    }
    case 'hex':
      if (value.length % 2 !== 0) throw wrongContent(encoding, 0);
      writeCharacters(encoding, value.toUpperCase(), into, offset);
      break;
    case 'ebcdic':
      writeCharacters(encoding, value, into, offset);
      for (let at = offset; at < offset + value.length; at++) into[at] = ebcdicOfLatin1[into[at]!]!;
      break;
    case 'signed':
      if (encoding.allowed[value.charCodeAt(0)] !== 1) throw wrongContent(encoding, 0);
      into[offset] = value.charCodeAt(0);
      writeContent(encoding.amount!, value.slice(1), into, offset + 1);
      break;
  }
}

/** As {@link writeContent}, of digits and characters that are in bytes (Latin-1) and are to stay so. */
export function writeCodes(encoding: Encoding, codes: Uint8Array, into: Buffer, offset: number): void {
  const { kind, allowed, nibbles, isLeft } = encoding;
  if (kind !== 'digits' && kind !== 'characters' && kind !== 'packed' && kind !== 'ebcdic')
    throw wrongContent(encoding, 0);
  if (kind === 'packed') {
    if (codes.some((code) => nibbles[code]! < 0)) throw wrongContent(encoding, 0);
    for (const [index, code] of codes.entries()) {
      const place = offset * 2 + (isLeft ? codes.length & 1 : 0) + index;
      into[place >> 1]! |= nibbles[code]! << ((place & 1) === 0 ? 4 : 0);
    }
    return;
  }
  if (codes.some((code) => allowed[code] !== 1)) throw wrongContent(encoding, 0);
  for (const [index, code] of codes.entries())
    into[offset + index] = kind === 'ebcdic' ? ebcdicOfLatin1[code]! : code;
}

function writeCharacters(encoding: Encoding, value: string, into: Buffer, offset: number): void {
  const { allowed } = encoding;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code > 0xff || allowed[code] !== 1) throw wrongContent(encoding, 0);
    into[offset + index] = code;
  }
}

/** Two digits a byte; an odd number is filled with a zero. */
function writePacked(encoding: Encoding, value: string, into: Buffer, offset: number): void {
  const { nibbles } = encoding;
  let place = offset * 2 + (encoding.isLeft ? value.length & 1 : 0);
  let upper = 0;
  for (let index = 0; index < value.length; index++, place++) {
    const nibble = nibbles[value.charCodeAt(index)] ?? -1;
    if (nibble < 0) throw wrongContent(encoding, 0);
    if ((place & 1) === 0) upper = nibble << 4;
    else into[place >> 1] = upper | nibble;
  }
  if ((place & 1) === 1) into[place >> 1] = upper;
}

/** How content of digits alone is a number; undefined if it is something else, or digits that a number would not say. */
export function numbersIn(encoding: Encoding, length: number): NumberBytes | undefined {
  switch (encoding.kind) {
    case 'digits':
      return asciiNumbers;
    case 'packed':
      return encoding.isLeft || length % 2 === 0 ? packedNumbers : undefined;
    default:
      return undefined;
  }
}
