import { describe, expect, it } from 'vitest';
import { createScanner } from './scanner.ts';

const type = (text: string, gapMs: number): string | undefined => {
  const scanner = createScanner();
  return [...text, 'Enter'].map((key, index) => scanner.key(key, index * gapMs)).at(-1);
};

describe('a scanner', () => {
  it('is known by its speed', () => {
    expect(type('4607001773207', 10)).toBe('4607001773207');
    expect(type('4607001773207', 120)).toBeUndefined();
  });

  it('types no short numbers and no words', () => {
    expect(type('1234', 5)).toBeUndefined();
    expect(type('чай12345', 5)).toBeUndefined();
  });
});
