import { byteOf, lengthOf } from './encoding.ts';
import { type FaultFacts, Iso8583Error, isContentFault } from './faults.ts';
import { FieldCodec } from './field-codec.ts';
import { Input } from './input.ts';
import type { Composite, FieldSpec } from './specification.ts';
import { isTemplate, readObjects, type Tlv, writeTlv } from './tlv.ts';

/** A part of a composite field. Its tag is, if it has none, its place: "1", "2" …, in the second round "2.1" … */
export interface Subfield {
  tag: string;
  name?: string;
  value: string;
  subfields?: Subfield[];
}

/** A fault within a field's value: `unit` counts its characters, of a value in hex its bytes. */
export interface SubfieldFault {
  unit: number;
  facts: Extract<FaultFacts, { code: `subfield-${string}` }>;
}

/** What could be read, and what is wrong with the rest. */
export interface SubfieldsRead {
  subfields: Subfield[];
  faults: SubfieldFault[];
}

/** A part to be written: its value, or what the value is made of. */
export type SubfieldToWrite = { tag: string } & (
  | { value: string }
  | { subfields: readonly SubfieldToWrite[] }
);

/** Reads and writes what a field's value is made of. */
export interface CompositeCodec {
  /** Total. */
  read(value: string): SubfieldsRead;
  /** The field's value. Throws {@link Iso8583Error} if a part is not known or does not fit. */
  write(parts: readonly SubfieldToWrite[]): string;
}

/** The codec of the inside of field `number`. Throws an Error if the specification makes no sense. */
export function compositeOf(number: number, spec: FieldSpec, composite: Composite): CompositeCodec {
  const inside = insideOf(number, spec, composite);
  const isHex = spec.enc === 'raw' || spec.enc === 'hex';
  return {
    read: (value) => inside.read(Buffer.from(value, isHex ? 'hex' : 'latin1')),
    write(parts) {
      const bytes = inside.write(parts);
      return isHex ? bytes.toString('hex').toUpperCase() : bytes.toString('latin1');
    },
  };
}

interface Inside {
  read(bytes: Buffer): SubfieldsRead;
  write(parts: readonly SubfieldToWrite[]): Buffer;
}

function insideOf(number: number, spec: FieldSpec, composite: Composite): Inside {
  switch (composite.by) {
    case 'position':
      return byPosition(number, spec, composite);
    case 'tag':
      return byTag(number, spec, composite);
    case 'ber-tlv':
      return dataObjects(number, spec);
    default:
      throw new Error(
        `field ${number} (${spec.name}): there are no subfields by "${String(Object(composite).by)}"`,
      );
  }
}

/** A part with its own inside. */
interface Part {
  name: string;
  codec: FieldCodec;
  composite: CompositeCodec | undefined;
}

function partOf(number: number, spec: FieldSpec): Part {
  const { name, composite } = spec;
  const inside = composite === undefined ? undefined : compositeOf(number, spec, composite);
  return { name, codec: new FieldCodec(number, spec), composite: inside };
}

const within = (tag: string, facts: SubfieldFault['facts']): SubfieldFault['facts'] => ({
  ...facts,
  tag: facts.tag === '' ? tag : `${tag}.${facts.tag}`,
});

/** Reads one part and adds it, or what is wrong with it; false if nothing can be read behind it. */
function readPart(part: Part, tag: string, input: Input, into: SubfieldsRead): boolean {
  try {
    const value = part.codec.read(input);
    const inner = part.composite?.read(value);
    into.subfields.push({
      tag,
      name: part.name,
      value,
      ...(inner === undefined ? {} : { subfields: inner.subfields }),
    });
    const { encoding } = part.codec;
    for (const { unit, facts } of inner?.faults ?? []) {
      const at = byteOf(encoding, input.start, lengthOf(encoding, value), unit);
      into.faults.push({ unit: at, facts: within(tag, facts) });
    }
    return true;
  } catch (error) {
    if (!(error instanceof Iso8583Error)) throw error;
    const { code, offset } = error.fault;
    const isContent = isContentFault(error.fault);
    const facts: SubfieldFault['facts'] = isContent
      ? { code: 'subfield-content', tag, cause: code }
      : { code: code === 'cut-off' ? 'subfield-cut-off' : 'subfield-length', tag };
    into.faults.push({ unit: offset, facts });
    return isContent;
  }
}

function writePart(part: Part, given: SubfieldToWrite, unknown: (tag: string) => Iso8583Error): Buffer {
  const value = 'value' in given ? given.value : part.composite?.write(given.subfields);
  if (value === undefined) throw unknown(given.tag);
  const bytes = Buffer.alloc(part.codec.maxBytes);
  return bytes.subarray(0, part.codec.write(value, bytes, 0));
}

const unknownSubfield =
  (number: number, { name }: FieldSpec) =>
  (tag: string): Iso8583Error =>
    new Iso8583Error(number, name, 0, { code: 'unknown-subfield', tag });

function byPosition(
  number: number,
  spec: FieldSpec,
  { parts: specs, repeats = false }: Extract<Composite, { by: 'position' }>,
): Inside {
  const parts = specs.map((part) => partOf(number, part));
  if (parts.length === 0) throw new Error(`field ${number} (${spec.name}) needs a part`);
  const unknown = unknownSubfield(number, spec);
  /** The place of the part that comes after `count` others. */
  const tagOf = (count: number): string =>
    repeats ? `${Math.floor(count / parts.length) + 1}.${(count % parts.length) + 1}` : String(count + 1);
  const isRoom = (count: number): boolean => repeats || count < parts.length;
  return {
    read(bytes) {
      const read: SubfieldsRead = { subfields: [], faults: [] };
      const input = new Input(bytes);
      for (let count = 0; input.offset < bytes.length; count++) {
        const tag = tagOf(count);
        if (!isRoom(count)) {
          read.faults.push({ unit: input.offset, facts: { code: 'subfield-left-over', tag } });
          break;
        }
        const before = input.offset;
        if (!readPart(parts[count % parts.length]!, tag, input, read)) break;
        if (input.offset === before && count >= parts.length) break; // parts without a length never end
      }
      return read;
    },
    write(given) {
      const written = given.map((one, count) => {
        if (!isRoom(count) || one.tag !== tagOf(count)) throw unknown(one.tag);
        return writePart(parts[count % parts.length]!, one, unknown);
      });
      return Buffer.concat(written);
    },
  };
}

function byTag(number: number, spec: FieldSpec, by: Extract<Composite, { by: 'tag' }>): Inside {
  const { digits, lenEnc } = by;
  const tagCodec = new FieldCodec(number, {
    ...by.tag,
    name: `tag of ${spec.name}`,
    type: 'fixed',
    pad: 'none',
  });
  const unknown = unknownSubfield(number, spec);
  const valueSpec = { type: 'var', max: spec.max, digits, lenEnc } as const;
  const named = new Map(
    Object.entries(by.parts ?? {}).map(([tag, part]) => [tag, partOf(number, { ...part, ...valueSpec })]),
  );
  const other = partOf(number, { name: 'unknown', enc: 'ascii-an', ...valueSpec });
  return {
    read(bytes) {
      const read: SubfieldsRead = { subfields: [], faults: [] };
      const input = new Input(bytes);
      while (input.offset < bytes.length) {
        const start = input.offset;
        if (bytes.length - start < tagCodec.maxBytes) {
          read.faults.push({ unit: start, facts: { code: 'subfield-cut-off', tag: '' } });
          break;
        }
        const tag = tagCodec.read(input);
        if (!readPart(named.get(tag) ?? other, tag, input, read)) break;
      }
      return read;
    },
    write(given) {
      const written = given.flatMap((one) => {
        const tag = Buffer.alloc(tagCodec.maxBytes);
        tagCodec.write(one.tag, tag, 0);
        return [tag, writePart(named.get(one.tag) ?? other, one, unknown)];
      });
      return Buffer.concat(written);
    },
  };
}

function dataObjects(number: number, spec: FieldSpec): Inside {
  const toTlv = (part: SubfieldToWrite): Tlv =>
    'value' in part
      ? { tag: part.tag, value: part.value }
      : { tag: part.tag, value: writeTlv(part.subfields.map(toTlv)).toString('hex').toUpperCase() };
  return {
    read: (bytes) => readDataObjects(bytes),
    write(parts) {
      try {
        return writeTlv(parts.map(toTlv));
      } catch {
        throw new Iso8583Error(number, spec.name, 0, { code: 'not-hex' });
      }
    },
  };
}

/** Deeper than any card or terminal nests them. */
const maxDepth = 8;

/** Objects within objects too: those whose tag says that they hold others. */
function readDataObjects(bytes: Buffer, depth = 1): SubfieldsRead {
  const { objects, fault } = readObjects(bytes);
  const faults: SubfieldFault[] = [];
  const subfields = objects.map(({ tag, value, offset }): Subfield => {
    if (!isTemplate(tag) || depth === maxDepth) return { tag, value };
    const inner = readDataObjects(Buffer.from(value, 'hex'), depth + 1);
    for (const { unit, facts } of inner.faults)
      faults.push({ unit: offset + unit, facts: within(tag, facts) });
    return { tag, value, subfields: inner.subfields };
  });
  if (fault !== undefined) {
    const code = fault.why === 'cut-off' ? 'subfield-cut-off' : 'subfield-length';
    faults.push({ unit: fault.offset, facts: { code, tag: '' } });
  }
  return { subfields, faults };
}
