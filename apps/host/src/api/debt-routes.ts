import { hostApi } from '@bivak/contracts';
import type { ApiServer } from '@bivak/http-api';
import { z } from 'zod';
import { listEntries } from '../stoplist/publisher.ts';
import { type Queries, sql } from '../store/index.ts';

interface Row {
  bucket: number;
  payment_id: string;
  state: hostApi.Debt['state'];
  amount_minor: number;
  currency: string;
  masked_pan: string;
  reason: string;
  retry_class: hostApi.Debt['retryClass'];
  attempts: number;
  opened_at: Date;
  next_attempt_at: Date | null;
  window_ends_at: Date;
  closed_at: Date | null;
  phone: string | null;
}

const listQuery = z.object({
  state: hostApi.debtState.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
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
      const found = await database.query<Row>(sql`
        select d.bucket, d.payment_id, d.state, d.amount_minor, d.currency, d.masked_pan, d.reason, d.retry_class, d.opened_at,
          d.next_attempt_at, d.window_ends_at, d.closed_at, d.phone, count(a.number) as attempts
        from debts d left join attempts a on a.bucket = d.bucket and a.payment_id = d.payment_id and a.answered_at is not null
        where (${query.state ?? null}::text is null or d.state = ${query.state ?? null})
        group by d.bucket, d.payment_id order by d.opened_at desc, d.payment_id desc limit ${query.limit}`);
      return { items: await Promise.all(found.map((row) => shown(database, row))), nextCursor: null };
    },
  );
  server.get(
    '/v1/stop-list',
    { schema: { summary: 'The cards that tills refuse', response: { 200: hostApi.stopList } } },
    () => listEntries(database),
  );
}

async function shown(database: Queries, row: Row): Promise<hostApi.Debt> {
  const notices = await database.query<{
    kind: string;
    state: hostApi.Debt['notices'][number]['state'];
    stored_at: Date;
  }>(sql`
    select kind, state, stored_at from notices where bucket = ${row.bucket} and payment_id = ${row.payment_id} order by stored_at`);
  return {
    id: row.payment_id,
    paymentId: row.payment_id,
    state: row.state,
    amountMinor: row.amount_minor,
    currency: row.currency,
    maskedPan: row.masked_pan,
    reason: row.reason,
    retryClass: row.retry_class,
    attemptsMade: row.attempts,
    openedAt: row.opened_at.toISOString(),
    nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
    windowEndsAt: row.window_ends_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
    hasContact: row.phone !== null,
    notices: notices.map(({ kind, state, stored_at }) => ({ kind, state, at: stored_at.toISOString() })),
  };
}
