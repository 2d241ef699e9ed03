import { hostApi, saleId, tillId } from '@bivak/contracts';
import { type ApiServer, Problem } from '@bivak/http-api';
import { responseMeaning } from '@bivak/rules';
import { z } from 'zod';
import { type Queries, sql } from '../store/index.ts';
import { nextCursor, pageQuery, plainText, readCursor } from './cursor.ts';

interface Row {
  payment_id: string;
  till_id: string;
  state: hostApi.Payment['state'];
  amount_minor: number;
  currency: string;
  masked_pan: string;
  mode: 'offline' | 'online';
  sold_at: Date;
  received_at: Date;
  bank_due_at: Date;
  collected_at: Date | null;
  bank_id: string | null;
  issuer: string | null;
  debt_of: string | null;
}

const shown = (row: Row): hostApi.Payment => ({
  id: row.payment_id,
  tillId: row.till_id,
  state: row.state,
  amountMinor: row.amount_minor,
  currency: row.currency,
  maskedPan: row.masked_pan,
  mode: row.mode,
  soldAt: row.sold_at.toISOString(),
  receivedAt: row.received_at.toISOString(),
  bankDueAt: row.bank_due_at.toISOString(),
  collectedAt: row.collected_at?.toISOString() ?? null,
  bankId: row.bank_id,
  issuer: row.issuer,
  debtId: row.debt_of,
});

const listQuery = z.object({
  state: hostApi.paymentState.optional(),
  tillId: tillId.optional(),
  search: plainText.max(60).optional(),
  ...pageQuery(100),
});

/** Payments for whoever follows them: a list with filters, and one payment's whole story. */
export function addPaymentRoutes(server: ApiServer, database: Queries): void {
  server.get(
    '/v1/payments',
    {
      schema: {
        summary: 'Payments, the newest first',
        querystring: listQuery,
        response: { 200: hostApi.paymentList },
      },
    },
    async ({ query }) => {
      const found = await list(database, query);
      const last = found.at(-1);
      const end = last && { at: last.sold_at, id: last.payment_id };
      return { items: found.map(shown), nextCursor: nextCursor(found.length, query.limit, end) };
    },
  );
  server.get(
    '/v1/payments/:id',
    {
      schema: {
        summary: 'A payment with its attempts and story',
        params: z.object({ id: saleId }),
        response: { 200: hostApi.paymentDetail },
      },
    },
    ({ params }) => detail(database, params.id),
  );
}

function list(database: Queries, query: z.infer<typeof listQuery>): Promise<Row[]> {
  const after = readCursor(query.cursor);
  const search = query.search?.trim() || null;
  const amountMinor =
    search !== null && /^\d{1,12}([.,]\d{2})?$/.test(search)
      ? Math.round(Number(search.replace(',', '.')) * 100)
      : null;
  const lastDigits = search !== null && /^\d{1,4}$/.test(search) ? search : null;
  return database.query<Row>(sql`
    select p.payment_id, p.till_id, p.state, p.amount_minor, p.currency, p.masked_pan, p.mode, p.sold_at, p.received_at, p.bank_due_at,
      p.collected_at, p.bank_id, p.issuer, d.payment_id as debt_of
    from payments p left join debts d on d.bucket = p.bucket and d.payment_id = p.payment_id
    where (${query.state ?? null}::text is null or p.state = ${query.state ?? null})
      and (${query.tillId ?? null}::text is null or p.till_id = ${query.tillId ?? null})
      and (${search}::text is null or strpos(p.payment_id, ${search}) > 0 or p.amount_minor = ${amountMinor}::bigint
        or right(p.masked_pan, length(${lastDigits}::text)) = ${lastDigits})
      and (${after?.at ?? null}::timestamptz is null or (p.sold_at, p.payment_id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}))
    order by p.sold_at desc, p.payment_id desc limit ${query.limit}`);
}

interface DetailRow extends Row {
  bucket: number;
  lines: { name: string; quantity: number; sumMinor: number }[];
  checks: hostApi.PaymentDetail['checks'];
  fiscal: { driveNumber: string; documentNumber: number; fiscalSign: number } | null;
  routing: hostApi.PaymentDetail['routing'];
}

async function detail(database: Queries, id: string): Promise<hostApi.PaymentDetail> {
  const [row] = await database.query<DetailRow>(sql`
    select p.bucket, p.payment_id, p.till_id, p.state, p.amount_minor, p.currency, p.masked_pan, p.mode, p.sold_at, p.received_at, p.bank_due_at,
      p.collected_at, p.bank_id, p.issuer, d.payment_id as debt_of, p.lines, p.checks, p.fiscal, p.routing
    from payments p left join debts d on d.bucket = p.bucket and d.payment_id = p.payment_id where p.payment_id = ${id}`);
  if (row === undefined)
    throw new Problem(
      404,
      'unknown-payment',
      `There is no payment ${id} here (yet): its till may not have shipped it.`,
    );
  const events = await database.query<{ happened_at: Date; what: string }>(sql`
    select happened_at, what from payment_events where bucket = ${row.bucket} and payment_id = ${id} order by number`);
  return {
    ...shown(row),
    attempts: await attempts(database, row.bucket, id),
    lines: row.lines.map(({ name, quantity, sumMinor }) => ({ name, quantity, sumMinor })),
    checks: row.checks,
    fiscal: row.fiscal,
    routing: row.routing,
    story: events.map(({ happened_at, what }) => ({ at: happened_at.toISOString(), what })),
  };
}

interface AttemptRow {
  number: number;
  bank_id: string;
  state: hostApi.Attempt['state'];
  cause: hostApi.Attempt['cause'];
  stan: string;
  rrn: string;
  stored_at: Date;
  sent_at: Date | null;
  answered_at: Date | null;
  response_code: string | null;
  fee_minor: number | null;
  route_reason: string;
}

async function attempts(database: Queries, bucket: number, id: string): Promise<hostApi.Attempt[]> {
  const found = await database.query<AttemptRow>(sql`
    select number, bank_id, state, cause, stan, rrn, stored_at, sent_at, answered_at, response_code, fee_minor, route_reason
    from attempts where bucket = ${bucket} and payment_id = ${id} order by number`);
  return found.map((row) => ({
    number: row.number,
    bankId: row.bank_id,
    state: row.state,
    cause: row.cause,
    stan: row.stan,
    rrn: row.rrn,
    storedAt: row.stored_at.toISOString(),
    sentAt: row.sent_at?.toISOString() ?? null,
    answeredAt: row.answered_at?.toISOString() ?? null,
    responseCode: row.response_code,
    responseMeaning: row.response_code === null ? null : responseMeaning(row.response_code),
    feeMinor: row.fee_minor,
    routeReason: row.route_reason,
  }));
}
