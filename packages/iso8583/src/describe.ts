import type { Subfield } from './composite.ts';
import { type Fault, type FaultCode, Iso8583Error } from './faults.ts';
import { deframe, FramingError, type LengthHeader } from './framing.ts';
import { hidden, maskedField, maskedTag, mayHoldCard, textsOf } from './masking.ts';
import { valueMeaning } from './meanings.ts';
import { compileSpec, type FieldFault, type MessageCodec } from './message.ts';
import { unpackOriginalData, unpackOriginalData93 } from './original-data.ts';
import type { MessageSpec } from './specification.ts';
import type { Tlv } from './tlv.ts';
import { type Tpdu, withoutTpdu } from './tpdu.ts';

/** Whose messages they are: a bank's profile is one. */
export interface MessageFormat {
  name: string;
  header: LengthHeader;
  /** Each message stands behind a transport header. */
  tpdu?: Tpdu;
  spec: MessageSpec;
}

/** One field of a message as it is shown. */
export interface DescribedField {
  field: number;
  name: string;
  /** Of a field that does not hold what its format promises: its bytes in hex. */
  value: string;
  meaning?: string;
  /** What is wrong with it, as in `faults`. */
  fault?: FaultCode;
  /** The data objects that it holds (DE 55). */
  tags?: DescribedTag[];
  /** What else it is made of. */
  subfields?: Subfield[];
  /** What DE 90, or DE 56 of 1993, holds. */
  original?: { messageType: string; stan: string; transmittedAt?: string; localTime?: string };
}

export interface DescribedTag extends Tlv {
  tags?: DescribedTag[];
}

export interface DescribedMessage {
  profile: string;
  format: string;
  messageType: string;
  meaning: string;
  /** The bytes began with the profile's length header. */
  framed: boolean;
  fields: DescribedField[];
  /** What does not hold what its format promises, each with its byte. */
  faults: Fault[];
}

/**
 * What a message holds, for `bivak inspect iso8583`: each field with its number, name, value and, if it has one, its
 * meaning. The bytes may begin with the format's length header. Card numbers and tracks are masked unless `showCard`.
 * A field that does not hold what its format promises is told with the rest. Throws an {@link Iso8583Error} if the bytes
 * are no message of the format.
 */
export function describeMessage(
  { name, header, spec, tpdu }: MessageFormat,
  bytes: Buffer,
  options: { showCard?: boolean } = {},
): DescribedMessage {
  const codec = compileSpec(spec);
  const { fields, faults, inner } = unpackEither(codec, header, tpdu, bytes);
  const mask = options.showCard !== true;
  const messageType = fields.get(0) ?? '';
  const headerBytes = bytes.length - inner.length;
  const faulty = faults.filter(({ field }) => !fields.has(field));
  return {
    profile: name,
    format: spec.name,
    messageType,
    meaning: valueMeaning(0, messageType, messageType) ?? '',
    framed: headerBytes > 0,
    fields: [
      ...[...fields].map(([field, value]) => ({
        field,
        name: spec.fields[field]?.name ?? `DE ${field}`,
        value: mask ? maskedField(codec, field, value) : value,
        ...detailsOf(codec, messageType, field, value, mask),
      })),
      ...faulty.map((fault) => describedFault(fault, inner, mask)),
    ].toSorted((a, b) => a.field - b.field),
    faults: faults.map(({ start: _start, size: _size, ...fault }) => ({
      ...fault,
      offset: fault.offset + headerBytes,
    })),
  };
}

function describedFault(
  { field, name, code, start, size }: FieldFault,
  bytes: Buffer,
  mask: boolean,
): DescribedField {
  const content = bytes.subarray(start, start + size);
  const hex = content.toString('hex').toUpperCase();
  const isShown = !mask || !mayHoldCard(field, [content.toString('latin1'), hex]);
  return { field, name, value: isShown ? hex : hidden(hex), fault: code };
}

interface Read {
  fields: Map<number, string>;
  faults: FieldFault[];
  /** The message without its length header. */
  inner: Buffer;
}

/** The message alone, or behind its length header. */
function unpackEither(
  codec: MessageCodec,
  header: LengthHeader,
  tpdu: Tpdu | undefined,
  whole: Buffer,
): Read {
  const behind = (bytes: Buffer | undefined): Buffer | undefined =>
    bytes === undefined || tpdu === undefined ? bytes : (withoutTpdu(bytes) ?? bytes);
  const bytes = behind(whole)!;
  const inner = behind(insideFrame(header, whole));
  const framed = inner === undefined ? undefined : codec.unpackLeniently(inner);
  if (framed?.ok) return { ...framed, inner: inner! };
  const unpacked = codec.unpackLeniently(bytes);
  if (unpacked.ok) return { ...unpacked, inner: bytes };
  if (framed === undefined) throw unpacked.error;
  // A length that fits is no accident: what is wrong is wrong behind it.
  const { fault } = framed.error;
  throw new Iso8583Error(fault.field, fault.name, fault.offset + whole.length - inner!.length, fault);
}

function insideFrame(header: LengthHeader, bytes: Buffer): Buffer | undefined {
  try {
    const { messages, rest } = deframe(header, bytes);
    return messages.length === 1 && rest.length === 0 ? messages[0] : undefined;
  } catch (error) {
    if (error instanceof FramingError) return undefined;
    throw error;
  }
}

function detailsOf(
  codec: MessageCodec,
  messageType: string,
  field: number,
  value: string,
  mask: boolean,
): Pick<DescribedField, 'meaning' | 'tags' | 'subfields' | 'original'> {
  const meaning = field === 0 ? undefined : valueMeaning(field, value, messageType);
  if (meaning !== undefined) return { meaning };
  const is93 = messageType.startsWith('1');
  if (field === (is93 ? 56 : 90)) {
    const original = is93 ? unpackOriginalData93(value) : unpackOriginalData(value);
    return original === undefined ? {} : { original };
  }
  const read = codec.subfields(field, value);
  if (read === undefined) return {};
  if (codec.spec.fields[field]?.composite?.by === 'ber-tlv') {
    const show = (tag: Subfield): string => (mask ? maskedTag(tag, read.faults.length === 0) : tag.value);
    return { tags: read.subfields.map((tag) => describedTag(tag, show)) };
  }
  // A card number may lie across the parts.
  const isShown = !mask || !mayHoldCard(field, textsOf(codec, field, value));
  return { subfields: isShown ? read.subfields : read.subfields.map(hiddenSubfield) };
}

function describedTag(subfield: Subfield, show: (subfield: Subfield) => string): DescribedTag {
  const tags = subfield.subfields?.map((inner) => describedTag(inner, show));
  return { tag: subfield.tag, value: show(subfield), ...(tags === undefined ? {} : { tags }) };
}

function hiddenSubfield({ value, subfields, ...rest }: Subfield): Subfield {
  const inner = subfields === undefined ? {} : { subfields: subfields.map(hiddenSubfield) };
  return { ...rest, value: hidden(value), ...inner };
}
