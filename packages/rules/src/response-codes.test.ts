import { describe, expect, it } from 'vitest';
import { responseClass, responseMeaning } from './response-codes.ts';

describe('response codes', () => {
  it.each([
    ['00', 'approved'],
    ['51', 'declined'],
    ['43', 'declined'],
    ['03', 'merchant-blocked'],
    ['91', 'bank-trouble'],
    ['96', 'bank-trouble'],
    ['68', 'unsure'],
  ])('%s is %s', (code, expected) => {
    expect(responseClass(code)).toBe(expected);
  });

  it('takes a code that nobody has listed for a decline', () => {
    expect(responseClass('Q9')).toBe('declined');
    expect(responseMeaning('Q9')).toBe('unlisted');
  });

  it('says what a code means', () => {
    expect(responseMeaning('51')).toBe('insufficient-funds');
  });
});
