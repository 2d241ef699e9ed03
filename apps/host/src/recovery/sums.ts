import type { DebtState } from '@bivak/domain';
import { type Queries, sql } from '../store/index.ts';

/** How many debts there are in a state, and their sum. */
export interface DebtSum {
  state: DebtState;
  count: number;
  sumMinor: number;
}

export async function debtSums(queries: Queries): Promise<DebtSum[]> {
  const found = await queries.query<{ state: DebtState; count: string; sum: string }>(sql`
    select state, sum(count)::text as count, sum(sum_minor)::text as sum from debt_sums group by state`);
  return found.map(({ state, count, sum }) => ({ state, count: Number(count), sumMinor: Number(sum) }));
}
