import { describe, expect, it } from 'vitest';
import { firstLanguage, formatInstant, formatTime } from './language.ts';

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
    expect(formatTime('ru', '2026-11-24T11:05:00.000Z', 'Europe/Moscow')).toBe('14:05');
  });
});
