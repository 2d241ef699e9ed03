import { describe, expect, it } from 'vitest';
import { isFound } from './search.ts';

const tea = ['Чай чёрный в подстаканнике', 'Black tea', 'BUF-001', '2000001001011'];

describe('the search', () => {
  it.each([
    ['чай', true],
    ['ЧЕРНЫЙ чай', true],
    ['чёрн', true],
    ['tea blac ', true],
    ['1001011', true],
    ['чай зелёный', false],
  ])('"%s" finds the tea: %s', (query, isThere) => expect(isFound(tea, query)).toBe(isThere));
});
