/**
 * How a field's value stands in the bytes. Values are text everywhere: digits, characters (Latin-1), or, for `raw` and
 * `hex`, the bytes in upper-case hex.
 *
 * - `ascii-n`: digits, one a byte; a fixed field is filled with zeros on the left
 * - `ascii-an`: characters, one a byte; a fixed field is filled with spaces on the right
 * - `bcd-left`, `bcd-right`: digits, two a byte; an odd number is filled with a zero on that side; `=` is nibble D
 * - `raw`: bytes; `hex`: bytes, each written as two hex digits
 * - `amount-ascii`, `amount-bcd`: a sign (C or D), then digits (`left`: on which side an odd number is filled)
 */
export type FieldEncoding =
  | 'ascii-n'
  | 'ascii-an'
  | 'bcd-left'
  | 'bcd-right'
  | 'raw'
  | 'hex'
  | 'amount-ascii'
  | 'amount-bcd';

export interface FieldSpec {
  name: string;
  type: 'fixed' | 'var';
  enc: FieldEncoding;
  /** Length of a fixed field, longest of a variable one: digits, characters or bytes (before hex), as `enc` counts. */
  max: number;
  /** Digits of the length prefix of a variable field. */
  digits?: number;
  lenEnc?: 'ascii' | 'bcd';
  left?: boolean;
}

/** A message format as data: what each field is, and how the bitmap is written. */
export interface MessageSpec {
  name: string;
  bitmap: 'hex' | 'binary';
  /** Always 128 bits, without the bit that announces the second half. */
  bitmapFixed128?: boolean;
  fields: Readonly<Record<number, FieldSpec>>;
}

/** A message: field number to value; 0 is the message type indicator. */
export type Fields = ReadonlyMap<number, string>;

/** Bytes that are no message of the format, or values that do not fit it: which field, at which byte, what is wrong. */
export class Iso8583Error extends Error {
  readonly field: number;
  readonly offset: number;
  readonly what: string;

  constructor(field: number, offset: number, what: string) {
    super(`field ${field}, byte ${offset}: ${what}`);
    this.field = field;
    this.offset = offset;
    this.what = what;
  }
}
