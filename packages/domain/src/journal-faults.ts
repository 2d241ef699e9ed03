import { z } from 'zod';
import { currency } from './primitives.ts';

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
 * Why intake refuses an entry: as {@link chainFaults}, or another text under a known number, a line that is no entry, or a value
 * that the store cannot hold.
 */
export const intakeFaults = [...chainFaults, 'changed', 'unreadable', 'not-storable'] as const;
export const intakeFault = z.enum(intakeFaults);
export type IntakeFault = z.infer<typeof intakeFault>;

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
