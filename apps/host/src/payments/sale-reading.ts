import type { MendedPart, QuarantineReason, SaleDifference } from '@bivak/domain';
import type { Entry, EntryBody, EntryEnvelope, KnownKinds } from '@bivak/journal';
import { maxDebitMinor, type SaleEntry } from '../intake/journal-reading.ts';
import { readMended } from './mending.ts';
import { QuarantineError } from './quarantine-error.ts';

/** An intent as it is read, with what of it was mended. */
export interface ReadIntent {
  envelope: EntryEnvelope;
  entry: Entry;
  intent: EntryBody<'sale.intent'>;
  mended: readonly MendedPart[];
}

/** Reads an intent. Throws {@link QuarantineError} if this program cannot: what follows it then waits for the same newer program. */
export function readIntent(envelope: EntryEnvelope, known?: KnownKinds): ReadIntent {
  const read = readMended(envelope, known);
  if (!read.ok) throw new QuarantineError(read.reason);
  if (read.entry.kind !== 'sale.intent') throw new QuarantineError({ kind: 'no-intent' });
  return { envelope, entry: read.entry, intent: read.entry.body, mended: read.mended };
}

/**
 * The intent by which an entry of its sale is understood, from what the journal says of the sale before it. Throws
 * {@link QuarantineError} if there is none, or if the sale's number was used twice: which of the two is meant is a person's to say.
 */
export function intentBefore(
  { seq, before }: { seq: number; before: readonly SaleEntry[] },
  known?: KnownKinds,
): ReadIntent {
  const [first, ...others] = before.filter(({ kind }) => kind !== 'sale.abandoned');
  if (first?.kind !== 'sale.intent') throw new QuarantineError({ kind: 'no-intent' });
  const firstRead = readIntent(first.envelope, known);
  const own = others.filter(({ kind, seq: at }) => kind === 'sale.intent' && at < seq).at(-1);
  if (others.length > 0) throw new QuarantineError(repeated(first.seq, firstRead, own, known));
  return firstRead;
}

/** An intent whose sale's number was used before it. */
export const repeatedIntent = (
  before: readonly SaleEntry[],
  own: SaleEntry,
  known?: KnownKinds,
): QuarantineReason | undefined => {
  const first = before.find(({ kind }) => kind === 'sale.intent');
  if (first === undefined) return undefined;
  return repeated(first.seq, readIntent(first.envelope, known), own, known);
};

function repeated(
  firstSeq: number,
  first: ReadIntent,
  own: SaleEntry | undefined,
  known?: KnownKinds,
): QuarantineReason {
  const second = own === undefined ? undefined : readIntent(own.envelope, known);
  const figures = ({ intent: { totalMinor: amountMinor, currency } }: ReadIntent, seq: number) => ({
    seq,
    amountMinor,
    currency,
  });
  return {
    kind: 'sale-repeated',
    first: figures(first, firstSeq),
    second: second === undefined ? null : figures(second, own!.seq),
    differs: second === undefined ? 'repeat' : differenceOf(first, second),
  };
}

function differenceOf({ intent: one }: ReadIntent, { intent: other }: ReadIntent): SaleDifference {
  if (one.totalMinor !== other.totalMinor || one.currency !== other.currency) return 'sum';
  return one.card?.cardReference === other.card?.cardReference ? 'repeat' : 'card';
}

export interface CardIntent extends ReadIntent {
  card: NonNullable<EntryBody<'sale.intent'>['card']>;
}

/** An intent from which a payment can be made. Throws {@link QuarantineError} if none can. */
export function cardIntent(read: ReadIntent, tillId: string, expectedCurrency: string): CardIntent {
  const { card, currency, totalMinor, saleId } = read.intent;
  if (card === null) throw new QuarantineError({ kind: 'no-card' });
  if (saleId.slice(0, saleId.lastIndexOf('-')) !== tillId)
    throw new QuarantineError({ kind: 'sale-of-another-till' });
  if (currency !== expectedCurrency)
    throw new QuarantineError({ kind: 'wrong-currency', currency, expectedCurrency });
  if (totalMinor === 0) throw new QuarantineError({ kind: 'zero-sum' });
  if (totalMinor > maxDebitMinor) throw new QuarantineError({ kind: 'sum-too-large' });
  return { ...read, card };
}
