import { z } from 'zod';
import { cardDataFault } from './card.ts';
import { amountMinor, currency } from './primitives.ts';

/**
 * Why an entry is not taken into a journal's chain:
 * - `malformed`: the text is no journal entry, or not in canonical form
 * - `wrong-till`: another till's entry
 * - `bad-signature`: this till's key did not sign it
 * - `gap`: entries before it are missing
 * - `repeated`: an entry of this number is already in the chain
 * - `broken-chain`: it follows another entry than the last one
 */
export const chainFaults = [
  'malformed',
  'wrong-till',
  'bad-signature',
  'gap',
  'repeated',
  'broken-chain',
] as const;
export const chainFault = z.enum(chainFaults);
export type ChainFault = z.infer<typeof chainFault>;

/**
 * Why intake refuses an entry: as {@link chainFaults}, or what lies beside its text is missing or another than it commits to, or another text under a known number, a line that is no entry, a value
 * that the store cannot hold, or a former key of the till after a newer one has signed.
 */
export const intakeFaults = [
  ...chainFaults,
  'changed',
  'unreadable',
  'not-storable',
  'former-key',
  'attachment-missing',
  'attachment-differs',
] as const;
export const intakeFault = z.enum(intakeFaults);
export type IntakeFault = z.infer<typeof intakeFault>;

/** What two entries that name one sale differ in; `repeat`: nothing that counts. */
export const saleDifferences = ['sum', 'card', 'repeat'] as const;
export const saleDifference = z.enum(saleDifferences);
export type SaleDifference = z.infer<typeof saleDifference>;

/** What an entry says of the money of its sale. */
const saleFigures = z.object({ seq: z.number().int(), amountMinor, currency });

/** Why a good entry of a journal cannot be folded into a payment (now). */
export const quarantineReason = z.discriminatedUnion('kind', [
  /** A newer till writes entries of a kind, or of a form, that this host does not know yet: folded once it does. */
  z.object({ kind: z.literal('unknown-kind'), entryKind: z.string() }),
  z.object({ kind: z.literal('newer-version'), entryKind: z.string(), version: z.number().int() }),
  z.object({ kind: z.literal('malformed-body'), entryKind: z.string() }),
  z.object({ kind: z.literal('no-intent') }),
  z.object({ kind: z.literal('no-card') }),
  z.object({ kind: z.literal('sale-of-another-till') }),
  z.object({ kind: z.literal('wrong-currency'), currency, expectedCurrency: currency }),
  z.object({ kind: z.literal('zero-sum') }),
  z.object({ kind: z.literal('sum-too-large') }),
  /** The sale of this id was written before, perhaps with another sum or card: never taken for the same in silence. */
  z.object({
    kind: z.literal('sale-repeated'),
    first: saleFigures,
    second: saleFigures.nullable(),
    differs: saleDifference,
  }),
  /** The journal has ended the sale before, the other way. */
  z.object({
    kind: z.literal('ended-before'),
    end: z.enum(['accepted', 'abandoned']),
    seq: z.number().int(),
  }),
  /** A sale by card that its end calls paid in cash. */
  z.object({ kind: z.literal('tender-differs') }),
  /** What was debited for it was given back before its till said that it was sold. */
  z.object({ kind: z.literal('given-back') }),
  /** The host's keys do not open its card data: folded once they do. */
  z.object({ kind: z.literal('card-unreadable'), fault: cardDataFault }),
  /** Its card may not be debited for it, and no key would mend that: another card, another sale's tap, nothing arrived. */
  z.object({ kind: z.literal('card-refused'), fault: cardDataFault }),
  /** It holds a value that the store cannot. */
  z.object({ kind: z.literal('not-storable') }),
]);
export type QuarantineReason = z.infer<typeof quarantineReason>;
export type QuarantineKind = QuarantineReason['kind'];

/** Reasons that end by themselves when the host is brought up to date. */
export const unexplainedKinds = [
  'unknown-kind',
  'newer-version',
] as const satisfies readonly QuarantineKind[];
