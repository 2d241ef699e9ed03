import { ebcdicOfLatin1 } from './ebcdic.ts';
import { type FaultCode, Iso8583Error } from './faults.ts';
import type { Input } from './input.ts';
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
  allowed: Uint8Array;
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
/** `=`, or D as some write it. */
const separators: readonly number[] = [0x3d, 0x44];

/** The encoding of field `number`. Throws an Error if it is not known. */
export function encodingOf(number: number, spec: FieldSpec): Encoding {
  const isTrack = trackFields.includes(number);
  const base = { field: number, name: spec.name, isLeft: false, isTrack, amount: undefined };
  const digits = { fault: 'not-digits', allowed: digitCodes(isTrack), padding: withZeros } as const;
  const characters = { fault: 'not-characters', allowed: allCodes(), padding: withSpaces } as const;
  const hex = { fault: 'not-hex', allowed: hexCodes(), padding: 'none' } as const;
  const packed = { ...digits, allowed: digitPairs(isTrack) };
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
      return { ...base, kind: 'signed', ...digits, fault: 'no-sign', allowed: signCodes(), amount };
    }
    default:
      throw new Error(`field ${number} (${spec.name}): there is no encoding "${String(spec.enc)}"`);
  }
}

const withZeros: Padding = { side: 'left', with: '0' };
const withSpaces: Padding = { side: 'right', with: ' ' };

const table = (isAllowed: (code: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, code) => (isAllowed(code) ? 1 : 0));
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const digitCodes = (isTrack: boolean): Uint8Array =>
  table((code) => isDigit(code) || (isTrack && separators.includes(code)));
const allCodes = (): Uint8Array => table(() => true);
const hexCodes = (): Uint8Array => table((code) => /[0-9A-Fa-f]/.test(String.fromCharCode(code)));
const signCodes = (): Uint8Array => table((code) => code === 0x43 || code === 0x44);
/** Bytes of which both nibbles are digits (or a track's separator, D). */
function digitPairs(isTrack: boolean): Uint8Array {
  const isRight = (nibble: number): boolean => nibble <= 9 || (isTrack && nibble === 0xd);
  return table((byte) => isRight(byte >> 4) && isRight(byte & 15));
}

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

function wrong({ field, name, fault }: Encoding, offset: number): Iso8583Error {
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
        throw wrong(encoding, 0);
      break;
    }
    case 'hex':
      if (value.length % 2 !== 0) throw wrong(encoding, 0);
      writeCharacters(encoding, value.toUpperCase(), into, offset);
      break;
    case 'ebcdic':
      writeCharacters(encoding, value, into, offset);
      for (let at = offset; at < offset + value.length; at++) into[at] = ebcdicOfLatin1[into[at]!]!;
      break;
    case 'signed':
      if (encoding.allowed[value.charCodeAt(0)] !== 1) throw wrong(encoding, 0);
      into[offset] = value.charCodeAt(0);
      writeContent(encoding.amount!, value.slice(1), into, offset + 1);
      break;
  }
}

/** As {@link writeContent}, of digits and characters that are in bytes (Latin-1) and are to stay so. */
export function writeCodes(encoding: Encoding, codes: Uint8Array, into: Buffer, offset: number): void {
  const { kind, allowed, isTrack, isLeft } = encoding;
  if (kind !== 'digits' && kind !== 'characters' && kind !== 'packed' && kind !== 'ebcdic')
    throw wrong(encoding, 0);
  if (kind === 'packed') {
    const nibbleOf = isTrack ? trackNibbles : digitNibbles;
    if (codes.some((code) => nibbleOf[code]! < 0)) throw wrong(encoding, 0);
    for (const [index, code] of codes.entries()) {
      const place = offset * 2 + (isLeft ? codes.length & 1 : 0) + index;
      into[place >> 1]! |= nibbleOf[code]! << ((place & 1) === 0 ? 4 : 0);
    }
    return;
  }
  if (codes.some((code) => allowed[code] !== 1)) throw wrong(encoding, 0);
  for (const [index, code] of codes.entries())
    into[offset + index] = kind === 'ebcdic' ? ebcdicOfLatin1[code]! : code;
}

function writeCharacters(encoding: Encoding, value: string, into: Buffer, offset: number): void {
  const { allowed } = encoding;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code > 0xff || allowed[code] !== 1) throw wrong(encoding, 0);
    into[offset + index] = code;
  }
}

/** The nibble of each character; elsewhere -1. */
const nibbles = (isTrack: boolean): Int8Array =>
  Int8Array.from({ length: 256 }, (_, code) => {
    if (isTrack && separators.includes(code)) return 0xd;
    return isDigit(code) ? code - 0x30 : -1;
  });
const digitNibbles = nibbles(false);
const trackNibbles = nibbles(true);

/** Two digits a byte; an odd number is filled with a zero. */
function writePacked(encoding: Encoding, value: string, into: Buffer, offset: number): void {
  const nibbleOf = encoding.isTrack ? trackNibbles : digitNibbles;
  let place = offset * 2 + (encoding.isLeft ? value.length & 1 : 0);
  let upper = 0;
  for (let index = 0; index < value.length; index++, place++) {
    const nibble = nibbleOf[value.charCodeAt(index)] ?? -1;
    if (nibble < 0) throw wrong(encoding, 0);
    if ((place & 1) === 0) upper = nibble << 4;
    else into[place >> 1] = upper | nibble;
  }
  if ((place & 1) === 1) into[place >> 1] = upper;
}

/** Reads a value of which all bytes are there. Throws {@link Iso8583Error} if they are not what the encoding promises. */
export function readContent(encoding: Encoding, input: Input, start: number, length: number): string {
  switch (encoding.kind) {
    case 'digits':
      checkBytes(encoding, input.bytes, start, start + length);
      return input.characters(start, start + length);
    case 'characters':
      return input.characters(start, start + length);
    case 'packed':
      return readPacked(encoding, input, start, length);
    case 'raw':
      return input.hex(start, start + length);
    case 'hex':
      checkBytes(encoding, input.bytes, start, start + length * 2);
      return input.characters(start, start + length * 2).toUpperCase();
    case 'ebcdic':
      return readEbcdic(encoding, input, start, length);
    case 'signed': {
      checkBytes(encoding, input.bytes, start, start + 1);
      return input.characters(start, start + 1) + readContent(encoding.amount!, input, start + 1, length - 1);
    }
  }
}

function checkBytes(encoding: Encoding, bytes: Buffer, start: number, end: number): void {
  const { allowed } = encoding;
  for (let at = start; at < end; at++) if (allowed[bytes[at]!] !== 1) throw wrong(encoding, at);
}

function readEbcdic(encoding: Encoding, input: Input, start: number, length: number): string {
  const value = input.ebcdic(start, start + length);
  for (let index = 0; index < length; index++)
    if (encoding.allowed[value.charCodeAt(index)] !== 1) throw wrong(encoding, start + index);
  return value;
}

/**
 * Digits, two a byte; nibble D is a track's separator. Another digit in the place of the zero that fills would be lost, so
 * it is refused; on the right some senders fill with F.
 */
function readPacked(encoding: Encoding, input: Input, start: number, length: number): string {
  const { isLeft, isTrack } = encoding;
  const end = start + ((length + 1) >> 1);
  let firstNibble = start * 2;
  if ((length & 1) === 0) checkBytes(encoding, input.bytes, start, end);
  else if (isLeft) {
    checkFilled(encoding, input.bytes, start, length);
    checkBytes(encoding, input.bytes, start + 1, end);
    firstNibble++;
  } else {
    checkFilled(encoding, input.bytes, end - 1, length);
    checkBytes(encoding, input.bytes, start, end - 1);
  }
  const value = input.nibbles(firstNibble, firstNibble + length);
  return isTrack ? value.replaceAll('d', '=') : value;
}

/** The byte that holds one digit and the filling. */
function checkFilled(encoding: Encoding, bytes: Buffer, at: number, length: number): void {
  const { field, name, allowed, isLeft } = encoding;
  const byte = bytes[at]!;
  const filling = isLeft ? byte >> 4 : byte & 15;
  if (filling !== 0 && (isLeft || filling !== 0xf))
    throw new Iso8583Error(field, name, at, { code: 'not-filled', length });
  if (allowed[isLeft ? byte : byte & 0xf0] !== 1) throw wrong(encoding, at);
}
