import type { Scheme } from '@bivak/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  budgetsOf,
  type CardAttempt,
  classifyDecline,
  nextWithinBudgetMs,
  schemeOf,
} from './scheme-rules.ts';

const atMs = Date.parse('2026-11-24T09:00:00Z');
const dayMs = 86_400_000;

describe('what a decline allows', () => {
  const visaTable = {
    never: '04 07 12 14 15 41 43 46 R0 R1 R3',
    later: '03 19 51 59 61 62 65 75 78 86 91 93 96 N3 N4 5C 9G',
    'mend-data': '54 55 82 1A 6P N7 63',
    generic: '01 05 13 30 58 ZZ',
  };
  it.each(Object.entries(visaTable))('of Visa’s table: %s', (retryClass, codes) => {
    for (const code of codes.split(' '))
      expect([code, classifyDecline('visa', code, null, atMs).retryClass]).toEqual([code, retryClass]);
  });

  it.each([
    ['mastercard', '43', 'never'],
    ['mir', '41', 'never'],
    ['other', '51', 'later'],
  ] as const)('%s %s: %s', (scheme, code, retryClass) => {
    expect(classifyDecline(scheme, code, null, atMs).retryClass).toBe(retryClass);
  });

  it('is by date: Visa 57 is final from 25 October 2026', () => {
    expect(classifyDecline('visa', '57', null, Date.parse('2026-10-24T23:59:59Z')).retryClass).toBe(
      'generic',
    );
    expect(classifyDecline('visa', '57', null, Date.parse('2026-10-25T00:00:00Z')).retryClass).toBe('never');
    expect(classifyDecline('visa', '83', null, Date.parse('2026-10-24T00:00:00Z')).retryClass).toBe(
      'generic',
    );
    expect(classifyDecline('visa', '83', null, atMs).retryClass).toBe('later');
  });

  it.each([
    ['03', 'never', 0],
    ['21', 'never', 0],
    ['02', 'later', 3 * dayMs],
    ['24', 'later', 3_600_000],
    ['30', 'later', 10 * dayMs],
    ['01', 'mend-data', 0],
    ['40', 'never', 0],
    ['41', 'never', 0],
    ['25', 'later', dayMs],
    ['26', 'later', 2 * dayMs],
    ['27', 'later', 4 * dayMs],
    ['28', 'later', 6 * dayMs],
    ['29', 'later', 8 * dayMs],
    ['43', 'generic', dayMs],
    ['99', 'generic', dayMs],
  ] as const)('Mastercard advice %s: %s after %i ms', (advice, retryClass, waitMs) => {
    expect(classifyDecline('mastercard', '51', advice, atMs)).toMatchObject({ retryClass, waitMs });
  });

  it('never softens a final code by an advice', () => {
    expect(classifyDecline('mastercard', '43', '02', atMs).retryClass).toBe('never');
  });

  it('names a source for every answer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Scheme>('visa', 'mastercard', 'mir', 'other'),
        fc.string({ maxLength: 2 }),
        (scheme, code) => classifyDecline(scheme, code, null, atMs).source.length > 0,
      ),
    );
  });
});

describe('a scheme', () => {
  it.each([
    ['427600******1234', 'visa'],
    ['546901******1234', 'mastercard'],
    ['222200******1234', 'mastercard'],
    ['220220******1234', 'mir'],
    ['620000******1234', 'other'],
  ])('of %s is %s', (pan, scheme) => {
    expect(schemeOf(pan)).toBe(scheme);
  });

  it('counts what its row of the day says: Visa 15 in 30 days until May 2025, 20 since', () => {
    const max = (at: string) => budgetsOf('visa', Date.parse(at)).map(({ attemptsMax }) => attemptsMax);
    expect(max('2025-04-30T23:59:59Z')).toEqual([15]);
    expect(max('2025-05-01T00:00:00Z')).toEqual([20]);
  });

  it('never lets more attempts into any window than its budget', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Scheme>('visa', 'mastercard', 'mir', 'other'),
        fc.array(fc.integer({ min: 0, max: dayMs }), { minLength: 40, maxLength: 80 }),
        (scheme, gapsMs) => {
          const made: CardAttempt[] = [];
          let wantedMs = atMs;
          for (const gapMs of gapsMs) {
            wantedMs = nextWithinBudgetMs(scheme, made, 100, wantedMs + gapMs);
            made.push({ atMs: wantedMs, amountMinor: 100 });
          }
          for (const { windowMs, attemptsMax } of budgetsOf(scheme, atMs)) {
            for (const last of made) {
              const held = made.filter((one) => one.atMs > last.atMs - windowMs && one.atMs <= last.atMs);
              expect(held.length).toBeLessThanOrEqual(attemptsMax);
            }
          }
        },
      ),
    );
  });
});
