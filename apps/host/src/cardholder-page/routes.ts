import { createHash } from 'node:crypto';
import type { Clock } from '@bivak/clock';
import type { Language } from '@bivak/contracts';
import { type ApiServer, Problem } from '@bivak/http-api';
import { z } from 'zod';
import type { TryNow } from '../recovery/recovery.ts';
import { type Queries, sql } from '../store/index.ts';
import { saleOfToken } from './link.ts';
import { debtPage, type PageDebt, style, unknownLinkPage } from './page.ts';

export interface CardholderPageContext {
  database: Queries;
  clock: Clock;
  linkKey: Uint8Array;
  shop: string;
  tryNow: (bucket: number, paymentId: string) => Promise<TryNow>;
  /** Resolves when the payment has been decided, or after a short while. */
  settled: (paymentId: string) => Promise<void>;
}

interface DebtRow {
  bucket: number;
  payment_id: string;
  state: PageDebt['state'];
  retry_class: string;
  amount_minor: number;
  currency: string;
  masked_pan: string;
  place: string;
  sold_at: Date;
  next_attempt_at: Date | null;
  window_ends_at: Date;
  lines: PageDebt['lines'];
  time_zone: string;
}

const params = z.object({ token: z.string().max(80) });
const query = z.object({ lang: z.enum(['ru', 'en']).optional() });
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** The cardholder's page: `GET /d/{token}` shows a debt, `POST` asks for an attempt now. */
export function addCardholderPage(server: ApiServer, context: CardholderPageContext): void {
  // A form without fields has a body of this type, and nothing in it is read.
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 1_024 },
    (_, __, done) => done(null, {}),
  );
  const answer = { schema: { params, querystring: query, hide: true } } as const;
  server.get('/d/:token', answer, async (request, reply) => {
    const language = languageOf(request.query.lang, request.headers['accept-language']);
    const debt = await find(context, request.params.token);
    if (debt === undefined) return html(reply.code(404), unknownLinkPage(language));
    return html(reply, debtPage(language, shown(context.shop, debt)));
  });
  server.post('/d/:token', answer, async (request, reply) => {
    const language = languageOf(request.query.lang, request.headers['accept-language']);
    const debt = await find(context, request.params.token);
    if (debt === undefined) return html(reply.code(404), unknownLinkPage(language));
    const tried = await context.tryNow(debt.bucket, debt.payment_id);
    if (!tried.asked && tried.why === 'budget') {
      throw new Problem(
        429,
        'too-many-attempts',
        'The card was tried as often as its scheme allows; it is tried again by the schedule.',
      );
    }
    if (tried.asked) await context.settled(debt.payment_id);
    // After the press the page is asked for again, so that a reload does not press once more.
    return reply.code(303).header('location', `/d/${request.params.token}?lang=${language}`).send();
  });
}

function html<
  Reply extends {
    header(name: string, value: string): Reply;
    type(value: string): Reply;
    send(text: string): unknown;
  },
>(reply: Reply, text: string) {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policy)
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .send(text);
}

function languageOf(asked: Language | undefined, accepted: string | undefined): Language {
  return asked ?? (/^\s*en\b/i.test(accepted ?? '') ? 'en' : 'ru');
}

async function find(
  { database, linkKey, clock }: CardholderPageContext,
  token: string,
): Promise<DebtRow | undefined> {
  const saleId = saleOfToken(linkKey, token, clock.nowMs());
  if (saleId === undefined) return undefined;
  const [row] = await database.query<DebtRow>(sql`
    select d.bucket, d.payment_id, d.state, d.retry_class, d.amount_minor, d.currency, d.masked_pan, t.place, p.sold_at, d.next_attempt_at,
      d.window_ends_at, p.lines, p.time_zone
    from debts d join payments p on p.bucket = d.bucket and p.payment_id = d.payment_id join tills t on t.till_id = d.till_id
    where d.payment_id = ${saleId}`);
  return row;
}

function shown(shop: string, row: DebtRow): PageDebt {
  return {
    shop,
    state: row.state,
    mayTry: row.retry_class !== 'never' && row.retry_class !== 'mend-data',
    amountMinor: row.amount_minor,
    currency: row.currency,
    maskedPan: row.masked_pan,
    place: row.place,
    soldAt: row.sold_at,
    nextAttemptAt: row.next_attempt_at,
    windowEndsAt: row.window_ends_at,
    lines: row.lines,
    timeZone: row.time_zone,
  };
}
