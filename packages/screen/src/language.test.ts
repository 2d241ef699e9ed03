import { describe, expect, it } from 'vitest';
import { firstLanguage } from './language.ts';

describe('the language of a screen', () => {
  it.each([
    ['?lang=en', 'ru', 'en'],
    ['', 'en', 'en'],
    ['?lang=none', null, 'ru'],
    ['', null, 'ru'],
  ])('with the address "%s" and "%s" chosen before is %s', (search, stored, expected) => {
    expect(firstLanguage(search, stored)).toBe(expected);
  });
});
