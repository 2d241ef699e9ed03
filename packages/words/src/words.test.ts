import { refusalReason } from '@bivak/contracts';
import { describe, expect, it } from 'vitest';
import { fillWords, refusalWords } from './index.ts';

describe('words', () => {
  it('fills a text and refuses one with a gap', () => {
    expect(fillWords('{sum} at {shop}', { sum: '5', shop: 'the buffet' })).toBe('5 at the buffet');
    expect(() => fillWords('{sum}', {})).toThrow(/sum/);
  });

  it.each(refusalReason.options)('the refusal %s has words in both languages', (reason) => {
    const words = refusalWords[reason]!;
    expect(words.ru.reason).toMatch(/[а-я]/i);
    expect(words.ru.advice).toMatch(/[а-я]/i);
    expect(words.en.reason).toMatch(/^[A-Z]/);
    expect(words.en.advice).toMatch(/^[A-Z]/);
  });
});
