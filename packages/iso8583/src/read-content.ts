import { type Encoding, wrongContent } from './encoding.ts';
import { Iso8583Error } from './faults.ts';
import type { Input } from './input.ts';

/** Reads a value of which all bytes are there. Throws {@link Iso8583Error} if they are not what the encoding promises. */
export function readContent(encoding: Encoding, input: Input, start: number, length: number): string {
  const { bytes } = input;
  switch (encoding.kind) {
    case 'digits':
      if (!areDigits(bytes, start, start + length)) checkBytes(encoding, bytes, start, start + length);
      return input.characters(start, start + length);
    case 'characters':
      return input.characters(start, start + length);
    case 'packed':
      return readPacked(encoding, input, start, length);
    case 'raw':
      return input.hex(start, start + length);
    case 'hex':
      checkBytes(encoding, bytes, start, start + length * 2);
      return input.characters(start, start + length * 2).toUpperCase();
    case 'ebcdic':
      return readEbcdic(encoding, input, start, length);
    case 'signed': {
      checkBytes(encoding, bytes, start, start + 1);
      const amount = readContent(encoding.amount!, input, start + 1, Math.max(0, length - 1));
      return input.characters(start, start + 1) + amount;
    }
  }
}

function checkBytes(encoding: Encoding, bytes: Buffer, start: number, end: number): void {
  const { allowed } = encoding;
  for (let at = start; at < end; at++) if (allowed[bytes[at]!] !== 1) throw wrongContent(encoding, at);
}

/**
 * True if all bytes are digits; false leaves it to the table, which knows where the first other one is. Four bytes at once, the
 * last four overlapping what is before them: byte by byte costs more than to make the string. Fewer than four are too few.
 */
export function areDigits(bytes: Buffer, start: number, end: number): boolean {
  const last = end - 4;
  if (last < start) return false;
  let wrong = notDigits(wordAt(bytes, last));
  for (let at = start; at < last; at += 4) wrong |= notDigits(wordAt(bytes, at));
  return (wrong & 0x8080_8080) === 0;
}

/** As `areDigits`, of two digits a byte. */
function arePacked(bytes: Buffer, start: number, end: number): boolean {
  const last = end - 4;
  if (last < start) return false;
  let wrong = notPacked(wordAt(bytes, last));
  for (let at = start; at < last; at += 4) wrong |= notPacked(wordAt(bytes, at));
  return (wrong & 0x1010_1010) === 0;
}

const wordAt = (bytes: Buffer, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;

/** The topmost bit of some byte is set if one of the four is no digit. */
function notDigits(word: number): number {
  const values = word ^ 0x3030_3030;
  return values | (values + 0x7676_7676);
}

/** The fifth bit of some byte is set if one of the eight nibbles is no digit. */
const notPacked = (word: number): number =>
  ((word & 0x0f0f_0f0f) + 0x0606_0606) | (((word >>> 4) & 0x0f0f_0f0f) + 0x0606_0606);

function readEbcdic(encoding: Encoding, input: Input, start: number, length: number): string {
  const value = input.ebcdic(start, start + length);
  for (let index = 0; index < length; index++)
    if (encoding.allowed[value.charCodeAt(index)] !== 1) throw wrongContent(encoding, start + index);
  return value;
}

/**
 * Digits, two a byte; nibble D is a track's separator. Another digit in the place of the zero that fills would be lost, so
 * it is refused; on the right some senders fill with F.
 */
function readPacked(encoding: Encoding, input: Input, start: number, length: number): string {
  const { isLeft, isTrack } = encoding;
  const { bytes } = input;
  const isOdd = (length & 1) === 1;
  const end = start + ((length + 1) >> 1);
  if (isOdd) checkFilled(encoding, bytes, isLeft ? start : end - 1, length);
  const [first, last] = [isOdd && isLeft ? start + 1 : start, isOdd && !isLeft ? end - 1 : end];
  if (!arePacked(bytes, first, last)) checkBytes(encoding, bytes, first, last);
  const firstNibble = start * 2 + (isOdd && isLeft ? 1 : 0);
  const value = input.nibbles(firstNibble, firstNibble + length);
  return isTrack ? withSeparators(value) : value;
}

/** Mostly there is one; `replaceAll` costs twice as much. */
function withSeparators(track: string): string {
  const at = track.indexOf('D');
  return at < 0 ? track : `${track.slice(0, at)}=${withSeparators(track.slice(at + 1))}`;
}

/** The byte that holds one digit and the filling. */
function checkFilled(encoding: Encoding, bytes: Buffer, at: number, length: number): void {
  const { field, name, allowed, isLeft } = encoding;
  const byte = bytes[at]!;
  const filling = isLeft ? byte >> 4 : byte & 15;
  if (filling !== 0 && (isLeft || filling !== 0xf))
    throw new Iso8583Error(field, name, at, { code: 'not-filled', length });
  if (allowed[isLeft ? byte : byte & 0xf0] !== 1) throw wrongContent(encoding, at);
}
