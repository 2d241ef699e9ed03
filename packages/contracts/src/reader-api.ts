import { cardTap, type RefusalReason } from '@bivak/domain';
import { z } from 'zod';

/**
 * Till and card reader over TCP, a line of JSON each. The till requests one reading at a time; the reader prompts, and ends it
 * with the card or with why there is none.
 */
export const readerRequest = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('read'),
    saleId: z.string(),
    amountMinor: z.number().int(),
    currency: z.string(),
  }),
  /** The sale wants no card any more. */
  z.object({ type: z.literal('cancel') }),
]);
export type ReaderRequest = z.infer<typeof readerRequest>;

/** What the buyer is to do with the card. */
export const readerPrompts = ['present', 'hold', 'remove'] as const;

/** Why the reader read no card. */
const readingFailures = ['card-unreadable', 'card-not-presented'] as const satisfies readonly RefusalReason[];

export const readerMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('prompt'), prompt: z.enum(readerPrompts) }),
  z.object({ type: z.literal('card'), ...cardTap.shape }),
  z.object({ type: z.literal('failed'), reason: z.enum(readingFailures) }),
]);
export type ReaderMessage = z.infer<typeof readerMessage>;
export type ReadingFailure = (typeof readingFailures)[number];
