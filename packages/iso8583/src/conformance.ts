import { compileSpec, type MessageCodec } from './message.ts';
import type { FieldSpec, MessageSpec } from './specification.ts';
import { readTlv } from './tlv.ts';

interface VectorCase {
  id: string;
  spec: string;
  /** The message, in hex. */
  raw: string;
  /** The same as characters. */
  ascii?: string;
  fields?: Record<string, string>;
  /** In hex digits. */
  bitmap?: string;
  /** What DE 55 holds, by tag. */
  de55?: { tags?: Record<string, string> };
  /** Its source refuses it: as bytes (then it has no fields, or a `decodeError`) or for what it says. */
  negative?: boolean;
  decodeError?: string;
  /** Made from the fields: packing them has to give these very bytes. */
  generated?: boolean;
}

/** Runs a file of specifications and packed messages: each is unpacked, compared field by field, and packed again. */
export function runCases(vectorFile: unknown): { passed: number; failed: string[] } {
  if (!isRecord(vectorFile) || !isRecord(vectorFile.specs) || !Array.isArray(vectorFile.cases))
    return { passed: 0, failed: ['the file has to have "specs" and "cases"'] };
  const { specs, cases } = vectorFile;
  const codecs = new Map<string, MessageCodec | string>();
  const failed = cases.flatMap((vectorCase: unknown, index) => {
    if (!isCase(vectorCase))
      return [
        `${nameOf(vectorCase, index)}: expected id, spec and raw (hex), and texts for what it holds, got something else`,
      ];
    if (!codecs.has(vectorCase.spec))
      codecs.set(vectorCase.spec, codecFor(vectorCase.spec, specs[vectorCase.spec]));
    const wrong = runCase(codecs.get(vectorCase.spec)!, vectorCase);
    return wrong === undefined ? [] : [`${vectorCase.id}: ${wrong}`];
  });
  return { passed: cases.length - failed.length, failed };
}

const nameOf = (vectorCase: unknown, index: number): string =>
  isRecord(vectorCase) && typeof vectorCase.id === 'string' ? vectorCase.id : `case ${index}`;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCase = (value: unknown): value is VectorCase =>
  isRecord(value) &&
  typeof value.id === 'string' &&
  typeof value.spec === 'string' &&
  typeof value.raw === 'string' &&
  /^([0-9A-Fa-f]{2})*$/.test(value.raw) &&
  (value.fields === undefined || isTexts(value.fields)) &&
  (value.de55 === undefined ||
    (isRecord(value.de55) && (value.de55.tags === undefined || isTexts(value.de55.tags)))) &&
  [value.ascii, value.bitmap].every(
    (vectorCase) => vectorCase === undefined || typeof vectorCase === 'string',
  );
const isTexts = (value: unknown): boolean =>
  isRecord(value) && Object.values(value).every((vectorCase) => typeof vectorCase === 'string');

/** The codec of a specification (a table, or one that its source states in words), or what is wrong with it. */
function codecFor(name: string, table: unknown): MessageCodec | string {
  try {
    const spec = isRecord(table) ? specOfTable(name, table) : specOfWords(name);
    return spec === undefined ? `expected a specification "${name}", got none` : compileSpec(spec);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function specOfTable(name: string, table: Record<string, unknown>): MessageSpec {
  const fields = Object.entries(table).filter(([key]) => /^\d+$/.test(key)) as [string, FieldSpec][];
  const wrong = fields.find(([, field]) => !isRecord(field));
  if (wrong !== undefined) throw new Error(`field ${wrong[0]} of "${name}" has to be an object`);
  return {
    name,
    bitmap: table.bitmap as MessageSpec['bitmap'],
    bitmapFixed128: table.bitmapFixed128 === true,
    fields: Object.fromEntries(fields),
  };
}

/**
 * A specification in words: "…: MTI BCD, DE2 fixed BCD 4, DE3 BCD.LLLL, DE4 ASCII.LL". BCD is filled on the left; a
 * message type in BCD goes with a binary bitmap, one in ASCII with hex digits.
 */
function specOfWords(words: string): MessageSpec | undefined {
  const parts = words.slice(words.indexOf(':') + 1).split(',');
  const fields = parts.map((part) => fieldOfWords(part.trim()));
  const type = fields[0];
  if (type?.[0] !== 0 || fields.includes(undefined)) return undefined;
  const bitmap = type[1].enc === 'bcd-left' ? 'binary' : 'hex';
  return { name: words, bitmap, fields: Object.fromEntries(fields as [number, FieldSpec][]) };
}

function fieldOfWords(words: string): [number, FieldSpec] | undefined {
  const found =
    /^(?:MTI|DE\s?(?<number>\d+)) (?:fixed )?(?<enc>BCD|ASCII|binary|hex)(?:\.(?<length>L+)| (?<max>\d+))?$/i.exec(
      words,
    );
  if (found?.groups === undefined) return undefined;
  const { number = '0', enc = '', length, max = '4' } = found.groups;
  const ascii = number === '0' ? 'ascii-n' : 'ascii-an';
  const encodings = { bcd: 'bcd-left', ascii, binary: 'raw', hex: 'hex' } as const;
  const name = number === '0' ? 'MTI' : `DE ${number}`;
  const field = { name, enc: encodings[enc.toLowerCase() as keyof typeof encodings] };
  if (length === undefined) return [Number(number), { ...field, type: 'fixed', max: Number(max) }];
  const lenEnc = field.enc === 'bcd-left' || field.enc === 'raw' ? 'bcd' : 'ascii';
  const digits = length.length;
  return [Number(number), { ...field, type: 'var', max: 10 ** digits - 1, digits, lenEnc }];
}

/** What is wrong with a case, or undefined if it holds. */
function runCase(codec: MessageCodec | string, vectorCase: VectorCase): string | undefined {
  if (typeof codec === 'string') return codec;
  const bytes = Buffer.from(vectorCase.raw, 'hex');
  const unpacked = codec.unpack(bytes);
  if (vectorCase.decodeError !== undefined || vectorCase.fields === undefined) {
    if (vectorCase.decodeError === undefined && vectorCase.negative !== true)
      return 'says neither what fields it holds nor that it has to be refused';
    return unpacked.ok
      ? `expected to be refused (${vectorCase.decodeError ?? 'no fields are given'}), got a message`
      : undefined;
  }
  if (!unpacked.ok) {
    return vectorCase.negative === true
      ? undefined
      : `expected ${Object.keys(vectorCase.fields).length} fields, got ${unpacked.error.message}`;
  }
  return (
    compareFields(codec, unpacked.fields, vectorCase.fields) ??
    compareRest(codec, bytes, vectorCase) ??
    packAgain(codec, vectorCase, unpacked.fields)
  );
}

function compareFields(
  codec: MessageCodec,
  got: ReadonlyMap<number, string>,
  fields: Record<string, string>,
): string | undefined {
  const numbers = new Set([...got.keys(), ...Object.keys(fields).map(Number)]);
  for (const number of numbers) {
    const isHex = ['raw', 'hex'].includes(codec.spec.fields[number]?.enc ?? '');
    const wanted = fields[number];
    const [value, expected] = [got.get(number), isHex ? wanted?.toUpperCase() : wanted];
    if (value !== expected) return `field ${number}: expected ${quoted(expected)}, got ${quoted(value)}`;
  }
  return undefined;
}

const quoted = (value: string | undefined): string => (value === undefined ? 'nothing' : `"${value}"`);

/** What a case says besides its fields: characters, bitmap, tags of DE 55. */
function compareRest(codec: MessageCodec, bytes: Buffer, vectorCase: VectorCase): string | undefined {
  if (vectorCase.ascii !== undefined && bytes.toString('latin1') !== vectorCase.ascii)
    return `as characters: expected "${vectorCase.ascii}", got "${bytes.toString('latin1')}"`;
  if (vectorCase.bitmap !== undefined) {
    const size = vectorCase.bitmap.length / (codec.spec.bitmap === 'hex' ? 1 : 2);
    const start = codec.spec.fields[0]?.enc.startsWith('bcd') ? 2 : 4;
    const part = bytes.subarray(start, start + size);
    const got = part.toString(codec.spec.bitmap === 'hex' ? 'latin1' : 'hex').toUpperCase();
    if (got !== vectorCase.bitmap.toUpperCase()) return `bitmap: expected ${vectorCase.bitmap}, got ${got}`;
  }
  const tags = vectorCase.de55?.tags;
  return tags === undefined ? undefined : compareTags(tags, vectorCase.fields?.[55]);
}

function compareTags(expected: Record<string, string>, value: string | undefined): string | undefined {
  const read = readTlv(Buffer.from(value ?? '', 'hex'));
  if (!read.ok) return `field 55: expected tags, got ${read.why}`;
  const got = new Map(read.tags.map(({ tag, value: content }) => [tag, content]));
  for (const tag of new Set([...got.keys(), ...Object.keys(expected)])) {
    if (got.get(tag) !== expected[tag]?.toUpperCase())
      return `field 55, tag ${tag}: expected ${quoted(expected[tag])}, got ${quoted(got.get(tag))}`;
  }
  return undefined;
}

/** The same bytes if they were made from the fields; elsewhere bytes that say the same (a bitmap in small letters, say). */
function packAgain(
  codec: MessageCodec,
  vectorCase: VectorCase,
  fields: ReadonlyMap<number, string>,
): string | undefined {
  let packed: Buffer;
  try {
    packed = codec.pack(fields);
  } catch (error) {
    return `packed again: expected ${vectorCase.raw}, got ${error instanceof Error ? error.message : String(error)}`;
  }
  const hex = packed.toString('hex').toUpperCase();
  if (hex === vectorCase.raw.toUpperCase()) return undefined;
  const again = codec.unpack(packed);
  if (
    vectorCase.generated !== true &&
    again.ok &&
    compareFields(codec, again.fields, vectorCase.fields!) === undefined
  )
    return undefined;
  return `packed again: expected ${vectorCase.raw}, got ${hex}`;
}
