import { describe, expect, it } from 'vitest';
import { debitSign } from './bank-health.ts';
import { readAnswer } from './response-codes.ts';

const signOf = (responseCode: string) =>
  debitSign(readAnswer({ responseCode, authorisationCode: null, amountMinor: null }, 1));

describe('what an answer to a debit shows', () => {
  it.each([
    ['00', 'answered'],
    ['51', 'answered'],
    ['10', 'answered'],
    ['ZZ', 'answered'],
    ['96', 'failed'],
    ['09', 'failed'],
    ['91', 'issuer-failed'],
    ['92', 'issuer-failed'],
    ['68', 'issuer-failed'],
    ['907', 'issuer-failed'],
    ['58', 'card-refused'],
    ['120', 'card-refused'],
    ['03', 'blocked'],
    ['109', 'blocked'],
  ])('%s: %s', (code, sign) => expect(signOf(code)).toBe(sign));

  it('is a failure if there is none', () => expect(debitSign(null)).toBe('failed'));
});
