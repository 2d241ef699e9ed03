import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSpec, describeMessage, type FieldSpec, iso87, type MessageSpec } from './index.ts';

interface Sample {
  name: string;
  format: string;
  hex: string;
  /** The faults of the fields: number, byte, code. */
  finds: string[];
  /** What ends the reading. */
  ends?: string;
}

/** The fields of the format in EBCDIC, as banks on mainframes have them. */
function inEbcdic(spec: MessageSpec): MessageSpec {
  const encodings: Partial<Record<FieldSpec['enc'], FieldSpec['enc']>> = {
    'ascii-n': 'ebcdic-n',
    'ascii-an': 'ebcdic-an',
  };
  const fields = Object.entries(spec.fields).map(([number, field]): [string, FieldSpec] => [
    number,
    {
      ...field,
      enc: encodings[field.enc] ?? field.enc,
      ...(field.type === 'var' ? { lenEnc: 'ebcdic' } : {}),
    },
  ]);
  return { ...spec, fields: Object.fromEntries(fields) };
}

const ascii = iso87('ASCII, binary bitmap', 'ascii', 'binary');
const formats: Readonly<Record<string, MessageSpec>> = {
  'ascii-binary': ascii,
  'bcd-binary': iso87('packed digits, binary bitmap', 'bcd', 'binary'),
  'ascii-hex': iso87('ASCII, bitmap in hex digits', 'ascii', 'hex'),
  'ebcdic-binary': inEbcdic(ascii),
};
const codecs = new Map(Object.entries(formats).map(([format, spec]) => [format, compileSpec(spec)]));
const samples = JSON.parse(
  readFileSync(new URL('../corpus/messages.json', import.meta.url), 'utf8'),
) as Sample[];

const place = ({ field, offset, code }: { field: number; offset: number; code: string }): string =>
  `${field}@${offset} ${code}`;

describe.each(samples)('$name ($format)', ({ format, hex, finds, ends }) => {
  const codec = codecs.get(format)!;
  const bytes = Buffer.from(hex, 'hex');

  it('is read as it was', () => {
    const read = codec.unpackLeniently(bytes);
    expect(
      read.ok ? { finds: read.faults.map(place) } : { finds: [], ends: place(read.error.fault) },
    ).toEqual(ends === undefined ? { finds } : { finds, ends });
  });

  it('is read or refused with any bytes changed, strictly and leniently alike', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(3), (changes, cutBytes) => {
        const changed = Buffer.from(bytes.subarray(0, bytes.length - cutBytes));
        if (changed.length > 0) for (const { at, byte } of changes) changed[at % changed.length] = byte;
        const strict = codec.unpack(changed);
        const lenient = codec.unpackLeniently(changed);
        if (!lenient.ok) {
          expect(strict.ok).toBe(false);
          return;
        }
        const first = lenient.faults.find(({ code }) => !code.startsWith('subfield'));
        expect(strict.ok ? undefined : place(strict.error.fault)).toBe(first && place(first));
        if (strict.ok) expect(Object.fromEntries(strict.fields)).toEqual(Object.fromEntries(lenient.fields));
        for (const { offset, start, size } of lenient.faults) {
          expect(start).toBeLessThanOrEqual(offset);
          expect(offset).toBeLessThanOrEqual(start + size);
          expect(start + size).toBeLessThanOrEqual(changed.length);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('shows no card number', () => {
    try {
      const shown = describeMessage({ name: 'any', header: 'binary-2', spec: formats[format]! }, bytes);
      expect(JSON.stringify(shown)).not.toMatch(/4761739001|34373631373339303031/);
    } catch (error) {
      expect((error as Error).message).not.toContain('4761739');
    }
  });
});
