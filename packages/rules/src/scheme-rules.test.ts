import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetsOf, classifyDecline, nextWithinBudgetMs, type Scheme, schemeOf } from './scheme-rules.ts';

const atMs = Date.parse('2026-11-24T09:00:00Z');
const dayMs = 86_400_000;

describe('what a decline allows', () => {
  it.each([
    ['visa', '43', 'never'],
    ['visa', '14', 'never'],
    ['visa', '51', 'later'],
    ['visa', '54', 'mend-data'],
    ['visa', '05', 'generic'],
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

  it('never lets more attempts into any window than its budget', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Scheme>('visa', 'mastercard', 'mir', 'other'),
        fc.array(fc.integer({ min: 0, max: 3 * dayMs }), { maxLength: 80 }),
        (scheme, gapsMs) => {
          const made: number[] = [];
          let wantedMs = atMs;
          for (const gapMs of gapsMs) {
            wantedMs = nextWithinBudgetMs(scheme, made, wantedMs + gapMs);
            made.push(wantedMs);
          }
          for (const { windowMs, attemptsMax } of budgetsOf(scheme)) {
            for (const endMs of made) {
              expect(made.filter((at) => at > endMs - windowMs && at <= endMs).length).toBeLessThanOrEqual(
                attemptsMax,
              );
            }
          }
        },
      ),
    );
  });
});
