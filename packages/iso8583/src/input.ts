import { ebcdicToLatin1 } from './ebcdic.ts';

/**
 * A message's bytes, and how far they are read. Making a string of bytes costs far more than cutting one out of a longer
 * string, so each way of writing is turned into text once for the whole message.
 */
export class Input {
  readonly bytes: Buffer;
  readonly length: number;
  /** The next field begins here. */
  offset = 0;
  /** The content of the field that was read last begins here. */
  start = 0;
  #characters: string | undefined;
  #ebcdic: string | undefined;
  #nibbles: string | undefined;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.length = bytes.length;
  }

  /** Bytes as Latin-1 characters. */
  characters(start: number, end: number): string {
    this.#characters ??= this.bytes.toString('latin1');
    return this.#characters.substring(start, end);
  }

  /** Bytes of EBCDIC as Latin-1 characters. */
  ebcdic(start: number, end: number): string {
    this.#ebcdic ??= ebcdicToLatin1(this.bytes);
    return this.#ebcdic.substring(start, end);
  }

  /** Nibbles in lower-case hex; they are numbered from the first byte's upper one. */
  nibbles(start: number, end: number): string {
    this.#nibbles ??= this.bytes.toString('hex');
    return this.#nibbles.substring(start, end);
  }

  /** Bytes in upper-case hex. */
  hex(start: number, end: number): string {
    return this.bytes.toString('hex', start, end).toUpperCase();
  }
}
