import { amountMinor, cardTap, currency, type RefusalReason, saleId, tillId } from '@bivak/domain';
import { z } from 'zod';

/**
 * The purchase for which a card is wanted. The reader seals the card data under it (AES-128-GCM with a key of AES DUKPT; the
 * associated data byte for byte: `purchaseContext` of `@bivak/card`), and repeats it in its answer.
 */
const purchase = { tillId, saleId, amountMinor, currency };

/**
 * Till and card reader over TCP, a line of JSON each. The till requests one reading at a time; the reader prompts, and ends it
 * with the card or with why there is none. Every line of the reader names the sale that it is about: one that comes late is
 * not taken for the next sale's.
 */
export const readerRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('read'), ...purchase }),
  /** The sale wants no card any more. */
  z.object({ type: z.literal('cancel') }),
]);
export type ReaderRequest = z.infer<typeof readerRequest>;

/** What the buyer is to do with the card. */
export const readerPrompts = ['present', 'hold', 'remove'] as const;

/** Why the reader read no card. */
const readingFailures = [
  'card-unreadable',
  'card-not-presented',
  'reader-keys-used-up',
] as const satisfies readonly RefusalReason[];

export const readerMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('prompt'), saleId, prompt: z.enum(readerPrompts) }),
  z.object({ type: z.literal('card'), ...purchase, card: cardTap }),
  z.object({ type: z.literal('failed'), saleId, reason: z.enum(readingFailures) }),
]);
export type ReaderMessage = z.infer<typeof readerMessage>;
export type ReadingFailure = (typeof readingFailures)[number];
