import { type Check, refusalAdvice, refusalReasons } from '@bivak/domain';
import { describe, expect, it } from 'vitest';
import { createRenderer } from '../index.ts';

const nowMs = Date.parse('2026-11-24T15:05:00Z');
const options = { timeZone: 'Europe/Moscow', currency: 'RUB', nowMs };
const ru = createRenderer({ language: 'ru', ...options });
const en = createRenderer({ language: 'en', ...options });
const plain = (text: string): string => text.replaceAll('\u00a0', ' ').replaceAll('\u202f', ' ');

describe('numbers and times', () => {
  it('are written as people write them', () => {
    expect(ru.money(124_900)).toBe('1\u00a0249,00\u00a0₽');
    expect(en.money(124_900)).toBe('₽1,249.00');
    expect(en.money(124_900, 'JPY')).toBe('¥124,900');
    expect(createRenderer({ language: 'en' }).money(124_900)).toBe('1,249.00');
    expect(plain(ru.percent('1.7'))).toBe('1,7 %');
    expect(en.percent('1.7001')).toBe('1.7001%');
    expect(ru.list(['A', 'B', 'C'])).toBe('A, B и C');
  });

  it('have the zone that is asked for', () => {
    expect(ru.instant('2026-11-23T21:05:09.000Z')).toBe('24 нояб. 2026 г., 00:05');
    expect(en.instant('2026-11-23T21:05:09.000Z', { withSeconds: true })).toBe('24 Nov 2026, 00:05:09');
    expect(ru.with({ timeZone: 'Asia/Vladivostok' }).instant('2026-11-24T21:05:00.000Z')).toBe(
      '25 нояб. 2026 г., 07:05',
    );
    expect(en.with({ timeZone: 'Asia/Yekaterinburg' }).moment(nowMs)).toBe('Tuesday, 24 November, 20:05');
    expect(en.time('2026-11-24T06:05:00Z')).toBe('9:05');
  });

  it('ahead have their day if the weekday might be of another week', () => {
    const at = '2026-12-01T06:00:00Z';
    expect(ru.ahead(at)).toBe('вторник, 1 декабря, 9:00');
    expect(ru.with({ nowMs: nowMs + 86_400_000 }).ahead(at)).toBe('вторник, 9:00');
    expect(en.ahead('2026-11-24T21:05:00Z')).toBe('Wednesday, 0:05');
    expect(ru.daysAhead('2026-11-24T20:59:00Z')).toBe(0);
    expect(ru.daysAhead('2026-11-24T21:00:00Z')).toBe(1);
    expect(ru.daysAhead('2026-11-23T20:00:00Z')).toBe(-1);
  });

  it.each([
    [-1, '0 мин', '0 mins'],
    [59_999, '0 мин', '0 mins'],
    [5 * 60_000, '5 мин', '5 mins'],
    [195 * 60_000, '3 ч 15 мин', '3 hrs 15 mins'],
    [(2 * 1_440 + 3 * 60 + 7) * 60_000, '2 дн. 3 ч', '2 days 3 hrs'],
    [(2 * 1_440 + 7) * 60_000, '2 дн.', '2 days'],
  ])('last %i ms', (ms, russian, english) => {
    expect(plain(ru.duration(ms))).toBe(russian);
    expect(plain(en.duration(ms))).toBe(english);
  });
});

it('a field for a sum has the separators of the language', () => {
  expect(ru.separators()).toEqual({ thousands: '\u00a0', decimal: ',' });
  expect(en.separators()).toEqual({ thousands: ',', decimal: '.' });
});

it('a time-out is said in seconds', () => {
  expect(en.exchangeFailure({ kind: 'no-answer', timeoutMs: 800 })).toBe('No answer in 0.8 secs');
  expect(plain(ru.exchangeFailure({ kind: 'no-answer', timeoutMs: 30_000 }))).toBe('Нет ответа за 30 с');
});

describe('facts', () => {
  it.each([
    [
      { name: 'sale-sum', valueMinor: 420_000, limitMinor: 500_000 },
      'Сумма продажи',
      '4 200,00 ₽ из 5 000,00 ₽',
    ],
    [{ name: 'card-count', valueCount: 1, limitCount: 6 }, 'Продаж по карте', '1 из 6'],
    [
      { name: 'stop-list-age', valueMs: 14 * 3_600_000, limitMs: 168 * 3_600_000 },
      'Возраст стоп-листа',
      '14 ч, не больше 7 дн.',
    ],
    [{ name: 'expiry', expiry: '2905' }, 'Срок карты', 'по 05.2029'],
    [
      { name: 'clock', valueMs: 0, limitMs: 300_000 },
      'Часы кассы',
      'отстают от журнала на 0 с, не больше 5 мин',
    ],
    [{ name: 'offline-permitted', serviceCode: '201' }, 'Карта допускает офлайн', 'сервисный код 201'],
  ])('check %j', (check, name, found) => {
    const text = ru.check({ ...check, passed: true } as Check);
    expect({ name: text.name, found: plain(text.found) }).toEqual({ name, found });
  });

  it('of a payment say what, why and which way it went', () => {
    const named = en.with({ nameOfBank: () => 'North Bank' });
    expect(
      named.event({
        kind: 'debit-answered',
        data: { bankId: 'north', attempt: 1, responseCode: '51', meaning: 'insufficient-funds' },
      }),
    ).toEqual({ what: 'North Bank: not approved (51)', why: 'not enough money on the account', sign: 'bad' });
    expect(ru.event({ kind: 'declined', data: {} })).toEqual({ what: 'Эмитент отказал', sign: 'bad' });
    expect(
      plain(
        named.event({
          kind: 'waiting',
          data: {
            reason: { kind: 'banks-unreachable', bankIds: ['north'] },
            untilAt: '2026-11-24T15:06:00.000Z',
          },
        }).why!,
      ),
    ).toBe('The banks that could collect cannot be reached: North Bank; tried again at 24 Nov 2026, 18:06');
  });

  it('of an error say what, where and what to do', () => {
    const { title, detail } = en.problem({ code: 'sum-overflow', data: { maxMinor: 10_000_000 } });
    expect(title).toBe('The sum is too large');
    expect(detail).toBe('A sale may come to ₽100,000.00 at most; split the sale.');
    const known = { tillId: 'till-9', known: ['till-1', 'till-2'] };
    expect(ru.problem({ code: 'unknown-till', data: known }).detail).toBe(
      'Кассы till-9 здесь нет; есть till-1 и till-2.',
    );
  });

  it('have a name in another language if it was given in that only', () => {
    expect(ru.localName({ ru: 'Банк Север', en: 'North Bank' })).toBe('Банк Север');
    expect(ru.localName({ en: 'North Bank' })).toBe('North Bank');
  });
});

describe('advice', () => {
  it.each(refusalReasons)('for %s says what the main button does', (reason) => {
    const { advice } = en.refusal(reason);
    const says = {
      'other-card': 'another card',
      cash: 'Take cash',
      split: 'Split',
      retry: '',
      support: 'support',
      confirm: 'Another purchase',
    };
    expect(advice).toContain(says[refusalAdvice[reason]]);
    if (refusalAdvice[reason] !== 'other-card') expect(advice).not.toContain('another card');
  });
});
