import { type Queries, sql } from '../store/index.ts';

interface Sum {
  place: string;
  count: number;
  sum: number;
}

/** The sums as they were kept while payments and debts moved, and as a full count has them: each pair has to be the same. */
export async function sumsAndFullCounts(queries: Queries): Promise<{ kept: Sum[]; counted: Sum[] }> {
  const kept = await queries.query<Sum>(sql`
    select 'payments ' || bucket || ' ' || stage || ' ' || bank_id as place, count, sum_minor as sum from payment_sums where count <> 0
    union all select 'debts ' || bucket || ' ' || state, count, sum_minor from debt_sums where count <> 0 order by place`);
  const counted = await queries.query<Sum>(sql`
    select 'payments ' || bucket || ' ' || case when state = 'declined' then 'declined ' when has_debt then 'recovered ' || bank_id
        else 'collected ' || bank_id end as place, count(*) as count, sum(amount_minor)::bigint as sum
      from payments where state = 'collected' or (state = 'declined' and not has_debt) group by 1
    union all select 'debts ' || bucket || ' ' || state, count(*), sum(amount_minor)::bigint from debts group by 1 order by place`);
  return { kept, counted };
}
