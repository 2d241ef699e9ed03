import type { hostApi } from '@bivak/contracts';
import { type DebtState, Problem } from '@bivak/domain';
import { debtDecisionsFor, responseMeaning } from '@bivak/rules';
import { type PageEnd, type Queries, type Row, sql } from '../store/index.ts';

type DebtColumns = Pick<
  Row<'debts'>,
  | 'bucket'
  | 'payment_id'
  | 'till_id'
  | 'state'
  | 'amount_minor'
  | 'currency'
  | 'masked_pan'
  | 'response_code'
  | 'retry_class'
  | 'opened_at'
  | 'declined_at'
  | 'next_attempt_at'
  | 'window_ends_at'
  | 'closed_at'
  | 'phone'
  | 'shortfall'
  | 'listing_decision'
  | 'decided_by'
  | 'decision_why'
  | 'decided_at'
>;
type Notice = hostApi.Debt['notices'][number];

/** Debts with their attempts and notices, the newest first: three statements, however many debts. */
export async function listDebts(
  queries: Queries,
  { state }: { state: DebtState | null },
  after: PageEnd | null,
  limit: number,
): Promise<hostApi.Debt[]> {
  const page = await queries.query<DebtColumns>(sql`
    select bucket, payment_id, till_id, state, amount_minor, currency, masked_pan, response_code, retry_class, opened_at,
      declined_at, next_attempt_at, window_ends_at, closed_at, phone, shortfall, listing_decision, decided_by, decision_why, decided_at
    from debts
    where (${state}::text is null or state = ${state})
      and (${after?.at ?? null}::timestamptz is null
        or (opened_at, payment_id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}))
    order by opened_at desc, payment_id desc limit ${limit}`);
  return withAttempts(queries, page);
}

/** One debt. Throws Problem `unknown-debt`. */
export async function readDebtView(queries: Queries, paymentId: string): Promise<hostApi.Debt> {
  const found = await queries.query<DebtColumns>(sql`
    select bucket, payment_id, till_id, state, amount_minor, currency, masked_pan, response_code, retry_class, opened_at,
      declined_at, next_attempt_at, window_ends_at, closed_at, phone, shortfall, listing_decision, decided_by, decision_why, decided_at
    from debts where payment_id = ${paymentId}`);
  const [debt] = await withAttempts(queries, found);
  if (debt === undefined) throw new Problem('unknown-debt', { paymentId });
  return debt;
}

async function withAttempts(queries: Queries, page: readonly DebtColumns[]): Promise<hostApi.Debt[]> {
  if (page.length === 0) return [];
  const buckets = [...new Set(page.map(({ bucket }) => bucket))];
  const ids = page.map(({ payment_id }) => payment_id);
  const attempts = await attemptsMade(queries, buckets, ids);
  const notices = await noticesOf(queries, buckets, ids);
  return page.map((row) => debtOf(row, attempts.get(row.payment_id) ?? 0, notices.get(row.payment_id) ?? []));
}

async function attemptsMade(
  queries: Queries,
  buckets: readonly number[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = await queries.query<{ payment_id: string; attempts: number }>(sql`
    select payment_id, count(*) as attempts from attempts
    where bucket = any(${buckets}::smallint[]) and payment_id = any(${ids}::text[]) and answered_at is not null group by payment_id`);
  return new Map(found.map(({ payment_id, attempts }) => [payment_id, attempts]));
}

async function noticesOf(
  queries: Queries,
  buckets: readonly number[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, Notice[]>> {
  const found = await queries.query<Pick<Row<'notices'>, 'payment_id' | 'kind' | 'state' | 'stored_at'>>(sql`
    select payment_id, kind, state, stored_at from notices
    where bucket = any(${buckets}::smallint[]) and payment_id = any(${ids}::text[]) order by stored_at`);
  const shown = found.map(({ payment_id, kind, state, stored_at }) => ({
    payment_id,
    notice: { kind, state, at: stored_at.toISOString() },
  }));
  const grouped = Map.groupBy(shown, ({ payment_id }) => payment_id);
  return new Map([...grouped].map(([id, list]) => [id, list.map(({ notice }) => notice)]));
}

const debtOf = (row: DebtColumns, attemptsMade: number, notices: Notice[]): hostApi.Debt => ({
  id: row.payment_id,
  paymentId: row.payment_id,
  tillId: row.till_id,
  state: row.state,
  amountMinor: row.amount_minor,
  currency: row.currency,
  maskedPan: row.masked_pan,
  responseCode: row.response_code,
  meaning: row.response_code === null ? null : responseMeaning(row.response_code),
  retryClass: row.retry_class,
  attemptsMade,
  openedAt: row.opened_at.toISOString(),
  declinedAt: row.declined_at.toISOString(),
  nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
  windowEndsAt: row.window_ends_at.toISOString(),
  closedAt: row.closed_at?.toISOString() ?? null,
  hasContact: row.phone !== null,
  notices,
  neededDecision: neededDecisionOf(row),
  decision: decisionOf(row),
});

function neededDecisionOf({ state, shortfall, window_ends_at }: DebtColumns): hostApi.Debt['neededDecision'] {
  const options = debtDecisionsFor(state);
  if (options.length === 0 || shortfall === null) return null;
  return { shortfall, since: window_ends_at.toISOString(), options: [...options] };
}

function decisionOf(row: DebtColumns): hostApi.Debt['decision'] {
  const { listing_decision: decision, decided_by: by, decision_why: why, decided_at } = row;
  if (decision === null || by === null || why === null || decided_at === null) return null;
  return { decision, by, why, at: decided_at.toISOString() };
}
