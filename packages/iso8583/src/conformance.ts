import { compileSpec, type MessageCodec } from './message.ts';
import type { FieldSpec, MessageSpec } from './specification.ts';

interface VectorCase {
  id: string;
  spec: string;
  raw: string;
  fields?: Record<string, string>;
  /** The bytes are no message: decoding has to fail. */
  decodeError?: string;
}

/** A specification which its source states in words instead of a table. */
const inlineSpecs: Readonly<Record<string, MessageSpec>> = {
  'moov inline spec: MTI BCD, DE2 fixed BCD 4, DE3 BCD.LLLL': {
    name: 'inline',
    bitmap: 'binary',
    fields: {
      0: { name: 'MTI', type: 'fixed', enc: 'bcd-left', max: 4 },
      2: { name: 'DE 2', type: 'fixed', enc: 'bcd-left', max: 4 },
      3: { name: 'DE 3', type: 'var', enc: 'bcd-left', max: 9_999, digits: 4, lenEnc: 'bcd' },
    },
  },
};

/** Runs a file of specifications and packed messages: each is unpacked, compared field by field, and packed again. */
export function runCases(vectorFile: unknown): { passed: number; failed: string[] } {
  const { specs, cases } = vectorFile as {
    specs: Record<string, Record<string, unknown>>;
    cases: VectorCase[];
  };
  const codecs = new Map<string, MessageCodec>();
  for (const [name, spec] of Object.entries(specs)) codecs.set(name, compileSpec(specOf(name, spec)));
  for (const [name, spec] of Object.entries(inlineSpecs)) codecs.set(name, compileSpec(spec));
  const failed = cases.flatMap((one) => {
    const wrong = runCase(codecs.get(one.spec), one);
    return wrong === undefined ? [] : [`${one.id}: ${wrong}`];
  });
  return { passed: cases.length - failed.length, failed };
}

function specOf(name: string, raw: Record<string, unknown>): MessageSpec {
  const fields = Object.entries(raw).filter(([key]) => /^\d+$/.test(key)) as [string, FieldSpec][];
  return {
    name,
    bitmap: raw.bitmap === 'binary' ? 'binary' : 'hex',
    bitmapFixed128: raw.bitmapFixed128 === true,
    fields: Object.fromEntries(fields),
  };
}

function runCase(
  codec: MessageCodec | undefined,
  { spec, raw, fields, decodeError }: VectorCase,
): string | undefined {
  if (codec === undefined) return `no specification "${spec}"`;
  const unpacked = codec.unpack(Buffer.from(raw, 'hex'));
  if (decodeError !== undefined || fields === undefined)
    return unpacked.ok ? `should not decode (${decodeError})` : undefined;
  if (!unpacked.ok) return unpacked.error.message;
  const numbers = new Set([...unpacked.fields.keys(), ...Object.keys(fields).map(Number)]);
  for (const number of numbers) {
    const [got, expected] = [unpacked.fields.get(number), fields[number]];
    if (got !== expected) return `field ${number}: expected ${expected}, got ${got}`;
  }
  const packed = codec.pack(unpacked.fields).toString('hex').toUpperCase();
  return packed === raw.toUpperCase() ? undefined : `packed again: expected ${raw}, got ${packed}`;
}
