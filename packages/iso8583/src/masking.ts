import type { Subfield } from './composite.ts';
import type { MessageCodec } from './message.ts';
import { isTemplate } from './tlv.ts';

export const hidden = (value: string): string => '*'.repeat(value.length);
const maskedPan = (pan: string): string =>
  pan.length < 12 ? hidden(pan) : `${pan.slice(0, 6)}${'*'.repeat(pan.length - 10)}${pan.slice(-4)}`;
/** A card number in free text, where it should not be but sometimes is; also in groups. */
const withMaskedPans = (text: string): string =>
  text.replaceAll(/(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g, maskedPan);

/** Tracks: the number is masked, what follows it is hidden. */
const trackFields: readonly number[] = [35, 36, 45];
/** Fields in which a card's data is at home. */
const cardFields: readonly number[] = [2, 34, ...trackFields, 52, 55];
/** Track 1, track 2 equivalent, PAN, track 2 discretionary data (EMV 4.3, book 3, annex A). */
const cardTags: readonly string[] = ['56', '57', '5A', '9F1F', '9F20', '9F6B'];

/** True if none of a field's texts may be shown as it is. */
export const mayHoldCard = (field: number, texts: readonly string[]): boolean =>
  cardFields.includes(field) || texts.some((text) => withMaskedPans(text) !== text);

/** A field's value in all the ways in which a card number may be read in it. */
export function textsOf(codec: MessageCodec, field: number, value: string): string[] {
  const parts = (subfields: readonly Subfield[]): string[] =>
    subfields.flatMap(({ value: part, subfields: inner }) => [part, ...parts(inner ?? [])]);
  return [value, charactersOf(codec, field, value), ...parts(codec.subfields(field, value)?.subfields ?? [])];
}

const isInHex = ({ spec }: MessageCodec, field: number): boolean =>
  ['raw', 'hex'].includes(spec.fields[field]?.enc ?? '');
const charactersOf = (codec: MessageCodec, field: number, value: string): string =>
  isInHex(codec, field) ? Buffer.from(value, 'hex').toString('latin1') : value;

export function maskedField(codec: MessageCodec, field: number, value: string): string {
  if (field === 2 || field === 34) return maskedPan(value);
  if (trackFields.includes(field)) {
    const [, before = '', pan = '', rest = ''] = /^(\D*)(\d*)(.*)$/s.exec(value) ?? [];
    return `${before}${maskedPan(pan)}${hidden(rest)}`;
  }
  if (field === 52) return hidden(value);
  if (field === 90) return value;
  if (field === 55 || codec.spec.fields[field]?.composite?.by === 'ber-tlv')
    return maskedTags(codec, field, value);
  const characters = charactersOf(codec, field, value);
  const isHexOfPan = characters !== value && withMaskedPans(characters) !== characters;
  return isHexOfPan ? hidden(value) : withMaskedPans(value);
}

/** The whole is hidden if a part of it has to be, or if its parts cannot be told apart; `tags` shows the rest. */
function maskedTags(codec: MessageCodec, field: number, value: string): string {
  const read = codec.subfields(field, value);
  const isClean = read?.faults.length === 0 && !read.subfields.some(holdsCard);
  return isClean ? value : hidden(value);
}

/** The tag itself, or one within it; a template that was not opened may hold anything. */
const holdsCard = ({ tag, subfields }: Subfield): boolean =>
  cardTags.includes(tag) || (isTemplate(tag) && (subfields?.some(holdsCard) ?? true));

/** A data object's value, hidden if it is the card's or holds something of it. `isWhole`: nothing in the field is wrong. */
export const maskedTag = (subfield: Subfield, isWhole: boolean): string =>
  holdsCard(subfield) || (!isWhole && isTemplate(subfield.tag)) ? hidden(subfield.value) : subfield.value;
