import { randomUUID } from 'node:crypto';
import { type DoubtFacts, Problem, type StoreDecision, type StoreEpoch } from '@bivak/domain';
import { type Database, type Queries, type Row, sql } from '../store/index.ts';

/** The epoch of the store, and whether it is doubted that the store is as new as the world. */
export interface CurrentEpoch extends StoreEpoch {
  inDoubt: boolean;
  began: Pick<Row<'store_epochs'>, 'began_at' | 'decided_by' | 'why'> | null;
}

type EpochRow = Pick<Row<'store_epochs'>, 'epoch' | 'epoch_id' | 'began_at' | 'decided_by' | 'why'> & {
  in_doubt: boolean;
};

/** A store that no host has opened yet is in its first epoch, which has no name. */
const unopened: CurrentEpoch = { epoch: 1, epochId: 'unopened', inDoubt: false, began: null };

/** The epoch that is in force. */
export async function currentEpoch(queries: Queries): Promise<CurrentEpoch> {
  const [row] = await queries.query<EpochRow>(sql`
    select epoch, epoch_id, began_at, decided_by, why,
      exists (select 1 from store_doubts where decided_at is null) as in_doubt
    from store_epochs order by epoch desc limit 1`);
  if (row === undefined) return unopened;
  return { epoch: row.epoch, epochId: row.epoch_id, inDoubt: row.in_doubt, began: row };
}

/** As {@link currentEpoch}. Throws Problem `store-in-doubt` if it is: nothing may be taken, sent or published. */
export async function trustedEpoch(queries: Queries): Promise<CurrentEpoch> {
  const now = await currentEpoch(queries);
  if (now.inDoubt) throw new Problem('store-in-doubt', {});
  return now;
}

/** Names the first epoch of a new store; hosts that start together agree on one. */
export async function openEpoch(queries: Queries, nowMs: number): Promise<void> {
  await queries.query(sql`
    insert into store_epochs (epoch, epoch_id, began_at, trace_block_floor)
    values (1, ${randomUUID()}, ${new Date(nowMs)}, 0) on conflict (epoch) do nothing`);
}

/** True if the store knows an epoch of this name, be it an earlier one. */
export async function knowsEpoch(queries: Queries, epochId: string): Promise<boolean> {
  const found = await queries.query(sql`select 1 from store_epochs where epoch_id = ${epochId}`);
  return found.length > 0;
}

/** What a host that has no witness of it could have missed: anything that was taken or sent. */
export async function hasHistory(queries: Queries): Promise<boolean> {
  const found = await queries.query(sql`
    select 1 from trace_numbers union all (select 1 from intake limit 1) limit 1`);
  return found.length > 0;
}

/** What tells a doubt from others of its cause; facts that change while it lasts do not. */
function subjectOf({ data }: DoubtFacts): string {
  const { storedSeq, storedCursor, storedVersion, lacking, ...lasting } = data as Record<string, unknown>;
  return JSON.stringify(lasting);
}

/**
 * Records a doubt. False if a person has decided already that this one is wrong: it is not doubted again. `life` tells apart
 * what may happen again under the same facts.
 */
export async function raiseDoubt(
  queries: Queries,
  epoch: number,
  doubt: DoubtFacts,
  nowMs: number,
  life = '',
): Promise<boolean> {
  const doubtId = `${epoch} ${doubt.cause} ${subjectOf(doubt)}${life}`;
  await queries.query(sql`
    insert into store_doubts (doubt_id, epoch, cause, data, found_at)
    values (${doubtId}, ${epoch}, ${doubt.cause}, ${JSON.stringify(doubt.data)}, ${new Date(nowMs)})
    on conflict (doubt_id) do nothing`);
  const open = await queries.query(sql`
    select 1 from store_doubts where doubt_id = ${doubtId} and decided_at is null`);
  return open.length > 0;
}

/** The doubts that nobody has decided, the oldest first. */
export async function openDoubts(queries: Queries): Promise<(DoubtFacts & { foundAt: string })[]> {
  const found = await queries.query<Pick<Row<'store_doubts'>, 'cause' | 'data' | 'found_at'>>(sql`
    select cause, data, found_at from store_doubts where decided_at is null order by found_at, doubt_id`);
  return found.map(({ cause, data, found_at }) => {
    const doubt = { cause, data, foundAt: found_at.toISOString() };
    return doubt as DoubtFacts & { foundAt: string };
  });
}

/**
 * Blocks of trace numbers that are skipped when a new epoch begins: a quarter of all numbers, more than any host can have
 * used in a time that is lost.
 */
const skippedBlocks = 2_500;

/**
 * Records what a person has decided about the store, and ends every doubt. If it was restored, a new epoch begins, in the
 * same transaction: from then on nothing is sent for any payment of an older one. `witnessedBlock` is the highest block of
 * trace numbers of which this host knows. Throws Problem `store-not-in-doubt`.
 */
export async function decideStore(
  database: Database,
  given: { decision: StoreDecision; by: string; why: string },
  witnessedBlock: number,
  nowMs: number,
): Promise<void> {
  const { decision, by, why } = given;
  const at = new Date(nowMs);
  await database.transaction(async (queries) => {
    await queries.query(sql`lock table store_epochs in share row exclusive mode`);
    const { epoch, inDoubt } = await currentEpoch(queries);
    if (!inDoubt) throw new Problem('store-not-in-doubt', {});
    await queries.query(sql`
      update store_doubts set decision = ${decision}, decided_by = ${by}, why = ${why}, decided_at = ${at}
      where decided_at is null`);
    if (decision === 'nothing-lost') return;
    await queries.query(sql`
      insert into store_epochs (epoch, epoch_id, began_at, trace_block_floor, decided_by, why)
      select ${epoch + 1}::integer, ${randomUUID()}::text, ${at}::timestamptz,
        greatest(coalesce(max(block), 0), ${witnessedBlock}::bigint) + ${skippedBlocks}::bigint, ${by}::text, ${why}::text
      from trace_numbers`);
  });
}

/** Cursors of a till's outbox that an epoch gives are above this: no till has one of them from an earlier epoch. */
export const cursorFloor = (epoch: number): number => (epoch - 1) * 1_000_000_000;

/** Versions of the stop-list that an epoch publishes are above this. */
export const stopListFloor = (epoch: number): number => (epoch - 1) * 1_000_000;
