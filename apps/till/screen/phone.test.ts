import { describe, expect, it } from 'vitest';
import { isPhone, showPhone, typePhone } from './phone.ts';

const typed = (keys: string, from = '+7'): string => [...keys].reduce(typePhone, from);

describe('a phone number', () => {
  it.each([
    ['+79161234567', true],
    ['+7916123456', false],
    ['+791612345678', false],
    ['+375291234567', true],
    ['+1', false],
    ['', false],
  ])('%s is whole: %s', (text, isWhole) => expect(isPhone(text)).toBe(isWhole));

  it('takes what is typed as it is said in Russia, and no digit too many', () => {
    expect(typed('9161234567')).toBe('+79161234567');
    expect(typed('89161234567')).toBe('+79161234567');
    expect(typed('4607001773207')).toBe('+74607001773');
    expect(typed('+375291234567')).toBe('+375291234567');
    expect(typed('7916', '')).toBe('+7916');
  });

  it('is shown in groups', () => {
    expect(showPhone('+7')).toBe('+7');
    expect(showPhone('+79161')).toBe('+7\u00a0916\u00a01');
    expect(showPhone('+79161234567')).toBe('+7\u00a0916\u00a0123-45-67');
    expect(showPhone('+375291234567')).toBe('+375291234567');
  });
});
