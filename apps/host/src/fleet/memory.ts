import type { uplinkApi } from '@bivak/contracts';
import { type DoubtFacts, Problem } from '@bivak/domain';
import {
  type CurrentEpoch,
  cursorFloor,
  knowsEpoch,
  raiseDoubt,
  stopListFloor,
  trustedEpoch,
} from '../epoch/epoch.ts';
import { acknowledgedPlace } from '../intake/intake.ts';
import { publishedHash } from '../stoplist/publisher.ts';
import { type Queries, sql } from '../store/index.ts';
import { lastCursor } from './outbox.ts';

export type TillMemory = uplinkApi.TillMemory;

/** The store's epoch, and whether the till knows it already. */
export type TillsEpoch = CurrentEpoch & { isKnown: boolean };

/**
 * Compares what a till knows of the store with the store. A till that knows more than the store shows that this is older than
 * the world: it comes in doubt. One that does not know the store's epoch yet has sent entries in an earlier one, which are
 * marked before it learns the epoch: sent again, they may have been debited already. Throws Problem `store-in-doubt`.
 */
export async function compareMemory(
  queries: Queries,
  tillId: string,
  memory: TillMemory | null,
  nowMs: number,
): Promise<TillsEpoch> {
  const now = await trustedEpoch(queries);
  if (memory === null) return { ...now, isKnown: now.epoch === 1 };
  const doubt = await doubtBy(queries, tillId, memory, now);
  if (doubt !== null && (await raiseDoubt(queries, now.epoch, doubt, nowMs)))
    throw new Problem('store-in-doubt', {});
  if (memory.epochId === now.epochId) return { ...now, isKnown: true };
  if (now.epoch > 1) await markSent(queries, tillId, memory.shippedSeq);
  return { ...now, isKnown: now.epoch === 1 };
}

async function doubtBy(
  queries: Queries,
  tillId: string,
  memory: TillMemory,
  now: CurrentEpoch,
): Promise<DoubtFacts | null> {
  const { epochId } = memory;
  if (epochId === null) return null;
  if (epochId !== now.epochId)
    return (await knowsEpoch(queries, epochId)) ? null : { cause: 'till-of-other-epoch', data: { tillId } };
  return (
    (await doubtByJournal(queries, tillId, memory)) ??
    (await doubtByOutcomes(queries, tillId, memory, now)) ??
    (await doubtByStopList(queries, tillId, memory, now))
  );
}

async function doubtByJournal(
  queries: Queries,
  tillId: string,
  { acknowledgedSeq: seq }: TillMemory,
): Promise<DoubtFacts | null> {
  const { seq: storedSeq } = await acknowledgedPlace(queries, tillId);
  return seq > storedSeq ? { cause: 'till-ahead', data: { tillId, seq, storedSeq } } : null;
}

async function doubtByOutcomes(
  queries: Queries,
  tillId: string,
  { outcomesCursor: cursor }: TillMemory,
  { epoch }: CurrentEpoch,
): Promise<DoubtFacts | null> {
  if (cursor <= cursorFloor(epoch)) return null;
  const storedCursor = await lastCursor(queries, tillId);
  return cursor > storedCursor ? { cause: 'outcomes-ahead', data: { tillId, cursor, storedCursor } } : null;
}

async function doubtByStopList(
  queries: Queries,
  tillId: string,
  { stopListVersion: version, stopListHash }: TillMemory,
  { epoch }: CurrentEpoch,
): Promise<DoubtFacts | null> {
  if (version <= stopListFloor(epoch)) return null;
  const { newest: storedVersion, hash } = await publishedHash(queries, version);
  if (version > storedVersion) return { cause: 'stop-list-ahead', data: { tillId, version, storedVersion } };
  const isSame = hash === null || hash === stopListHash;
  return isSame ? null : { cause: 'stop-list-differs', data: { tillId, version } };
}

/** Never less than before: an old request, come once more, takes nothing back. */
async function markSent(queries: Queries, tillId: string, seq: number): Promise<void> {
  await queries.query(sql`
    update tills set sent_before_epoch_seq = greatest(sent_before_epoch_seq, ${seq}::bigint) where till_id = ${tillId}`);
}
