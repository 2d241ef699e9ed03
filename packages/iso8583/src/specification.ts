/**
 * How a field's value stands in the bytes. Values are text everywhere: digits, characters (Latin-1), or, for `raw` and
 * `hex`, the bytes in upper-case hex.
 *
 * - `ascii-n`: digits, one a byte; a fixed field is filled with zeros on the left
 * - `ascii-an`: characters, one a byte; a fixed field is filled with spaces on the right
 * - `ebcdic-n`, `ebcdic-an`: the same in EBCDIC (code page 037)
 * - `bcd-left`, `bcd-right`: digits, two a byte; an odd number is filled with a zero on that side; `=` is nibble D
 * - `raw`: bytes; `hex`: bytes, each written as two hex digits
 * - `amount-ascii`, `amount-bcd`: a sign (C or D), then digits (`left`: on which side an odd number is filled)
 */
export type FieldEncoding =
  | 'ascii-n'
  | 'ascii-an'
  | 'ebcdic-n'
  | 'ebcdic-an'
  | 'bcd-left'
  | 'bcd-right'
  | 'raw'
  | 'hex'
  | 'amount-ascii'
  | 'amount-bcd';

/** How a fixed field that is too short is filled; with `none` it is refused. What was filled is part of the value read. */
export type Padding = { side: 'left' | 'right'; with: string } | 'none';

/** A field as four things that know nothing of each other: length, encoding, padding, and what is inside. */
export interface FieldSpec {
  name: string;
  type: 'fixed' | 'var';
  enc: FieldEncoding;
  /** Length of a fixed field, longest of a variable one: digits, characters or bytes (before hex), as `enc` counts. */
  max: number;
  /** Digits of the length prefix of a variable field; bytes, if it is binary. */
  digits?: number;
  lenEnc?: 'ascii' | 'ebcdic' | 'bcd' | 'binary';
  /** The length prefix counts bytes on the wire, though `enc` counts something else (DE 55 in hex digits, say). */
  lenCounts?: 'bytes';
  left?: boolean;
  pad?: Padding;
  composite?: Composite;
}

/**
 * What a field's value is made of. The subfields stand in its characters, or, of `raw` and `hex`, in its bytes, however the
 * field itself is encoded.
 */
export type Composite =
  /** One after another; those at the end may be missing. With `repeats` the whole list comes again until the end. */
  | { by: 'position'; parts: readonly FieldSpec[]; repeats?: boolean }
  /** Each behind its tag and its length. Parts that the list does not name are characters. */
  | {
      by: 'tag';
      tag: { enc: 'ascii-an' | 'raw'; max: number };
      digits: number;
      lenEnc: NonNullable<FieldSpec['lenEnc']>;
      parts?: Readonly<Record<string, Pick<FieldSpec, 'name' | 'enc' | 'composite'>>>;
    }
  /** Data objects of EMV (book 3, annex B). */
  | { by: 'ber-tlv' };

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
