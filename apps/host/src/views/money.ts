import type { hostApi } from '@bivak/contracts';
import { paidDebtStates } from '@bivak/domain';
import { type Queries, sql } from '../store/index.ts';
import { unaccountedInAll } from './accounting.ts';

/** In which stage a payment's money is, by the payment's own state and its debt's. */
export async function moneyView(queries: Queries, currency: string): Promise<hostApi.Money> {
  const found = await queries.query<{ stage: string; count: number; sum: string }>(sql`
    select case
        when d.state = any(${paidDebtStates}::text[]) then 'recovered'
        when d.state = 'stop-listed' then 'stopListed'
        when d.state is not null or p.state = 'declined' then 'declined'
        when p.state = 'collected' then 'collected'
        when p.state in ('received', 'routed') then 'toBeSent'
        else 'atBanks' end as stage,
      count(*) as count, sum(p.amount_minor)::text as sum
    from payments p left join debts d on d.bucket = p.bucket and d.payment_id = p.payment_id
    where p.state <> 'cancelled' group by 1`);
  const stage = (name: string): hostApi.Stage => {
    const row = found.find((one) => one.stage === name);
    return { count: row?.count ?? 0, sumMinor: Number(row?.sum ?? 0) };
  };
  return {
    currency,
    toBeSent: stage('toBeSent'),
    atBanks: stage('atBanks'),
    collected: stage('collected'),
    declined: stage('declined'),
    recovered: stage('recovered'),
    stopListed: stage('stopListed'),
    unaccounted: await unaccountedInAll(queries, currency),
  };
}
