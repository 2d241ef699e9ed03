import type { hostApi } from '@bivak/contracts';
import type { WaitKind } from '@bivak/domain';
import { type Queries, sql } from '../store/index.ts';

/** What is under way. `isBusy`: a worker that may make work for another is. */
export async function workView(queries: Queries, isBusy: boolean): Promise<hostApi.Work> {
  const [counts] = await queries.query<{
    unfolded: number;
    payments: number;
    ended_due: number;
    untold: number;
    attempting: number;
    undiscovered: number;
    notices: number;
    next: Date | null;
  }>(sql`
    select
      (select count(*) from intake i join intake_folded f on f.till_bucket = i.till_bucket and f.till_id = i.till_id
        where i.seq > f.seq) as unfolded,
      (select count(*) from payments where state not in ('collected', 'declined', 'cancelled')) as payments,
      (select count(*) from payments where due_at is not null and state in ('collected', 'declined', 'cancelled')) as ended_due,
      (select count(*) from payments where pending_outcome is not null and due_at is null and state in ('collected', 'declined', 'cancelled')) as untold,
      (select count(*) from debts where state = 'attempting') as attempting,
      (select count(*) from payments where recovery_due) as undiscovered,
      (select count(*) from notices where state in ('stored', 'sending')) as notices,
      (select min(due_at) from debts) as next`);
  return {
    intakeBacklog: counts!.unfolded + (isBusy ? 1 : 0),
    paymentsInFlight: counts!.payments + counts!.ended_due + counts!.untold,
    debtsAttempting: counts!.attempting + counts!.undiscovered,
    noticesInFlight: counts!.notices,
    waiting: await waiting(queries),
    nextDueAt: counts!.next?.toISOString() ?? null,
  };
}

/** Payments that wait, by the kind of reason. */
async function waiting(queries: Queries): Promise<hostApi.Work['waiting']> {
  const found = await queries.query<{ kind: WaitKind; count: number; sum: string; next: Date | null }>(sql`
    select wait ->> 'kind' as kind, count(*) as count, sum(amount_minor)::text as sum,
      min(case when lease is null then due_at end) as next
    from payments where wait is not null group by 1 order by 1`);
  return found.map(({ kind, count, sum, next }) => ({
    kind,
    count,
    sumMinor: Number(sum),
    nextAt: next?.toISOString() ?? null,
  }));
}
