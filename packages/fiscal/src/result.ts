/** What is wrong with bytes or a value: a stable code, where (byte offset from the start of the input), and words. */
export interface CodecError {
  code: CodecErrorCode;
  offset: number;
  message: string;
}

export type CodecErrorCode =
  | 'truncated'
  | 'trailing-bytes'
  | 'bad-length'
  | 'bad-start'
  | 'bad-signature'
  | 'bad-version'
  | 'bad-flags'
  | 'bad-crc'
  | 'bad-value'
  | 'bad-text'
  | 'too-large'
  | 'nested-too-deep'
  | 'not-hex';

export type Result<T> = { ok: true; value: T } | { ok: false; error: CodecError };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(code: CodecErrorCode, offset: number, message: string): Result<never> {
  return { ok: false, error: { code, offset, message } };
}

/** The value, or an Error with the codec's words: for values which the caller made itself. */
export function orThrow<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const { code, offset, message } = result.error;
  throw new Error(`${code} at byte ${offset}: ${message}`);
}

/** The same result with its error's offset counted from where the piece stands in the whole. */
export function shifted<T>(result: Result<T>, byBytes: number): Result<T> {
  if (result.ok) return result;
  return fail(result.error.code, result.error.offset + byBytes, result.error.message);
}

/** Reads hexadecimal digits; blanks between them are allowed. The offset of an error counts bytes. */
export function parseHex(text: string): Result<Buffer> {
  const digits = text.replaceAll(/\s/g, '');
  const wrong = digits.search(/[^0-9a-fA-F]/);
  if (wrong >= 0) return fail('not-hex', wrong >> 1, `"${digits[wrong]}" is no hexadecimal digit`);
  if (digits.length % 2 !== 0) return fail('not-hex', digits.length >> 1, 'an odd number of digits');
  return ok(Buffer.from(digits, 'hex'));
}
