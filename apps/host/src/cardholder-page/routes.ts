import { createHash } from 'node:crypto';
import type { Clock } from '@bivak/clock';
import { type ApiServer, preferredLanguage } from '@bivak/http-api';
import { createRenderer, type Language, language, languages, type Renderer } from '@bivak/messages';
import { responseMeaning } from '@bivak/rules';
import { z } from 'zod';
import type { CardholderMay, TryNow } from '../recovery/recovery.ts';
import type { Queries } from '../store/index.ts';
import { type CardholderDebt, cardholderDebt } from '../views/index.ts';
import { saleOfToken } from './link.ts';
import { debtPage, type PageDebt, style, unknownLinkPage } from './page.ts';

export interface CardholderPageContext {
  database: Queries;
  clock: Clock;
  linkKey: Uint8Array;
  shop: string;
  /** Of the shop: for browsers that name none of the page's languages. */
  language: Language;
  mayTry: (bucket: number, paymentId: string) => Promise<CardholderMay>;
  tryNow: (bucket: number, paymentId: string) => Promise<TryNow>;
  /** Resolves when the attempt has been decided, or after a short while. */
  decided: (paymentId: string) => Promise<void>;
}

/** The rest of the address, of any length: a broken link is a link all the same. */
const params = z.object({ '*': z.string() });
/** A language that the page does not have is as good as none: who follows a link is never answered with JSON. */
const query = z.object({ lang: language.optional().catch(undefined) });
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** The cardholder's page: `GET /d/{token}` shows a debt, `POST` requests an attempt now. */
export function addCardholderPage(server: ApiServer, context: CardholderPageContext): void {
  // A form without fields has a body of this type, and nothing in it is read.
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 1_024 },
    (_, __, done) => done(null, {}),
  );
  const renderers = new Map(languages.map(({ code }) => [code, createRenderer({ language: code })]));
  /** In the language that the link names, else the first that the browser names and the page has, else the shop's. */
  const rendererOf = (named: Language | undefined, acceptLanguage: string | undefined): Renderer =>
    renderers
      .get(named ?? preferredLanguage(acceptLanguage, context.language))!
      .with({ nowMs: context.clock.nowMs() });
  const schema = { schema: { params, querystring: query, hide: true } } as const;
  server.get('/d/*', schema, async (request, reply) => {
    const renderer = rendererOf(request.query.lang, request.headers['accept-language']);
    const debt = await find(context, request.params['*']);
    if (debt === undefined) return html(reply.code(404), unknownLinkPage(renderer));
    const may = await context.mayTry(debt.bucket, debt.payment_id);
    const inTillZone = renderer.with({ timeZone: debt.time_zone });
    return html(reply, debtPage(inTillZone, pageDebt(context.shop, debt, may)));
  });
  server.post('/d/*', schema, async (request, reply) => {
    const renderer = rendererOf(request.query.lang, request.headers['accept-language']);
    const debt = await find(context, request.params['*']);
    if (debt === undefined) return html(reply.code(404), unknownLinkPage(renderer));
    // Watched before it is requested: the bank may decide at once.
    const decided = context.decided(debt.payment_id);
    const tried = await context.tryNow(debt.bucket, debt.payment_id);
    if (tried.requested) await decided;
    // After the press the page is loaded anew, so that a reload does not press once more; it says what came of it.
    return reply.code(303).header('location', `?lang=${renderer.language}`).send();
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

async function find(
  { database, linkKey, clock }: CardholderPageContext,
  token: string,
): Promise<CardholderDebt | undefined> {
  const saleId = saleOfToken(linkKey, token, clock.nowMs());
  return saleId === undefined ? undefined : cardholderDebt(database, saleId, clock.nowMs());
}

const pageDebt = (shop: string, row: CardholderDebt, mayTry: CardholderMay): PageDebt => ({
  shop,
  state: row.state,
  mayTry,
  waitKind: row.wait?.kind ?? null,
  isLookedInto: row.is_looked_into,
  nextAttemptAtMs: row.next_attempt_at?.getTime() ?? null,
  windowEndsAtMs: row.window_ends_at.getTime(),
  lastAttempt: {
    atMs: row.declined_at.getTime(),
    cause: row.declined_cause === 'first' ? null : row.declined_cause,
    // An issuer that was not reached has said nothing, whatever the code was.
    meaning:
      row.retry_class === 'unreachable' || row.response_code === null
        ? null
        : responseMeaning(row.response_code),
  },
  amountMinor: row.amount_minor,
  currency: row.currency,
  maskedPan: row.masked_pan,
  place: row.place,
  soldAt: row.sold_at,
  lineItems: row.line_items,
});
