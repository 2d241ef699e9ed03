import { ebcdicToLatin1 } from './ebcdic.ts';

/** What `toString` comes down to, without its detours; `@types/node` does not list them. */
interface Slices {
  latin1Slice(start: number, end: number): string;
  hexSlice(start: number, end: number): string;
}

/** Bytes of which the nibbles are made text at once: more than most messages have, so that chip data is cut out of it too. */
const nibbleBytes = 512;

/**
 * A message's bytes, and how far they are read. Making a string of bytes costs far more than cutting one out of a longer
 * string, so a way of writing is turned into text once for many fields.
 */
export class Input {
  readonly bytes: Buffer;
  readonly length: number;
  /** The next field begins here. */
  offset = 0;
  /** The content of the field that was read last begins here. */
  start = 0;
  readonly #slices: Slices;
  #characters: string | undefined;
  #ebcdic: string | undefined;
  #nibbles = '';
  #firstNibble = 0;
  #lastNibble = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.length = bytes.length;
    this.#slices = bytes as Buffer & Slices;
  }

  /** Bytes as Latin-1 characters. */
  characters(start: number, end: number): string {
    this.#characters ??= this.#slices.latin1Slice(0, this.length);
    return this.#characters.substring(start, end);
  }

  /** Bytes of EBCDIC as Latin-1 characters. */
  ebcdic(start: number, end: number): string {
    this.#ebcdic ??= ebcdicToLatin1(this.bytes);
    return this.#ebcdic.substring(start, end);
  }

  /** Nibbles in upper-case hex; they are numbered from the first byte's upper one. Fields are read one after another. */
  nibbles(start: number, end: number): string {
    if (end > this.#lastNibble) this.#readNibbles(start >> 1, (end + 1) >> 1);
    return this.#nibbles.substring(start - this.#firstNibble, end - this.#firstNibble);
  }

  #readNibbles(start: number, end: number): void {
    const last = Math.min(this.length, Math.max(end, start + nibbleBytes));
    this.#nibbles = this.hex(start, last);
    this.#firstNibble = start * 2;
    this.#lastNibble = last * 2;
  }

  /** Bytes in upper-case hex. */
  hex(start: number, end: number): string {
    return end * 2 <= this.#lastNibble
      ? this.nibbles(start * 2, end * 2)
      : this.#slices.hexSlice(start, end).toUpperCase();
  }
}
