import { type Queries, type Row, rows, sql, tillBucket } from '../store/index.ts';
import type { Figures, GoodEntry } from './verification.ts';

/** ISO 4217's code for no currency: of sales whose sum is not known. */
export const unknownCurrency = 'XXX';

/**
 * Gives accepted sales by card the sum of their intent: the last one of the sale before them, which is usually the only one and
 * in the same batch.
 */
export async function withSums(
  queries: Queries,
  tillId: string,
  entries: readonly GoodEntry[],
): Promise<GoodEntry[]> {
  const inBatch = new Map<string, Figures | null>();
  const withinBatch = entries.map((entry) => {
    const { kind, saleId, figures } = entry;
    if (saleId !== null && kind === 'sale.intent') inBatch.set(saleId, figures);
    const isKnown = saleId !== null && isCardSale(entry) && inBatch.has(saleId);
    return isKnown ? { ...entry, figures: inBatch.get(saleId)! } : entry;
  });
  const missing = entries.flatMap((entry) =>
    isCardSale(entry) && entry.saleId !== null && !inBatch.has(entry.saleId) ? [entry.saleId] : [],
  );
  if (missing.length === 0) return withinBatch;
  const stored = await storedSums(queries, tillId, missing);
  return withinBatch.map((entry) =>
    isCardSale(entry) && entry.figures === null
      ? { ...entry, figures: stored.get(entry.saleId ?? '') ?? null }
      : entry,
  );
}

const isCardSale = ({ tender }: GoodEntry): boolean => tender === 'card';

/** A sale has one intent; of a till that writes many, as many are looked at as could be those of the batch. */
const maxIntentsOfSale = 4;

async function storedSums(
  queries: Queries,
  tillId: string,
  saleIds: readonly string[],
): Promise<Map<string, Figures>> {
  type Sum = Pick<Row<'intake'>, 'amount_minor' | 'currency'> & { sale_id: string };
  const found = await queries.query<Sum>(sql`
    select sale_id, amount_minor, currency from intake
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and sale_id = any(${saleIds}::text[]) and kind = 'sale.intent'
    order by seq desc limit ${saleIds.length * maxIntentsOfSale}`);
  const sums = new Map<string, Figures>();
  for (const { sale_id, amount_minor: amountMinor, currency } of found.toReversed()) {
    if (amountMinor !== null && currency !== null) sums.set(sale_id, { amountMinor, currency });
    else sums.delete(sale_id);
  }
  return sums;
}

/** How many, and for how much, in a currency. */
interface Sum {
  currency: string;
  count: number;
  minor: number;
}

/** Counts the accepted sales by card among entries that are being stored, in the same transaction. */
export async function countAccepted(
  queries: Queries,
  tillId: string,
  entries: readonly GoodEntry[],
): Promise<void> {
  const byCurrency = Map.groupBy(
    entries.filter(isCardSale),
    ({ figures }) => figures?.currency ?? unknownCurrency,
  );
  const sums = [...byCurrency].map(([currency, sales]) => ({
    currency,
    count: sales.length,
    minor: sales.reduce((sum, { figures }) => sum + (figures?.amountMinor ?? 0), 0),
  }));
  await add(queries, tillId, sums, 'accepted');
}

/**
 * Counts what accounts for accepted sales: those that have a payment now, of the entries from `fromSeq` to `toSeq` without
 * `except`. The caller moves the till's progress over them, or ends them, in the same transaction: each is counted once.
 */
export async function countAccounted(
  queries: Queries,
  tillId: string,
  { fromSeq, toSeq, except }: { fromSeq: number; toSeq: number; except: readonly number[] },
): Promise<void> {
  const sums = await queries.query<Sum>(sql`
    select coalesce(currency, ${unknownCurrency}) as currency, count(*) as count, coalesce(sum(amount_minor), 0)::bigint as minor
    from intake
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq >= ${fromSeq} and seq <= ${toSeq} and tender = 'card'
      and seq <> all(${except}::bigint[])
    group by 1`);
  await add(queries, tillId, sums, 'accounted');
}

/** Counts one quarantined sale for which a person has decided that nothing is collected here. */
export const countDismissed = (
  queries: Queries,
  tillId: string,
  sale: Pick<Row<'quarantine'>, 'amount_minor' | 'currency'>,
): Promise<void> => add(queries, tillId, [sumOf(sale)], 'dismissed');

/** Counts one quarantined sale that has a payment now. */
export const countCollected = (
  queries: Queries,
  tillId: string,
  sale: Pick<Row<'quarantine'>, 'amount_minor' | 'currency'>,
): Promise<void> => add(queries, tillId, [sumOf(sale)], 'accounted');

const sumOf = ({ amount_minor, currency }: Pick<Row<'quarantine'>, 'amount_minor' | 'currency'>): Sum => ({
  currency: currency ?? unknownCurrency,
  count: 1,
  minor: amount_minor ?? 0,
});

async function add(
  queries: Queries,
  tillId: string,
  sums: readonly Sum[],
  to: 'accepted' | 'accounted' | 'dismissed',
): Promise<void> {
  if (sums.length === 0) return;
  const part = (of: typeof to, { count, minor }: Sum) => (of === to ? [count, minor] : [0, 0]);
  const list = sums.map((sum) => [
    tillBucket(tillId),
    tillId,
    sum.currency,
    ...part('accepted', sum),
    ...part('accounted', sum),
    ...part('dismissed', sum),
  ]);
  await queries.query(sql`
    insert into till_balances (till_bucket, till_id, currency, accepted_count, accepted_minor, accounted_count, accounted_minor,
      dismissed_count, dismissed_minor)
    values ${rows(list)}
    on conflict (till_bucket, till_id, currency) do update set
      accepted_count = till_balances.accepted_count + excluded.accepted_count,
      accepted_minor = till_balances.accepted_minor + excluded.accepted_minor,
      accounted_count = till_balances.accounted_count + excluded.accounted_count,
      accounted_minor = till_balances.accounted_minor + excluded.accounted_minor,
      dismissed_count = till_balances.dismissed_count + excluded.dismissed_count,
      dismissed_minor = till_balances.dismissed_minor + excluded.dismissed_minor`);
}
