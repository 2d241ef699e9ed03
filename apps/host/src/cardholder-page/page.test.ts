import { type ApiServer, createApiServer } from '@bivak/http-api';
import { createRenderer } from '@bivak/messages';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CardholderMay, TryNow } from '../recovery/recovery.ts';
import { handClock } from '../testing/clock.ts';
import { silentLog } from '../testing/log.ts';
import { linkToken } from './link.ts';
import { debtPage, type PageDebt } from './page.ts';
import { addCardholderPage } from './routes.ts';

const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]|&nbsp;/g, ' ');
const ms = Date.parse;
const debt: PageDebt = {
  shop: 'Буфет «Север»',
  state: 'open',
  mayTry: { allowed: true },
  waitKind: null,
  isLookedInto: false,
  amountMinor: 124_900,
  currency: 'RUB',
  maskedPan: '220220******1234',
  place: 'Поезд 016, вагон 7',
  soldAt: new Date('2026-11-24T15:05:00Z'),
  nextAttemptAtMs: ms('2026-12-01T06:00:00Z'),
  windowEndsAtMs: ms('2026-12-01T15:05:00Z'),
  lastAttempt: { atMs: ms('2026-11-24T15:06:00Z'), cause: null, meaning: 'insufficient-funds' },
  lineItems: [{ name: 'Чай', quantity: 2, sumMinor: 124_900 }],
};
const renderers = { ru: createRenderer({ language: 'ru' }), en: createRenderer({ language: 'en' }) };
const options = { timeZone: 'Europe/Moscow', nowMs: ms('2026-11-28T15:05:00Z') };
const page = (facts: Partial<PageDebt> = {}, language: 'ru' | 'en' = 'ru'): string =>
  plain(debtPage(renderers[language].with(options), { ...debt, ...facts }));

describe('the cardholder’s page', () => {
  it('has the shop first, then how much, when it is tried again, what, where and when', () => {
    const texts = page()
      .replace(/^.*<main>/s, '')
      .replaceAll(/<[^>]+>/g, '|');
    const order = [
      'Буфет «Север»',
      '1 249,00 ₽',
      'Мы попробуем ещё раз: вторник, 9:00.',
      'Попробовать сейчас',
      'Чай × 2',
      'Поезд 016, вагон 7',
      'вторник, 24 ноября, 18:05',
      '•• 1234',
    ].map((text) => texts.indexOf(text));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
    expect(page({}, 'en')).toContain('We will try again: Tuesday, 9:00.');
  });

  it('shows the last attempt and its reason: who pressed and was declined sees something new', () => {
    expect(page({}, 'en')).toContain('not enough money on the account');
    const pressed = page(
      {
        lastAttempt: {
          atMs: options.nowMs - 60_000,
          cause: 'cardholder-request',
          meaning: 'over-amount-limit',
        },
      },
      'en',
    );
    expect(pressed).toMatch(/<p class="last">[^<]*18:04[^<]*a limit of the card is reached/);
    expect(pressed).not.toBe(page({}, 'en'));
    for (const state of ['recovered', 'attempting'] as const)
      expect(page({ state }, 'en')).not.toContain('class="last"');
  });

  it('says that the bank could not be reached, and that it declined only if it did', () => {
    const lastAttempt = { ...debt.lastAttempt!, meaning: null };
    const unreached = page({ lastAttempt }, 'en');
    expect(unreached).toContain('We could not reach your bank. We will try again: Tuesday, 9:00.');
    expect(unreached).toMatch(/<p class="last">[^<]*Your bank could not be reached/);
    expect(unreached).not.toMatch(/declined|did not approve/);
    for (const state of ['held', 'given-up'] as const) {
      const over = page({ state, nextAttemptAtMs: null, windowEndsAtMs: options.nowMs - 1 }, 'en');
      expect(over).toContain('Your bank did not approve the payment.');
      expect(over).toContain('<button');
    }
  });

  it('says when the card may be tried if it may not now, and offers nothing if it never may', () => {
    const fromMs = ms('2026-11-29T12:30:00Z');
    const later = page({ mayTry: { allowed: false, denial: 'advised-wait', fromMs } });
    expect(later).toContain('воскресенье, 15:30');
    expect(later).not.toContain('<button');
    for (const state of ['open', 'stop-listed'] as const) {
      const mayTry = { allowed: false, denial: 'final', fromMs: null } as const;
      const final = page({ state, mayTry, nextAttemptAtMs: null });
      expect(final).toContain('обратитесь, пожалуйста, в свой банк');
      expect(final).not.toMatch(/<button|попробуем|Оплатить можно|После оплаты/);
    }
  });

  it('writes names as text, whatever is in them', () => {
    const evil = '<script>"&\'</script>';
    const html = page({ shop: evil, place: evil, lineItems: [{ name: evil, quantity: 1, sumMinor: 1 }] });
    expect(html).not.toContain('<script');
    expect(html.split('&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;')).toHaveLength(4);
  });
});

describe('a link to the page', () => {
  const key = Buffer.alloc(32, 7);
  const clock = handClock();
  const token = linkToken(key, 'till-1-000012', clock.nowMs());
  let server: ApiServer;
  let isKnown: boolean;
  let may: CardholderMay;
  let tried: TryNow;
  let presses: number;

  beforeAll(async () => {
    server = await createApiServer({ title: 'Test', version: '1.0.0', log: silentLog });
    const row = {
      bucket: 1,
      payment_id: 'till-1-000012',
      state: 'open',
      amount_minor: 124_900,
      currency: 'RUB',
    };
    const shown = {
      masked_pan: debt.maskedPan,
      place: debt.place,
      sold_at: debt.soldAt,
      line_items: debt.lineItems,
      wait: null,
    };
    const times = {
      next_attempt_at: new Date(debt.nextAttemptAtMs!),
      window_ends_at: new Date(debt.windowEndsAtMs),
      time_zone: 'Europe/Moscow',
      declined_at: debt.soldAt,
      declined_cause: 'first',
      retry_class: 'later',
      response_code: '51',
    };
    addCardholderPage(server, {
      database: {
        query: async <Row>() => (isKnown ? [{ ...row, ...shown, ...times }] : []) as Row[],
        onCommit: (act) => act(),
      },
      clock,
      linkKey: key,
      shop: debt.shop,
      language: 'en',
      mayTry: async () => may,
      tryNow: async () => {
        presses++;
        return tried;
      },
      decided: async () => {},
    });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    [isKnown, may, tried, presses] = [true, { allowed: true }, { requested: true }, 0];
  });
  const get = (path: string, headers = {}) => server.inject({ method: 'GET', url: `/d/${path}`, headers });
  const press = (path: string) => server.inject({ method: 'POST', url: `/d/${path}` });

  it('gives a stranger the same page, whatever is wrong with the link', async () => {
    const broken = [
      '',
      'x',
      'x'.repeat(500),
      '%00%ff',
      '..%2f..%2fetc%2fpasswd',
      `${token}x`,
      token.replace('000012', '000013'),
      `${token}/more`,
    ];
    const answers = await Promise.all(broken.map((path) => get(path)));
    const expired = linkToken(key, 'till-1-000012', clock.nowMs() - 61 * 86_400_000);
    answers.push(await get(expired), await press(expired));
    isKnown = false;
    answers.push(await get(token));
    const malformed = broken.indexOf('%00%ff');
    const others = answers.filter((_, at) => at !== malformed);
    expect(new Set(others.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    expect(others[0]).toMatchObject({ statusCode: 404 });
    expect(others[0]!.body).toContain('This link does not work any more');
    expect(answers[malformed]!.statusCode).toBeLessThan(500);
    expect(presses).toBe(0);
  });

  it('lets nobody frame, keep, index or guess the type of the page', async () => {
    const { headers, body } = await get(token);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    });
    expect(body).toContain('noindex');
  });

  it.each([
    ['?lang=ru', 'en', 'ru'],
    ['?lang=xx', 'ru-RU,ru;q=0.9', 'ru'],
    ['', 'xx,ru;q=0.8,en;q=0.5', 'ru'],
    ['', 'en-GB', 'en'],
    ['', 'xx', 'en'],
  ])('with "%s" answers a browser of %s in %s', async (query, accepted, language) => {
    const { body, statusCode } = await get(`${token}${query}`, { 'accept-language': accepted });
    expect(statusCode).toBe(200);
    expect(body).toContain(`<html lang="${language}">`);
  });

  it('leads back to the page after a press, also one that was refused, which says why', async () => {
    expect(await press(`${token}?lang=ru`)).toMatchObject({
      statusCode: 303,
      headers: { location: '?lang=ru' },
    });
    const fromMs = clock.nowMs() + 3_600_000;
    tried = { requested: false, denial: 'budget' };
    may = { allowed: false, denial: 'budget', fromMs };
    expect(await press(`${token}?lang=ru`)).toMatchObject({ statusCode: 303 });
    const { body } = await get(`${token}?lang=ru`);
    expect(plain(body)).toContain('позже: сегодня, 13:00');
    expect(body).not.toContain('<button');
  });
});
