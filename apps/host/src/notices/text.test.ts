import { describe, expect, it } from 'vitest';
import type { NoticeFacts } from '../store/index.ts';
import type { NoticeRow } from './store.ts';
import { noticeText } from './text.ts';

const storedAt = '2026-11-24T15:05:00Z';
const facts: NoticeFacts = {
  amountMinor: 50_000,
  currency: 'RUB',
  soldAt: '2026-11-23T15:05:00Z',
  timeZone: 'Europe/Moscow',
  windowEndsAt: '2026-12-01T15:05:00Z',
  retryClass: 'later',
  nextAttemptAt: '2026-11-25T06:00:00Z',
};
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ');
const textOf = (
  kind: NoticeRow['kind'],
  changes: Partial<NoticeFacts> = {},
  language: 'ru' | 'en' = 'ru',
  at = storedAt,
): string =>
  plain(
    noticeText({ language, shop: 'Буфет', linkOf: (id, atMs) => `http://x/d/${id}.${atMs}` })({
      kind,
      payment_id: 'till-1-000012',
      data: { ...facts, ...changes },
      stored_at: new Date(at),
    }),
  );

describe('what a notice says', () => {
  it('names the day of the purchase and the next attempt by weekday and hour', () => {
    const link = `http://x/d/till-1-000012.${Date.parse(storedAt)}`;
    expect(textOf('declined')).toBe(
      `Буфет: банк не провёл оплату 500,00 ₽ за покупку 23 ноября. Мы попробуем ещё раз: среда, 9:00. Подробнее и оплатить сейчас: ${link}`,
    );
    expect(textOf('declined', {}, 'en')).toContain('for your purchase of 23 November');
    expect(textOf('declined', {}, 'en')).toContain('We will try again: Wednesday, 9:00.');
  });

  it('names the day that the till’s own clock showed', () => {
    const soldAt = '2026-11-23T20:30:00Z';
    expect(textOf('middle', { soldAt })).toContain('23 ноября');
    expect(textOf('middle', { soldAt, timeZone: 'Asia/Yekaterinburg' })).toContain('24 ноября');
  });

  it('promises no attempt that is not planned', () => {
    expect(textOf('declined', { nextAttemptAt: null })).toContain('Оплатить можно до 1 декабря: http');
    for (const kind of ['declined', 'middle', 'day-before', 'listed'] as const) {
      for (const retryClass of ['never', 'mend-data'] as const) {
        const text = textOf(kind, { retryClass, nextAttemptAt: null });
        expect(text).toContain('обратитесь, пожалуйста, в свой банк');
        expect(text).not.toMatch(/попробуем|Оплатите|Оплатить/);
      }
    }
  });

  it('calls the last day tomorrow on the day before, and today on the day itself', () => {
    expect(textOf('day-before', {}, 'ru', '2026-11-30T15:05:00Z')).toContain('завтра, 1 декабря,');
    expect(textOf('day-before', {}, 'ru', '2026-12-01T05:00:00Z')).toContain('сегодня, 1 декабря,');
  });
});
