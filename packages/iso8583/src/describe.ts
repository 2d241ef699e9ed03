import { deframe, FramingError, type LengthHeader } from './framing.ts';
import { valueMeaning } from './meanings.ts';
import { compileSpec, type MessageCodec } from './message.ts';
import { unpackOriginalData } from './original-data.ts';
import { Iso8583Error, type MessageSpec } from './specification.ts';
import { readTlv, type Tlv } from './tlv.ts';

/** Whose messages they are: a bank's profile is one. */
export interface MessageFormat {
  name: string;
  header: LengthHeader;
  spec: MessageSpec;
}

/** One field of a message as it is shown. */
export interface DescribedField {
  field: number;
  name: string;
  value: string;
  meaning?: string;
  /** What DE 55 holds. */
  tags?: Tlv[];
  /** What DE 90 holds. */
  original?: { messageType: string; stan: string; transmittedAt: string };
}

export interface DescribedMessage {
  profile: string;
  format: string;
  messageType: string;
  meaning: string;
  /** The bytes began with the profile's length header. */
  framed: boolean;
  fields: DescribedField[];
}

/**
 * What a message holds, for `bivak inspect iso8583`: each field with its number, name, value and, if it has one, its
 * meaning. The bytes may begin with the format's length header. Card numbers and tracks are masked unless `showCard`.
 * Throws an Error that names the field and the byte if the bytes are no message of the format.
 */
export function describeMessage(
  { name, header, spec }: MessageFormat,
  bytes: Buffer,
  options: { showCard?: boolean } = {},
): DescribedMessage {
  const { fields, framed } = unpackEither(compileSpec(spec), header, bytes);
  const mask = options.showCard !== true;
  const messageType = fields.get(0) ?? '';
  return {
    profile: name,
    format: spec.name,
    messageType,
    meaning: valueMeaning(0, messageType) ?? '',
    framed,
    fields: [...fields].map(([field, value]) => ({
      field,
      name: spec.fields[field]?.name ?? `DE ${field}`,
      value: mask ? maskedField(field, value) : value,
      ...detailsOf(field, value, mask),
    })),
  };
}

/** The message alone, or behind its length header. */
function unpackEither(
  codec: MessageCodec,
  header: LengthHeader,
  bytes: Buffer,
): { fields: Map<number, string>; framed: boolean } {
  const inner = insideFrame(header, bytes);
  const framed = inner === undefined ? undefined : codec.unpack(inner);
  if (framed?.ok) return { fields: framed.fields, framed: true };
  const unpacked = codec.unpack(bytes);
  if (unpacked.ok) return { fields: unpacked.fields, framed: false };
  if (framed === undefined) throw unpacked.error;
  // A length that fits is no accident: what is wrong is wrong behind it.
  const { field, offset, what } = framed.error;
  throw new Iso8583Error(field, offset + bytes.length - inner!.length, what);
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
  field: number,
  value: string,
  mask: boolean,
): Pick<DescribedField, 'meaning' | 'tags' | 'original'> {
  const meaning = field === 0 ? undefined : valueMeaning(field, value);
  if (meaning !== undefined) return { meaning };
  if (field === 90) {
    const original = unpackOriginalData(value);
    return original === undefined ? {} : { original };
  }
  if (field !== 55) return {};
  const read = readTlv(Buffer.from(value, 'hex'));
  if (!read.ok) return { meaning: `not readable: ${read.why}` };
  return {
    tags: read.tags.map(({ tag, value: content }) => ({
      tag,
      value: mask ? maskedTag(tag, content) : content,
    })),
  };
}

const hidden = (value: string): string => '*'.repeat(value.length);
const maskedPan = (pan: string): string =>
  pan.length < 12 ? hidden(pan) : `${pan.slice(0, 6)}${'*'.repeat(pan.length - 10)}${pan.slice(-4)}`;

/** Tracks: the number is masked, what follows it is hidden. */
const trackFields: readonly number[] = [35, 36, 45];
/** Track 1, track 2 equivalent, PAN, track 2 discretionary data (EMV 4.3, book 3, annex A). */
const cardTags: readonly string[] = ['56', '57', '5A', '9F1F', '9F20', '9F6B'];

function maskedField(field: number, value: string): string {
  if (field === 2 || field === 34) return maskedPan(value);
  if (trackFields.includes(field)) {
    const [, before = '', pan = '', rest = ''] = /^(\D*)(\d*)(.*)$/s.exec(value) ?? [];
    return `${before}${maskedPan(pan)}${hidden(rest)}`;
  }
  if (field === 52) return hidden(value);
  if (field === 55) return maskedTags(value);
  // A card number in free text, where it should not be but sometimes is; also in groups.
  return field === 90 ? value : value.replaceAll(/(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g, maskedPan);
}

const maskedTag = (tag: string, value: string): string => (holdsCard(tag, value) ? hidden(value) : value);

/** The tag itself, or a template around it. */
function holdsCard(tag: string, value: string): boolean {
  if (cardTags.includes(tag)) return true;
  const isTemplate = (Number.parseInt(tag.slice(0, 2), 16) & 0x20) !== 0;
  if (!isTemplate) return false;
  const read = readTlv(Buffer.from(value, 'hex'));
  return !read.ok || read.tags.some((inner) => holdsCard(inner.tag, inner.value));
}

/** The whole is hidden where a part of it has to be; `tags` shows the rest. */
function maskedTags(value: string): string {
  const read = readTlv(Buffer.from(value, 'hex'));
  return read.ok && !read.tags.some(({ tag, value: content }) => holdsCard(tag, content))
    ? value
    : hidden(value);
}
