import { responseClasses, responseMeanings } from '@bivak/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer, responseMeaning } from './response-codes.ts';

const read = (responseCode: string, change: Partial<Parameters<typeof readAnswer>[0]> = {}) =>
  readAnswer({ responseCode, authorisationCode: null, amountMinor: null, ...change }, 1_000);

describe('an answer to a debit', () => {
  it.each([
    ['00', 'approved'],
    ['08', 'approved'],
    ['11', 'approved'],
    ['16', 'approved'],
    ['10', 'partial'],
    ['51', 'declined'],
    ['43', 'declined'],
    ['03', 'merchant-blocked'],
    ['91', 'bank-trouble'],
    ['96', 'bank-trouble'],
    ['68', 'unsure'],
    ['09', 'unsure'],
    ['94', 'unsure'],
    ['85', 'unsure'],
    ['77', 'unsure'],
    ['N0', 'unsure'],
    ['Q1', 'unsure'],
    ['', 'unsure'],
    ['toString', 'unsure'],
    ['000', 'approved'],
    ['002', 'partial'],
    ['051', 'unsure'],
    ['116', 'declined'],
    ['208', 'declined'],
    ['120', 'merchant-blocked'],
    ['907', 'bank-trouble'],
    ['911', 'unsure'],
    ['913', 'unsure'],
    ['900', 'unsure'],
    ['999', 'unsure'],
  ])('%s is %s', (code, expected) => {
    expect(read(code).class).toBe(expected);
  });

  it('that nobody has listed counts as the issuer’s no once it is reversed', () => {
    expect(read('Q9')).toEqual({ class: 'unsure', meaning: 'unlisted', after: 'declined' });
    expect(read('68').after).toBe('retry');
  });

  it('is never a decline if it bears an authorisation code', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2 }), (code) => {
        const { class: read_ } = read(code, { authorisationCode: '123456' });
        expect(['approved', 'partial', 'unsure']).toContain(read_);
      }),
    );
    expect(read('05', { authorisationCode: 'A1' })).toMatchObject({ class: 'unsure', after: 'declined' });
    expect(read('91', { authorisationCode: 'A1' })).toMatchObject({ class: 'unsure', after: 'retry' });
  });

  it('is partial if the bank has debited less, and unsure if it says more', () => {
    expect(read('00', { amountMinor: 999 }).class).toBe('partial');
    expect(read('00', { amountMinor: 1_000 }).class).toBe('approved');
    expect(read('00', { amountMinor: 1_001 }).class).toBe('unsure');
  });

  it('is read as its own bank means it', () => {
    const readings = { '92': 'declined' } as const;
    const answer = { responseCode: '92', authorisationCode: null, amountMinor: null };
    expect(readAnswer(answer, 1, readings).class).toBe('declined');
    expect(readAnswer(answer, 1).class).toBe('bank-trouble');
  });

  it('has a meaning and a class whatever its code is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3 }), (code) => {
        expect(responseMeanings).toContain(responseMeaning(code));
        expect(responseClasses).toContain(read(code).class);
      }),
    );
  });
});
