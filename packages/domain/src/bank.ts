import { z } from 'zod';
import { amountMinor, durationMs, percent } from './primitives.ts';

/** `failing`: errors or silence lately; `blocked`: the bank has blocked our account. */
export const bankHealths = ['healthy', 'failing', 'blocked'] as const;
export const bankHealth = z.enum(bankHealths);
export type BankHealth = z.infer<typeof bankHealth>;

/** The session with a bank, from the host's point of view. */
export const bankSessionStates = ['signed-on', 'connecting', 'down'] as const;
export const bankSessionState = z.enum(bankSessionStates);
export type BankSessionState = z.infer<typeof bankSessionState>;

/** Why a message to a bank did not leave, or was not answered. */
export const exchangeFailure = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('no-contract') }),
  z.object({ kind: z.literal('message-not-buildable') }),
  z.object({ kind: z.literal('not-signed-on') }),
  /** Kept back on this side before it left. */
  z.object({ kind: z.literal('held-back') }),
  /** No host of the store holds the connection with the bank, or the one that does cannot be reached. */
  z.object({ kind: z.literal('no-line') }),
  /** The host that holds the connection was handed the message and has not said what came of it. */
  z.object({ kind: z.literal('host-silent') }),
  z.object({ kind: z.literal('no-connection') }),
  z.object({ kind: z.literal('same-request-pending') }),
  z.object({ kind: z.literal('no-answer'), timeoutMs: durationMs }),
  z.object({ kind: z.literal('answer-mismatch') }),
  z.object({ kind: z.literal('connection-lost') }),
]);
export type ExchangeFailure = z.infer<typeof exchangeFailure>;
export type ExchangeFailureKind = ExchangeFailure['kind'];

/** Why a bank stands where it stands in the order: by which fee, and whether after the others because it fails lately. */
export const route = z.object({
  /** `on-us`: the bank issued the card itself. */
  kind: z.enum(['on-us', 'off-us']),
  feePercent: percent,
  isFailing: z.boolean(),
});
export type Route = z.infer<typeof route>;

export const rankedBank = z.object({ bankId: z.string(), costMinor: amountMinor, route });
export type RankedBank = z.infer<typeof rankedBank>;
