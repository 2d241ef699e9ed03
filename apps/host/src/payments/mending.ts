import type { MendedPart } from '@bivak/domain';
import { lineItem } from '@bivak/domain';
import {
  type Entry,
  type EntryEnvelope,
  type KnownKinds,
  readBody,
  type UnreadableEntry,
} from '@bivak/journal';

/** An entry as it was read, and what of it was mended. */
export type MendedReading =
  | { ok: true; entry: Entry; mended: readonly MendedPart[] }
  | { ok: false; reason: UnreadableEntry };

/**
 * Reads the body of an entry. What an intent says was sold only decorates: if it is not as it should
 * be, it is mended, and is no reason to lose the money. Sum, currency, card and identity are as the till wrote them, or the entry is not read.
 */
export function readMended(envelope: EntryEnvelope, known?: KnownKinds): MendedReading {
  const read = readBody(envelope, known);
  if (read.ok) return { ...read, mended: [] };
  if (read.reason.kind !== 'malformed-body' || envelope.kind !== 'sale.intent') return read;
  const { body, mended } = plainIntent(envelope.body);
  const again = readBody({ ...envelope, body }, known);
  return again.ok && mended.length > 0 ? { ...again, mended } : read;
}

function plainIntent(body: EntryEnvelope['body']): {
  body: EntryEnvelope['body'];
  mended: MendedPart[];
} {
  const items = Array.isArray(body.lineItems) ? body.lineItems : [];
  const readable = items.filter((item) => lineItem.safeParse(item).success);
  const isWhole = readable.length === items.length && items.length > 0;
  if (isWhole) return { body, mended: [] };
  const lineItems = readable.length > 0 ? readable : [unreadItem(body)];
  return { body: { ...body, lineItems }, mended: ['line-items'] };
}

/** One item over the whole sum, where no item of a sale can be read. */
const unreadItem = ({ totalMinor }: EntryEnvelope['body']) => ({
  sku: '',
  name: '\u{FFFD}',
  quantity: 1,
  priceMinor: totalMinor,
  sumMinor: totalMinor,
  vatRate: 'none',
});

/** Text as the store can keep it: jsonb and text hold every character but NUL, and no half of one. */
export const storableText = (text: string): string => text.replaceAll('\0', '\u{FFFD}').toWellFormed();

/** A value with every text in it storable. */
export function storable<Value>(value: Value): Value {
  if (typeof value === 'string') return storableText(value) as Value;
  if (Array.isArray(value)) return value.map(storable) as Value;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [storableText(key), storable(member)]),
  ) as Value;
}
