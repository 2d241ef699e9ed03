import { describe, expect, it } from 'vitest';
import { firstLanguage, formatDuration, formatInstant } from './language.ts';

describe('the language of a screen', () => {
  it.each([
    ['?lang=en', 'ru', 'en'],
    ['', 'en', 'en'],
    ['?lang=xx', null, 'ru'],
    ['', null, 'ru'],
  ])('with the address "%s" and "%s" chosen before is %s', (search, stored, expected) => {
    expect(firstLanguage(search, stored)).toBe(expected);
  });

  it('writes instants as people do', () => {
    expect(formatInstant('ru', '2026-11-24T11:05:00.000Z')).toMatch(/^24 нояб\. 2026 г\., \d\d:05$/);
    expect(formatInstant('en', '2026-11-24T11:05:00.000Z')).toMatch(/^24 Nov 2026, \d\d:05$/);
    const moscow = { timeZone: 'Europe/Moscow' };
    expect(formatInstant('ru', '2026-11-23T21:05:09.000Z', moscow)).toMatch(/^24 нояб\. 2026 г\., 00:05$/);
    expect(formatInstant('en', '2026-11-23T21:05:09.000Z', { ...moscow, withSeconds: true })).toBe(
      '24 Nov 2026, 00:05:09',
    );
  });

  it('writes an instant in the zone that it is asked for, whatever the viewer’s', () => {
    expect(formatInstant('ru', '2026-11-24T21:05:00.000Z', { timeZone: 'Asia/Vladivostok' })).toBe(
      '25 нояб. 2026 г., 07:05',
    );
    expect(formatInstant('en', '2026-11-24T21:05:00.000Z', { timeZone: 'Europe/Moscow' })).toBe(
      '25 Nov 2026, 00:05',
    );
  });

  it.each([
    [-1, '0 мин', '0 min'],
    [59_999, '0 мин', '0 min'],
    [5 * 60_000, '5 мин', '5 min'],
    [60 * 60_000, '1 ч', '1 hr'],
    [195 * 60_000, '3 ч 15 мин', '3 hr 15 min'],
    [(2 * 1_440 + 3 * 60 + 7) * 60_000, '2 дн. 3 ч', '2 days 3 hr'],
    [(2 * 1_440 + 7) * 60_000, '2 дн.', '2 days'],
  ])('says how long %i ms are', (ms, russian, english) => {
    expect(formatDuration('ru', ms).replaceAll('\u00a0', ' ')).toBe(russian);
    expect(formatDuration('en', ms).replaceAll('\u00a0', ' ')).toBe(english);
  });
});
