import { decodeFvln, decodeVln, encodeFvln, encodeVln, formatDecimal, parseDecimal } from './numbers.ts';
import { fail, ok, type Result, shifted } from './result.ts';
import { formerlyText, type TagRow, tagTable } from './tags.ts';
import { decodeText, encodeText } from './text.ts';
import { encodeTlv, parseTlvList, TLV_HEADER_BYTES } from './tlv.ts';

/**
 * A requisite with its meaning: text without its padding, numbers (an FVLN as decimal text, "1.5"), local
 * seconds, bytes (of the fiscal sign and of unknown tags), or requisites again.
 */
export interface Field {
  tag: number;
  value: FieldValue;
}
export type FieldValue = string | number | bigint | Uint8Array | Field[];

/** Real documents nest three deep (document, item, discount); more is an attack on the parser. */
const DEEPEST = 8;

/** Reads a list of requisites by the table of tags; a tag that the table lacks keeps its bytes. */
export function decodeFields(bytes: Uint8Array): Result<Field[]> {
  return decodeList(bytes, 1);
}

function decodeList(bytes: Uint8Array, depth: number): Result<Field[]> {
  if (depth > DEEPEST)
    return fail('nested-too-deep', 0, `lists stand more than ${DEEPEST} deep in each other`);
  const list = parseTlvList(bytes);
  if (!list.ok) return list;
  const fields: Field[] = [];
  let offset = 0;
  for (const { tag, value } of list.value) {
    const row = tagTable.get(tag);
    const decoded = row === undefined ? ok<FieldValue>(value) : decodeValue(row, value, depth);
    if (!decoded.ok) return shifted(decoded, offset + TLV_HEADER_BYTES);
    fields.push({ tag, value: decoded.value });
    offset += TLV_HEADER_BYTES + value.length;
  }
  return ok(fields);
}

function decodeValue(row: TagRow, bytes: Uint8Array, depth: number): Result<FieldValue> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (row.type) {
    case 'text':
      return decodeTextOf(row, view);
    case 'vln': {
      const number = decodeVln(view);
      if (!number.ok) return number;
      return ok(number.value <= Number.MAX_SAFE_INTEGER ? Number(number.value) : number.value);
    }
    case 'fvln': {
      const decimal = decodeFvln(view);
      return decimal.ok ? ok(formatDecimal(decimal.value)) : decimal;
    }
    case 'u32':
    case 'time':
      return view.length === 4 ? ok(view.readUInt32LE(0)) : wrongLength(row, view, 4);
    case 'byte':
      return view.length === 1 ? ok(view[0]!) : wrongLength(row, view, 1);
    case 'sign':
      return view.length === 6 ? ok(view) : wrongLength(row, view, 6);
    case 'bytes':
      return ok(view);
    case 'list': {
      const list = decodeList(view, depth + 1);
      return list.ok || !formerlyText.has(row.tag) ? list : ok(decodeText(view));
    }
  }
}

function decodeTextOf(row: TagRow, view: Buffer): Result<FieldValue> {
  const text = decodeText(view);
  if (text.length > maxTextLength(row)) {
    return fail(
      'too-large',
      0,
      `tag ${row.tag} has ${text.length} characters, ${maxTextLength(row)} are allowed`,
    );
  }
  return ok(row.padTo === undefined ? text : text.replace(/ +$/, ''));
}

function maxTextLength(row: TagRow): number {
  return Math.max(row.maxLength ?? Number.POSITIVE_INFINITY, row.padTo ?? 0);
}

function wrongLength(row: TagRow, view: Buffer, expected: number): Result<never> {
  return fail('bad-length', 0, `tag ${row.tag} has ${expected} bytes, this one has ${view.length}`);
}

/** Writes a list of requisites; a value that its tag cannot hold is an error that names the tag. */
export function encodeFields(fields: readonly Field[]): Result<Buffer> {
  const parts: Buffer[] = [];
  for (const field of fields) {
    const value = encodeValue(field);
    if (!value.ok) {
      return fail(value.error.code, value.error.offset, `tag ${field.tag}: ${value.error.message}`);
    }
    const part = encodeTlv(field.tag, value.value);
    if (!part.ok) return part;
    parts.push(part.value);
  }
  return ok(Buffer.concat(parts));
}

function encodeValue({ tag, value }: Field): Result<Uint8Array> {
  const row = tagTable.get(tag);
  const type = row?.type ?? 'bytes';
  if (value instanceof Uint8Array) {
    if (type === 'sign' && value.length !== 6) return fail('bad-length', 0, 'a fiscal sign has 6 bytes');
    return type === 'bytes' || type === 'sign' ? ok(value) : mismatch(type);
  }
  if (Array.isArray(value)) return type === 'list' ? encodeFields(value) : mismatch(type);
  if (typeof value === 'string') return encodeString(row, value, type);
  if (type === 'vln') return encodeVln(value);
  if (typeof value === 'bigint') return mismatch(type);
  if (type === 'byte') return encodeUnsigned(value, 1);
  return type === 'u32' || type === 'time' ? encodeUnsigned(value, 4) : mismatch(type);
}

function encodeString(row: TagRow | undefined, value: string, type: string): Result<Uint8Array> {
  if (type === 'fvln') {
    const decimal = parseDecimal(value);
    return decimal.ok ? encodeFvln(decimal.value) : decimal;
  }
  if (row !== undefined && formerlyText.has(row.tag)) return encodeText(value);
  if (row === undefined || type !== 'text') return mismatch(type);
  if (value.length > maxTextLength(row)) {
    return fail(
      'too-large',
      0,
      `"${value}" has ${value.length} characters, ${maxTextLength(row)} are allowed`,
    );
  }
  return encodeText(row.padTo === undefined ? value : value.padEnd(row.padTo, ' '));
}

function encodeUnsigned(value: number, bytes: 1 | 4): Result<Uint8Array> {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * bytes)) {
    return fail('bad-value', 0, `${value} does not fit ${bytes} byte(s)`);
  }
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(value, 0, bytes);
  return ok(buffer);
}

function mismatch(type: string): Result<never> {
  return fail('bad-value', 0, `the value does not suit a ${type}`);
}

/** The first requisite with this tag, if its value is a number; undefined otherwise. */
export function numberOf(fields: readonly Field[], tag: number): number | undefined {
  const value = fields.find((field) => field.tag === tag)?.value;
  return typeof value === 'number' ? value : undefined;
}

export function textOf(fields: readonly Field[], tag: number): string | undefined {
  const value = fields.find((field) => field.tag === tag)?.value;
  return typeof value === 'string' ? value : undefined;
}

export function bytesOf(fields: readonly Field[], tag: number): Uint8Array | undefined {
  const value = fields.find((field) => field.tag === tag)?.value;
  return value instanceof Uint8Array ? value : undefined;
}
