import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReversalTerms, readReversalAnswer } from './reversal.ts';

const terms: ReversalTerms = {
  confirmingCodes: ['94'],
  notFoundCodes: ['25'],
  notYetMs: 600_000,
  takesRefunds: true,
};
const read = (code: string, wasApproved: boolean, ageMs: number, change: Partial<ReversalTerms> = {}) =>
  readReversalAnswer(
    code,
    { wasApproved, mayBeCompleted: false, sentAtMs: 0 },
    { ...terms, ...change },
    ageMs,
  );

describe('an answer to a reversal', () => {
  it('confirms by 00, and by what the bank’s profile names', () => {
    expect(read('00', true, 0)).toBe('confirmed');
    expect(read('94', false, 0)).toBe('confirmed');
    expect(read('94', false, 0, { confirmingCodes: [] })).toBe('unconfirmed');
  });

  it('“no such debit” confirms only what was never approved, and not at once', () => {
    expect(read('25', false, 599_999)).toBe('not-yet');
    expect(read('25', false, 600_000)).toBe('confirmed');
    expect(
      readReversalAnswer('25', { wasApproved: false, mayBeCompleted: false, sentAtMs: null }, terms, 1e12),
    ).toBe('not-yet');
  });

  it('“no such debit” of an approved one asks for a refund, or for a person', () => {
    expect(read('25', true, 1e9)).toBe('refund');
    expect(read('25', true, 1e9, { takesRefunds: false })).toBe('dispute');
  });

  it('“no such debit” of a reservation whose completion may have left is a person’s to look into', () => {
    const attempt = { wasApproved: false, mayBeCompleted: true, sentAtMs: 0 };
    expect(readReversalAnswer('25', attempt, terms, 1e9)).toBe('dispute');
    expect(readReversalAnswer('00', attempt, terms, 1e9)).toBe('confirmed');
  });

  it('confirms nothing by a code that nobody has listed', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3 }), fc.boolean(), fc.nat(), (code, wasApproved, ageMs) => {
        if (['00', '94', '25'].includes(code)) return;
        expect(read(code, wasApproved, ageMs)).toBe('unconfirmed');
      }),
    );
  });
});
