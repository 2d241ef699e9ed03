import {
  byteOf,
  bytesFor,
  type Encoding,
  encodingOf,
  lengthIn,
  lengthOf,
  numbersIn,
  writeCodes,
  writeContent,
} from './encoding.ts';
import { type FaultFacts, Iso8583Error } from './faults.ts';
import type { Input } from './input.ts';
import { type NumberBytes, readNumber, textsOfNumbers } from './numbers.ts';
import { type Fill, fillOf } from './padding.ts';
import { type Prefix, prefixOf, readPrefix, writePrefix } from './prefix.ts';
import { areDigits, readContent } from './read-content.ts';
import type { FieldSpec } from './specification.ts';

/** One field, ready to write and read: what its specification says, put together once. */
export class FieldCodec {
  readonly name: string;
  readonly encoding: Encoding;
  /** Most bytes that the field can take, its length included. */
  readonly maxBytes: number;
  readonly #number: number;
  /** Of a variable field. */
  readonly #prefix: Prefix | undefined;
  readonly #countsBytes: boolean;
  readonly #fill: Fill;
  /** Length of a fixed field, longest of a variable one. */
  readonly #max: number;
  /** Bytes of a fixed field. */
  readonly #size: number;
  /** Of a fixed field of few digits: how it is a number, and the text of each. */
  readonly #numbers: NumberBytes | undefined;
  readonly #texts: readonly string[] | undefined;
  /** The longest that can be written: the prefix may not be able to say `max`. */
  readonly #maxWritten: number;

  /** Throws an Error if the specification makes no sense. */
  constructor(number: number, given: FieldSpec) {
    const spec = { ...given, name: given.name ?? `DE ${number}`, max: Math.ceil(given.max) };
    const { name, type, max } = spec;
    if (!Number.isSafeInteger(max) || max < 0 || (type !== 'fixed' && type !== 'var'))
      throw new Error(`field ${number} (${name}) needs a type (fixed or var) and a length`);
    this.#number = number;
    this.name = name;
    this.#prefix = type === 'var' ? prefixOf(number, spec) : undefined;
    this.#countsBytes = spec.lenCounts === 'bytes';
    this.encoding = encodingOf(number, spec);
    this.#fill = fillOf(number, spec, this.encoding.padding);
    this.#max = max;
    this.#size = bytesFor(this.encoding, max);
    const sayable = this.#prefix?.max ?? max;
    this.#maxWritten = Math.min(max, this.#countsBytes ? lengthIn(this.encoding, sayable) : sayable);
    this.#numbers = type === 'fixed' ? numbersIn(this.encoding, max) : undefined;
    this.#texts = this.#numbers === undefined ? undefined : textsOfNumbers(max);
    this.maxBytes = this.#size + (this.#prefix?.size ?? 0);
  }

  /** Writes the value at `offset`; the offset after it. Throws {@link Iso8583Error} if it does not fit the field. */
  write(value: string, into: Buffer, offset: number): number {
    const { encoding } = this;
    const prefix = this.#prefix;
    const length = lengthOf(encoding, value);
    if (prefix === undefined) {
      writeContent(encoding, length === this.#max ? value : this.#filled(value), into, offset);
      return offset + this.#size;
    }
    if (length > this.#maxWritten) throw this.#wrong(0, { code: 'too-long', length, max: this.#maxWritten });
    const size = bytesFor(encoding, length);
    // Nobody could tell afterwards that the last unit is none.
    if (this.#countsBytes && lengthIn(encoding, size) !== length)
      throw this.#wrong(0, { code: 'wrong-length', length, max: lengthIn(encoding, size) });
    writePrefix(prefix, this.#countsBytes ? size : length, into, offset);
    const start = offset + prefix.size;
    writeContent(encoding, value, into, start);
    return start + size;
  }

  /** Writes a value in bytes over one of as many zeros, of which the field ends at `end`. Throws {@link Iso8583Error}. */
  overwrite(zeros: string, codes: Uint8Array, into: Buffer, end: number): void {
    const [length, max] = [codes.length, zeros.length];
    if (length !== max) throw this.#wrong(0, { code: 'wrong-length', length, max });
    writeCodes(this.encoding, codes, into, end - bytesFor(this.encoding, length));
  }

  #filled(value: string): string {
    const max = this.#max;
    const filled = this.#fill(value, max);
    const length = lengthOf(this.encoding, filled);
    if (length === max) return filled;
    throw this.#wrong(0, { code: 'wrong-length', length, max });
  }

  /**
   * Reads the value. The input then stands behind the field, also if its content is not what was promised. Throws
   * {@link Iso8583Error}.
   */
  read(input: Input): string {
    const length = this.#enter(input);
    const { start, offset: end, bytes } = input;
    const texts = this.#texts;
    if (texts !== undefined) {
      const number = readNumber(this.#numbers!, bytes, start, end);
      if (number >= 0 && number < texts.length) return texts[number]!;
    }
    // What most fields are stands here: a call more would cost as much as the text.
    const { kind } = this.encoding;
    if (kind === 'characters' || (kind === 'digits' && areDigits(bytes, start, end)))
      return input.characters(start, end);
    return readContent(this.encoding, input, start, length);
  }

  /** Steps over the field without making text of it. Throws {@link Iso8583Error}. */
  skip(input: Input): void {
    this.#enter(input);
  }

  /** Steps over the field: its content begins at `input.start` then. Gives its length. */
  #enter(input: Input): number {
    const { encoding } = this;
    const prefix = this.#prefix;
    let start = input.offset;
    let length = this.#max;
    let size = this.#size;
    if (prefix !== undefined) {
      length = this.#readLength(prefix, input);
      start += prefix.size;
      size = bytesFor(encoding, length);
    }
    const end = start + size;
    if (end > input.length) throw this.#cutOff(input, start, size);
    input.start = start;
    input.offset = end;
    return length;
  }

  /** What is wrong at a unit of the value that was read last. */
  faultWithin(input: Input, value: string, unit: number, facts: FaultFacts): Iso8583Error {
    const length = lengthOf(this.encoding, value);
    return this.#wrong(byteOf(this.encoding, input.start, length, unit), facts);
  }

  #readLength(prefix: Prefix, input: Input): number {
    const { offset, bytes } = input;
    if (offset + prefix.size > input.length) throw this.#cutOff(input, offset, prefix.size);
    const said = readPrefix(prefix, bytes, offset);
    const length = this.#countsBytes ? lengthIn(this.encoding, said) : said;
    const max = this.#max;
    if (length > max) throw this.#wrong(offset, { code: 'length-over-max', length, max });
    if (this.#countsBytes && !Number.isInteger(length))
      throw this.#wrong(offset, { code: 'length-not-digits' });
    return length;
  }

  #cutOff(input: Input, offset: number, needBytes: number): Iso8583Error {
    return this.#wrong(offset, { code: 'cut-off', needBytes, leftBytes: Math.max(0, input.length - offset) });
  }

  #wrong(offset: number, facts: FaultFacts): Iso8583Error {
    return new Iso8583Error(this.#number, this.name, offset, facts);
  }
}
