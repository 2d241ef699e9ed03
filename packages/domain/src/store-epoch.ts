import { z } from 'zod';
import { tillId } from './primitives.ts';

/**
 * What names a store's history: a number that counts from 1, and a random id. A new epoch begins whenever a person decides that
 * a store which was put back from an older copy goes on; numbers of an epoch are never given again in a later one.
 */
export const storeEpoch = z.object({ epoch: z.number().int().min(1), epochId: z.string().min(1).max(60) });
export type StoreEpoch = z.infer<typeof storeEpoch>;

const seq = z.number().int();

/**
 * Why it is doubted that the store is as new as the world, each with its facts:
 * - `witness-ahead`: a host has sent messages to banks that the store does not know
 * - `witness-of-other-store`: a host's witness is of an epoch that the store does not know
 * - `no-witness`: a host has no witness of a store that has a history, and no other host vouches for it
 * - `till-ahead`: a till holds an acknowledgement of an entry that the store lacks
 * - `till-of-other-epoch`: a till knows an epoch that the store does not know
 * - `outcomes-ahead`: a till holds outcomes that the store has not told
 * - `stop-list-ahead`, `stop-list-differs`: a till holds a stop-list that the store has not published, or has another of
 */
export const doubtData = {
  'witness-ahead': z.object({ hostName: z.string(), lacking: z.number().int(), paymentId: z.string() }),
  'witness-of-other-store': z.object({ hostName: z.string() }),
  'no-witness': z.object({ hostName: z.string() }),
  'till-ahead': z.object({ tillId, seq, storedSeq: seq }),
  'till-of-other-epoch': z.object({ tillId }),
  'outcomes-ahead': z.object({ tillId, cursor: seq, storedCursor: seq }),
  'stop-list-ahead': z.object({ tillId, version: seq, storedVersion: seq }),
  'stop-list-differs': z.object({ tillId, version: seq }),
} as const;
export type DoubtCause = keyof typeof doubtData;
export const doubtCauses = Object.keys(doubtData) as [DoubtCause, ...DoubtCause[]];
export type DoubtFacts = {
  [Cause in DoubtCause]: { cause: Cause; data: z.infer<(typeof doubtData)[Cause]> };
}[DoubtCause];
export const doubtFacts = z.discriminatedUnion(
  'cause',
  doubtCauses.map((cause) => z.object({ cause: z.literal(cause), data: doubtData[cause] })) as unknown as [
    z.ZodObject<{ cause: z.ZodLiteral<DoubtCause> }>,
  ],
) as unknown as z.ZodType<DoubtFacts>;

/**
 * What a person decides about a store in doubt:
 * - `restored`: it was put back from an older copy. A new epoch begins; what may have been debited meanwhile is held.
 * - `nothing-lost`: it is as new as the world, and what raised the doubt is wrong. It goes on as it was.
 */
export const storeDecisions = ['restored', 'nothing-lost'] as const;
export const storeDecision = z.enum(storeDecisions);
export type StoreDecision = z.infer<typeof storeDecision>;
