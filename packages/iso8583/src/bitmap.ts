import { Iso8583Error } from './faults.ts';
import type { Input } from './input.ts';
import type { MessageSpec } from './specification.ts';

/** The bits of fields 1 to 128, in words of 32; the first is the topmost. */
export type Bits = Int32Array;

/** How a format's bitmap stands in the bytes. */
export interface Bitmap {
  maxBytes: number;
  /** Reads into `bits`; the number of words read. Throws {@link Iso8583Error}. */
  read(input: Input, bits: Bits): number;
  /** Writes the half or the whole that the fields up to `maxField` need; the offset after it. */
  write(bits: Bits, maxField: number, into: Buffer, offset: number): number;
}

export const setBit = (bits: Bits, number: number): void => {
  bits[(number - 1) >> 5]! |= 0x8000_0000 >>> ((number - 1) & 31);
};

/** Throws an Error if the specification makes no sense. */
export function bitmapOf({ name, bitmap, bitmapFixed128 }: MessageSpec): Bitmap {
  if (bitmap !== 'hex' && bitmap !== 'binary')
    throw new Error(`${name}: there is no bitmap in "${String(bitmap)}"`);
  const isAlwaysLong = bitmapFixed128 === true;
  const { size, readWord, writeWord } = bitmap === 'hex' ? hexWords : binaryWords;
  const readHalf = (input: Input, bits: Bits, first: number): void => {
    const { bytes, offset } = input;
    const leftBytes = bytes.length - offset;
    if (leftBytes < size * 2) {
      const facts = {
        code: 'bitmap-cut-off',
        needBytes: size * 2,
        leftBytes: Math.max(0, leftBytes),
      } as const;
      throw new Iso8583Error(1, 'bitmap', offset, facts);
    }
    if (bitmap === 'hex') checkHex(bytes, offset);
    bits[first] = readWord(bytes, offset);
    bits[first + 1] = readWord(bytes, offset + size);
    input.offset = offset + size * 2;
  };
  return {
    maxBytes: size * 4,
    read(input, bits) {
      readHalf(input, bits, 0);
      if (!isAlwaysLong && bits[0]! >= 0) return 2; // the topmost bit announces the second half
      readHalf(input, bits, 2);
      return 4;
    },
    write(bits, maxField, into, offset) {
      const words = isAlwaysLong || maxField > 64 ? 4 : 2;
      if (words === 4 && !isAlwaysLong) setBit(bits, 1);
      for (let word = 0; word < words; word++) writeWord(bits[word]!, into, offset + word * size);
      return offset + words * size;
    },
  };
}

const binaryWords = {
  size: 4,
  readWord: (bytes: Buffer, offset: number): number =>
    (bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!,
  writeWord(word: number, into: Buffer, offset: number): void {
    for (let index = 0; index < 4; index++) into[offset + index] = (word >>> (24 - index * 8)) & 0xff;
  },
};

/** Upper and lower case, as senders write them; elsewhere -1. */
const nibbleOf: Int8Array = Int8Array.from({ length: 256 }, (_, code) =>
  /[0-9A-Fa-f]/.test(String.fromCharCode(code)) ? Number.parseInt(String.fromCharCode(code), 16) : -1,
);
const hexDigits = Buffer.from('0123456789ABCDEF', 'latin1');

const hexWords = {
  size: 8,
  readWord(bytes: Buffer, offset: number): number {
    let word = 0;
    for (let at = offset; at < offset + 8; at++) word = (word << 4) | nibbleOf[bytes[at]!]!;
    return word;
  },
  writeWord(word: number, into: Buffer, offset: number): void {
    for (let index = 0; index < 8; index++)
      into[offset + index] = hexDigits[(word >>> (28 - index * 4)) & 15]!;
  },
};

function checkHex(bytes: Buffer, offset: number): void {
  for (let at = offset; at < offset + 16; at++)
    if (nibbleOf[bytes[at]!]! < 0) throw new Iso8583Error(1, 'bitmap', offset, { code: 'bitmap-not-hex' });
}
