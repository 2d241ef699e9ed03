/** How a number stands in bytes: so many values a byte, the first byte counting most. */
export interface NumberBytes {
  base: number;
  /** The byte of each value. */
  bytes: Uint8Array;
  /** The value of each byte; -1 if it has none. */
  values: Int16Array;
}

function numberBytes(base: number, byteOf: (value: number) => number): NumberBytes {
  const bytes = Uint8Array.from({ length: base }, (_, value) => byteOf(value));
  return { base, bytes, values: Int16Array.from({ length: 256 }, (_, byte) => bytes.indexOf(byte)) };
}

export const asciiNumbers: NumberBytes = numberBytes(10, (digit) => 0x30 + digit);
export const ebcdicNumbers: NumberBytes = numberBytes(10, (digit) => 0xf0 + digit);
export const packedNumbers: NumberBytes = numberBytes(100, (two) => (Math.floor(two / 10) << 4) | (two % 10));
export const binaryNumbers: NumberBytes = numberBytes(256, (byte) => byte);

/** -1 if the bytes are no number. */
export function readNumber({ base, values }: NumberBytes, bytes: Buffer, start: number, end: number): number {
  let number = 0;
  let isWrong = 0;
  for (let at = start; at < end; at++) {
    const value = values[bytes[at]!]!;
    number = number * base + value;
    isWrong |= value;
  }
  return isWrong < 0 ? -1 : number;
}

export function writeNumber(
  { base, bytes }: NumberBytes,
  number: number,
  into: Buffer,
  start: number,
  end: number,
): void {
  let rest = number;
  for (let at = end - 1; at >= start; at--) {
    into[at] = bytes[rest % base]!;
    rest = Math.floor(rest / base);
  }
}

/** Most digits of a number of which the text is made beforehand: 11 110 texts, about 0.4 MB. */
const maxReadyDigits = 4;

const readyTexts = Array.from({ length: maxReadyDigits + 1 }, (_, digits): readonly string[] =>
  Array.from({ length: 10 ** digits }, (_, number) => String(number).padStart(digits, '0')),
);

/**
 * The texts of all numbers of so few digits, to be picked instead of made: of a message in packed digits that takes a tenth off
 * the time to unpack it. Undefined for no digits, and for more.
 */
export const textsOfNumbers = (digits: number): readonly string[] | undefined =>
  digits === 0 ? undefined : readyTexts[digits];
