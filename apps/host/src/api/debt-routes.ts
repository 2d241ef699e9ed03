import { hostApi } from '@bivak/contracts';
import type { ApiServer } from '@bivak/http-api';
import { z } from 'zod';
import { listEntries } from '../stoplist/publisher.ts';
import { type Queries, sql } from '../store/index.ts';
import { nextCursor, pageQuery, readCursor } from './cursor.ts';

interface Row {
  bucket: number;
  payment_id: string;
  state: hostApi.Debt['state'];
  amount_minor: number;
  currency: string;
  masked_pan: string;
  reason: string;
  retry_class: hostApi.Debt['retryClass'];
  opened_at: Date;
  next_attempt_at: Date | null;
  window_ends_at: Date;
  closed_at: Date | null;
  phone: string | null;
}

const listQuery = z.object({
  state: hostApi.debtState.optional(),
  ...pageQuery(200),
});

/** Debts and the stop-list. */
export function addDebtRoutes(server: ApiServer, database: Queries): void {
  server.get(
    '/v1/debts',
    {
      schema: {
        summary: 'Debts, the newest first',
        querystring: listQuery,
        response: { 200: hostApi.debtList },
      },
    },
    async ({ query }) => {
      const found = await list(database, query);
      const last = found.at(-1);
      const end = last && { at: last.opened_at, id: last.payment_id };
      const items = await shownAll(database, found);
      return { items, nextCursor: nextCursor(found.length, query.limit, end) };
    },
  );
  server.get(
    '/v1/stop-list',
    { schema: { summary: 'The cards that tills refuse', response: { 200: hostApi.stopList } } },
    () => listEntries(database),
  );
}

function list(database: Queries, query: z.infer<typeof listQuery>): Promise<Row[]> {
  const after = readCursor(query.cursor);
  return database.query<Row>(sql`
    select bucket, payment_id, state, amount_minor, currency, masked_pan, reason, retry_class, opened_at, next_attempt_at,
      window_ends_at, closed_at, phone
    from debts
    where (${query.state ?? null}::text is null or state = ${query.state ?? null})
      and (${after?.at ?? null}::timestamptz is null
        or (opened_at, payment_id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}))
    order by opened_at desc, payment_id desc limit ${query.limit}`);
}

type Notice = hostApi.Debt['notices'][number];

/** A page of debts with their attempts and notices: three statements, however many debts. */
async function shownAll(database: Queries, page: readonly Row[]): Promise<hostApi.Debt[]> {
  if (page.length === 0) return [];
  const buckets = [...new Set(page.map(({ bucket }) => bucket))];
  const ids = page.map(({ payment_id }) => payment_id);
  const counted = await database.query<{ payment_id: string; attempts: number }>(sql`
    select payment_id, count(*) as attempts from attempts
    where bucket = any(${buckets}::smallint[]) and payment_id = any(${ids}::text[]) and answered_at is not null group by payment_id`);
  const attempts = new Map(counted.map((row) => [row.payment_id, row.attempts]));
  const told = await database.query<{
    payment_id: string;
    kind: string;
    state: Notice['state'];
    stored_at: Date;
  }>(sql`
    select payment_id, kind, state, stored_at from notices
    where bucket = any(${buckets}::smallint[]) and payment_id = any(${ids}::text[]) order by stored_at`);
  const notices = Map.groupBy(told, ({ payment_id }) => payment_id);
  return page.map((row) =>
    shown(
      row,
      attempts.get(row.payment_id) ?? 0,
      (notices.get(row.payment_id) ?? []).map(({ kind, state, stored_at }) => ({
        kind,
        state,
        at: stored_at.toISOString(),
      })),
    ),
  );
}

function shown(row: Row, attemptsMade: number, notices: Notice[]): hostApi.Debt {
  return {
    id: row.payment_id,
    paymentId: row.payment_id,
    state: row.state,
    amountMinor: row.amount_minor,
    currency: row.currency,
    maskedPan: row.masked_pan,
    reason: row.reason,
    retryClass: row.retry_class,
    attemptsMade,
    openedAt: row.opened_at.toISOString(),
    nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
    windowEndsAt: row.window_ends_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
    hasContact: row.phone !== null,
    notices,
  };
}
