import { describe, expect, it } from 'vitest';
import { terminalLanguage } from './terminal.ts';

describe('the language of a terminal', () => {
  it.each([
    [{ LANG: 'ru_RU.UTF-8' }, 'ru'],
    [{ LANG: 'ru_RU.UTF-8', LC_ALL: 'en_US.UTF-8' }, 'en'],
    [{ LANG: 'xx_XX.UTF-8', LC_ALL: '' }, 'en'],
    [{ LC_ALL: 'C' }, 'en'],
    [{}, 'en'],
  ])('of %o is %s', (env, language) => {
    expect(terminalLanguage(env)).toBe(language);
  });
});
