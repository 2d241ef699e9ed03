import { createHash } from 'node:crypto';
import type { Clock } from '@bivak/clock';
import { type Language, language } from '@bivak/contracts';
import type { ApiServer } from '@bivak/http-api';
import { z } from 'zod';
import type { CardholderMay, TryNow } from '../recovery/recovery.ts';
import { type Queries, sql } from '../store/index.ts';
import { saleOfToken } from './link.ts';
import { debtPage, type PageDebt, style, unknownLinkPage } from './page.ts';

export interface CardholderPageContext {
  database: Queries;
  clock: Clock;
  linkKey: Uint8Array;
  shop: string;
  /** Of the shop: for those whose browser asks for neither of the page's languages. */
  language: Language;
  mayTry: (bucket: number, paymentId: string) => Promise<CardholderMay>;
  tryNow: (bucket: number, paymentId: string) => Promise<TryNow>;
  /** Resolves when the payment has been decided, or after a short while. */
  settled: (paymentId: string) => Promise<void>;
}

interface DebtRow {
  bucket: number;
  payment_id: string;
  state: PageDebt['state'];
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

/** The rest of the address, of any length: a broken link is a link all the same. */
const params = z.object({ '*': z.string() });
/** A language that the page does not have is as good as none: who follows a link is never answered with JSON. */
const query = z.object({ lang: language.optional().catch(undefined) });
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
  server.get('/d/*', answer, async (request, reply) => {
    const spoken = languageOf(request.query.lang, request.headers['accept-language'], context.language);
    const debt = await find(context, request.params['*']);
    if (debt === undefined) return html(reply.code(404), unknownLinkPage(spoken));
    const may = await context.mayTry(debt.bucket, debt.payment_id);
    return html(reply, debtPage(spoken, shown(context, debt, may)));
  });
  server.post('/d/*', answer, async (request, reply) => {
    const spoken = languageOf(request.query.lang, request.headers['accept-language'], context.language);
    const debt = await find(context, request.params['*']);
    if (debt === undefined) return html(reply.code(404), unknownLinkPage(spoken));
    // Listened to before it is asked for: the bank may be quicker than we are.
    const settled = context.settled(debt.payment_id);
    const tried = await context.tryNow(debt.bucket, debt.payment_id);
    if (tried.asked) await settled;
    // After the press the page is asked for again, so that a reload does not press once more; it says why where it was refused.
    return reply.code(303).header('location', `?lang=${spoken}`).send();
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
    .header('x-content-type-options', 'nosniff')
    .send(text);
}

/** The language asked for by the link, else the first that the browser asks for and the page has, else the shop's. */
function languageOf(asked: Language | undefined, accepted: string | undefined, shops: Language): Language {
  if (asked !== undefined) return asked;
  const wanted = (accepted ?? '').split(',').map((tag) => tag.trim().slice(0, 2).toLowerCase());
  return wanted.map((tag) => language.safeParse(tag).data).find((known) => known !== undefined) ?? shops;
}

async function find(
  { database, linkKey, clock }: CardholderPageContext,
  token: string,
): Promise<DebtRow | undefined> {
  const saleId = saleOfToken(linkKey, token, clock.nowMs());
  if (saleId === undefined) return undefined;
  const [row] = await database.query<DebtRow>(sql`
    select d.bucket, d.payment_id, d.state, d.amount_minor, d.currency, d.masked_pan, t.place, p.sold_at, d.next_attempt_at,
      d.window_ends_at, p.lines, p.time_zone
    from debts d join payments p on p.bucket = d.bucket and p.payment_id = d.payment_id join tills t on t.till_id = d.till_id
    where p.payment_id = ${saleId}`);
  return row;
}

function shown({ shop, clock }: CardholderPageContext, row: DebtRow, may: CardholderMay): PageDebt {
  return {
    shop,
    state: row.state,
    mayTry: may.allowed
      ? { allowed: true }
      : { allowed: false, from: may.fromMs === null ? null : new Date(may.fromMs) },
    amountMinor: row.amount_minor,
    currency: row.currency,
    maskedPan: row.masked_pan,
    place: row.place,
    soldAt: row.sold_at,
    nextAttemptAt: row.next_attempt_at,
    windowEndsAt: row.window_ends_at,
    lines: row.lines,
    timeZone: row.time_zone,
    now: new Date(clock.nowMs()),
  };
}
