import { aheadWords, momentWords } from '@bivak/words';
import { describe, expect, it } from 'vitest';
import type { DebtToTell } from './store.ts';
import { noticeWriter } from './wording.ts';

const nowMs = Date.parse('2026-11-24T15:05:00Z');
const debt: DebtToTell = {
  bucket: 1,
  payment_id: 'till-1-000012',
  amount_minor: 50_000,
  currency: 'RUB',
  opened_at: new Date(nowMs),
  window_ends_at: new Date('2026-12-01T15:05:00Z'),
  retry_class: 'later',
  next_attempt_at: new Date('2026-11-25T06:00:00Z'),
};
const writer = (language: 'ru' | 'en') =>
  noticeWriter({ language, shop: 'Буфет', timeZone: 'Europe/Moscow', linkOf: () => 'http://x/d/1' });
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');
const say = (kind: Parameters<ReturnType<typeof writer>>[0], facts: Partial<DebtToTell> = {}, at = nowMs) =>
  plain(writer('ru')(kind, { ...debt, ...facts }, at));

describe('what a notice says', () => {
  it('names the next attempt by weekday and hour', () => {
    expect(say('declined')).toBe(
      'Буфет: банк не провёл оплату 500,00 ₽ за покупку 24 ноября. Мы попробуем ещё раз: среда, 9:00. Подробнее и оплатить сейчас: http://x/d/1',
    );
    expect(plain(writer('en')('declined', debt, nowMs))).toContain('We will try again: Wednesday, 9:00.');
  });

  it('promises no attempt that is not planned', () => {
    expect(say('declined', { next_attempt_at: null })).toContain('Оплатить можно до 1 декабря: http');
    for (const kind of ['declined', 'middle', 'day-before', 'listed'] as const) {
      for (const retry_class of ['never', 'mend-data'] as const) {
        const text = say(kind, { retry_class, next_attempt_at: null });
        expect(text).toContain('обратитесь, пожалуйста, в свой банк');
        expect(text).not.toMatch(/попробуем|Оплатите|Оплатить/);
      }
    }
  });

  it('calls the last day tomorrow on the day before, and today where it comes late', () => {
    expect(say('day-before', {}, Date.parse('2026-11-30T15:05:00Z'))).toContain('завтра, 1 декабря,');
    expect(say('day-before', {}, Date.parse('2026-12-01T05:00:00Z'))).toContain('сегодня, 1 декабря,');
  });
});

describe('a moment in words', () => {
  it('has its day where the weekday might be of another week', () => {
    const at = new Date('2026-12-01T06:00:00Z');
    expect(aheadWords('ru', at, 'Europe/Moscow', nowMs)).toBe('вторник, 1 декабря, 9:00');
    expect(aheadWords('ru', at, 'Europe/Moscow', nowMs + 86_400_000)).toBe('вторник, 9:00');
    expect(momentWords('en', new Date(nowMs), 'Asia/Yekaterinburg')).toBe('Tuesday, 24 November, 20:05');
    expect(aheadWords('en', new Date('2026-11-24T21:05:00Z'), 'Europe/Moscow', nowMs)).toBe(
      'Wednesday, 0:05',
    );
  });
});
