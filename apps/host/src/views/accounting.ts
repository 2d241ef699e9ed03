import type { hostApi } from '@bivak/contracts';
import { entryDecisionsFor } from '@bivak/rules';
import { type PageEnd, type Queries, type Row, sql, tillBucket } from '../store/index.ts';

/** Accepted sales by card minus what accounts for them, by till. */
export async function unaccountedByTill(
  queries: Queries,
  currency: string,
): Promise<Map<string, hostApi.Unaccounted>> {
  type Sum = { till_id: string; count: number; minor: string; others: number };
  const found = await queries.query<Sum>(sql`
    select till_id, sum(accepted_count - accounted_count - dismissed_count)::bigint as count,
      coalesce(sum(accepted_minor - accounted_minor - dismissed_minor) filter (where currency = ${currency}), 0)::text as minor,
      coalesce(sum(accepted_count - accounted_count - dismissed_count) filter (where currency <> ${currency}), 0)::bigint as others
    from till_balances where accepted_count <> accounted_count + dismissed_count group by till_id`);
  return new Map(
    found.map(({ till_id, count, minor, others }) => [
      till_id,
      { count, sumMinor: Number(minor), otherSums: others },
    ]),
  );
}

export const nothingUnaccounted: hostApi.Unaccounted = { count: 0, sumMinor: 0, otherSums: 0 };

/** The same of all tills. */
export async function unaccountedInAll(queries: Queries, currency: string): Promise<hostApi.Unaccounted> {
  const all = [...(await unaccountedByTill(queries, currency)).values()];
  return all.reduce(
    (sum, one) => ({
      count: sum.count + one.count,
      sumMinor: sum.sumMinor + one.sumMinor,
      otherSums: sum.otherSums + one.otherSums,
    }),
    nothingUnaccounted,
  );
}

export interface LineFilter {
  tillId: string | null;
  /** `open`: what is not accounted for; `ended`: what people have decided. */
  state: 'open' | 'ended';
}

/** Where a page ends: the lines are in the order of their tills and of their numbers. */
export interface LineEnd {
  tillId: string;
  seq: number;
}

/**
 * Every accepted sale by card that is no payment, and every other entry that was quarantined: which, for how much, why, since
 * when, and what a person may decide.
 */
export async function listUnaccounted(
  queries: Queries,
  filter: LineFilter,
  after: LineEnd | null,
  limit: number,
): Promise<hostApi.UnaccountedLine[]> {
  const lines: hostApi.UnaccountedLine[] = [];
  let from: { tillId: string; isIncluded: boolean } = { tillId: after?.tillId ?? '', isIncluded: true };
  while (lines.length < limit) {
    const tills =
      filter.tillId === null ? await tillsWithLines(queries, filter.state, from) : [filter.tillId];
    for (const tillId of tills) {
      if (lines.length >= limit) break;
      const afterSeq = tillId === after?.tillId ? after.seq : 0;
      lines.push(...(await linesOf(queries, tillId, filter.state, afterSeq, limit - lines.length)));
    }
    const last = tills.at(-1);
    if (last === undefined || filter.tillId !== null) break;
    from = { tillId: last, isIncluded: false };
  }
  return lines;
}

const tillsAtOnce = 100;

async function tillsWithLines(
  queries: Queries,
  state: LineFilter['state'],
  { tillId, isIncluded }: { tillId: string; isIncluded: boolean },
): Promise<string[]> {
  const found =
    state === 'open'
      ? await queries.query<{ till_id: string }>(sql`
          select till_id from till_balances
          where accepted_count <> accounted_count + dismissed_count and (till_id > ${tillId} or (${isIncluded}::boolean and till_id = ${tillId}))
          union select till_id from quarantine
          where ended_at is null and (till_id > ${tillId} or (${isIncluded}::boolean and till_id = ${tillId}))
          order by till_id limit ${tillsAtOnce}`)
      : await queries.query<{ till_id: string }>(sql`
          select till_id from quarantine
          where ended_at is not null and (till_id > ${tillId} or (${isIncluded}::boolean and till_id = ${tillId}))
          group by till_id order by till_id limit ${tillsAtOnce}`);
  return found.map(({ till_id }) => till_id);
}

async function linesOf(
  queries: Queries,
  tillId: string,
  state: LineFilter['state'],
  afterSeq: number,
  limit: number,
): Promise<hostApi.UnaccountedLine[]> {
  const quarantined = await queries.query<QuarantineColumns>(sql`
    select till_id, seq, entry_kind, sale_id, amount_minor, currency, is_card_sale, reason, quarantined_at, decision, decided_by, why, decided_at
    from quarantine
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq > ${afterSeq} and (ended_at is null) = ${state === 'open'}::boolean
    order by seq limit ${limit}`);
  const lines = quarantined.map(lineOf);
  if (state === 'ended' || lines.length >= limit) return lines;
  // What waits to be folded comes after all that was.
  const waiting = await queries.query<WaitingColumns>(sql`
    select i.till_id, i.seq, i.kind, i.sale_id, i.amount_minor, i.currency, i.received_at from intake i
    join intake_folded f on f.till_bucket = i.till_bucket and f.till_id = i.till_id
    where i.till_bucket = ${tillBucket(tillId)} and i.till_id = ${tillId} and i.seq > f.seq and i.seq > ${afterSeq} and i.tender = 'card'
    order by i.seq limit ${limit - lines.length}`);
  return [...lines, ...waiting.map(waitingLineOf)];
}

type QuarantineColumns = Pick<
  Row<'quarantine'>,
  | 'till_id'
  | 'seq'
  | 'entry_kind'
  | 'sale_id'
  | 'amount_minor'
  | 'currency'
  | 'is_card_sale'
  | 'reason'
  | 'quarantined_at'
  | 'decision'
  | 'decided_by'
  | 'why'
  | 'decided_at'
>;
type WaitingColumns = Pick<
  Row<'intake'>,
  'till_id' | 'seq' | 'kind' | 'sale_id' | 'amount_minor' | 'currency' | 'received_at'
>;

function lineOf(row: QuarantineColumns): hostApi.UnaccountedLine {
  const { decision, decided_by: by, why, decided_at: at } = row;
  const isDecided = decision !== null && by !== null && why !== null && at !== null;
  return {
    tillId: row.till_id,
    seq: row.seq,
    entryKind: row.entry_kind,
    saleId: row.sale_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    isCardSale: row.is_card_sale,
    reason: row.reason,
    since: row.quarantined_at.toISOString(),
    options: isDecided ? [] : [...entryDecisionsFor(row.reason, row.is_card_sale)],
    decided: isDecided ? { decision, by, why, at: at.toISOString() } : null,
  };
}

const waitingLineOf = (row: WaitingColumns): hostApi.UnaccountedLine => ({
  tillId: row.till_id,
  seq: row.seq,
  entryKind: row.kind,
  saleId: row.sale_id,
  amountMinor: row.amount_minor,
  currency: row.currency,
  isCardSale: true,
  reason: { kind: 'waiting' },
  since: row.received_at.toISOString(),
  options: [],
  decided: null,
});

type RejectedColumns = Pick<
  Row<'intake_rejected'>,
  'till_id' | 'after_seq' | 'entry_hash' | 'fault' | 'entry' | 'rejected_at'
>;

/** Entries that were not taken, the newest first: they are still at their till. */
export async function listRejected(
  queries: Queries,
  tillId: string | null,
  after: PageEnd | null,
  limit: number,
): Promise<hostApi.RejectedEntry[]> {
  const found = await queries.query<RejectedColumns>(sql`
    select till_id, after_seq, entry_hash, fault, entry, rejected_at from intake_rejected
    where (${tillId}::text is null or till_id = ${tillId})
      and (${after?.at ?? null}::timestamptz is null or (rejected_at, entry_hash) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}))
    order by rejected_at desc, entry_hash desc limit ${limit}`);
  return found.map((row) => ({
    tillId: row.till_id,
    afterSeq: row.after_seq,
    entryHash: row.entry_hash,
    fault: row.fault,
    entry: row.entry,
    rejectedAt: row.rejected_at.toISOString(),
  }));
}
