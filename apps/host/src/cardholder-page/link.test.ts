import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkToken, saleOfToken } from './link.ts';

const key = Buffer.alloc(32, 7);
const nowMs = Date.parse('2026-11-24T09:00:00Z');

describe('the link in an SMS', () => {
  const token = linkToken(key, 'till-1-000012', nowMs);

  it('is short and leads to its sale, for sixty days', () => {
    expect(token.length).toBeLessThan(40);
    expect(saleOfToken(key, token, nowMs + 59 * 86_400_000)).toBe('till-1-000012');
    expect(saleOfToken(key, token, nowMs + 61 * 86_400_000)).toBeUndefined();
  });

  it('is worth nothing when a letter was changed, or under another key', () => {
    expect(saleOfToken(Buffer.alloc(32, 8), token, nowMs)).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'abcXYZ019-_.'), (at, letter) => {
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        if (changed !== token) expect(saleOfToken(key, changed, nowMs)).toBeUndefined();
      }),
    );
  });

  it('survives any text', () => {
    fc.assert(fc.property(fc.string(), (text) => saleOfToken(key, text, nowMs) === undefined));
  });
});
