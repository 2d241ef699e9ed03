import type { hostApi } from '@bivak/contracts';
import { type StoreDecision, storeDecisions } from '@bivak/domain';
import { currentEpoch, openDoubts } from '../epoch/epoch.ts';
import { type Queries, sql } from '../store/index.ts';

const nothing: hostApi.Stage = { count: 0, sumMinor: 0 };

/** Whether the store is known to be as new as the world, and what is at stake if it is not. */
export async function storeView(queries: Queries, nowMs: number): Promise<hostApi.Store> {
  const { epoch, epochId, inDoubt, began } = await currentEpoch(queries);
  const options: readonly StoreDecision[] = inDoubt ? storeDecisions : [];
  return {
    epoch,
    epochId,
    beganAt: (began?.began_at ?? new Date(nowMs)).toISOString(),
    decidedBy: began?.decided_by ?? null,
    why: began?.why ?? null,
    doubts: inDoubt ? await openDoubts(queries) : [],
    atStake: inDoubt ? await notKnownSince(queries, epoch + 1) : nothing,
    perhapsDebited: epoch > 1 ? await notKnownSince(queries, epoch) : nothing,
    options: [...options],
  };
}

/** Payments for which something may be sent, and of which it is not known in this epoch what was debited. */
async function notKnownSince(queries: Queries, epoch: number): Promise<hostApi.Stage> {
  const [open] = await queries.query<{ count: number; sum: string | null }>(sql`
    select count(*) as count, sum(amount_minor)::text as sum from payments
    where epoch < ${epoch} and state not in ('collected', 'cancelled')`);
  const [waiting] = await queries.query<{ count: number; sum: string | null }>(sql`
    select count(*) as count, sum(amount_minor)::text as sum from payments
    where epoch < ${epoch} and state in ('collected', 'cancelled') and wait is not null and wait ->> 'kind' = 'perhaps-debited'`);
  return {
    count: (open?.count ?? 0) + (waiting?.count ?? 0),
    sumMinor: Number(open?.sum ?? 0) + Number(waiting?.sum ?? 0),
  };
}
