import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DebtToPlan, mayTryNow, planDebt, type RecoveryPolicy } from './recovery.ts';
import { budgetsOf, type RetryClass, type Scheme } from './scheme-rules.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const policy: RecoveryPolicy = {
  windowMs: 7 * dayMs,
  attemptHourLocal: 9,
  timeZone: 'Europe/Moscow',
  leastGapMs: 12 * hourMs,
};
const declinedAtMs = Date.parse('2026-11-24T15:00:00Z');
const debt: DebtToPlan = {
  scheme: 'visa',
  retryClass: 'later',
  waitMs: 0,
  windowEndsAtMs: declinedAtMs + 7 * dayMs,
  declinedAtMs,
  cardAttemptsAtMs: [declinedAtMs],
};

describe('planning a debt', () => {
  it('tries again next morning', () => {
    expect(planDebt(debt, policy, declinedAtMs)).toMatchObject({
      do: 'attempt',
      atMs: Date.parse('2026-11-25T06:00:00Z'),
    });
  });

  it('waits as long as the advice says', () => {
    const plan = planDebt({ ...debt, waitMs: 3 * dayMs }, policy, declinedAtMs);
    expect(plan).toMatchObject({ do: 'attempt', atMs: Date.parse('2026-11-28T06:00:00Z') });
  });

  it('makes an attempt that fell due meanwhile now, once', () => {
    const nowMs = declinedAtMs + 3 * dayMs;
    expect(planDebt(debt, policy, nowMs)).toMatchObject({ do: 'attempt', atMs: nowMs });
  });

  it('lists at once after a final answer', () => {
    expect(planDebt({ ...debt, retryClass: 'never' }, policy, declinedAtMs)).toMatchObject({
      do: 'list',
      atMs: declinedAtMs,
    });
  });

  it('tries no card whose data would be refused again, and lists it at the end', () => {
    expect(planDebt({ ...debt, retryClass: 'mend-data' }, policy, declinedAtMs)).toMatchObject({
      do: 'list',
      atMs: debt.windowEndsAtMs,
    });
  });

  it('lists at the end of the window', () => {
    const last = { ...debt, declinedAtMs: debt.windowEndsAtMs - 5 * hourMs };
    expect(planDebt(last, policy, debt.windowEndsAtMs)).toMatchObject({
      do: 'list',
      atMs: debt.windowEndsAtMs,
    });
  });

  it('never breaks a scheme’s limit, never tries after a final answer, and always ends', () => {
    const history = fc.array(fc.constantFrom<RetryClass>('later', 'generic', 'mend-data', 'never'), {
      minLength: 60,
      maxLength: 60,
    });
    const scheme = fc.constantFrom<Scheme>('visa', 'mastercard', 'mir', 'other');
    const asked = fc.array(fc.integer({ min: 1, max: 2 * dayMs }), { maxLength: 40 });
    fc.assert(
      fc.property(
        scheme,
        history,
        asked,
        fc.integer({ min: 1, max: 60 }),
        (schemeName, answers, askedGapsMs, days) => {
          const attempts = [declinedAtMs];
          let facts: DebtToPlan = {
            ...debt,
            scheme: schemeName,
            windowEndsAtMs: declinedAtMs + days * dayMs,
            cardAttemptsAtMs: attempts,
          };
          let nowMs = declinedAtMs;
          const attempt = (atMs: number) => {
            expect(facts.retryClass).not.toBe('never');
            attempts.push(atMs);
            nowMs = atMs;
            facts = {
              ...facts,
              declinedAtMs: atMs,
              retryClass: answers[attempts.length] ?? 'never',
              cardAttemptsAtMs: [...attempts],
            };
          };
          for (let step = 0; step < 200; step++) {
            const gapMs = askedGapsMs[step];
            if (
              gapMs !== undefined &&
              mayTryNow(facts, nowMs + gapMs).allowed &&
              nowMs + gapMs < facts.windowEndsAtMs
            )
              attempt(nowMs + gapMs);
            const plan = planDebt(facts, policy, nowMs);
            if (plan.do === 'list') {
              expect(plan.atMs).toBeLessThanOrEqual(facts.windowEndsAtMs);
              break;
            }
            expect(plan.atMs).toBeGreaterThanOrEqual(nowMs);
            attempt(plan.atMs);
            expect(step).toBeLessThan(150);
          }
          for (const { windowMs, attemptsMax } of budgetsOf(schemeName)) {
            for (const endMs of attempts) {
              expect(
                attempts.filter((at) => at > endMs - windowMs && at <= endMs).length,
              ).toBeLessThanOrEqual(attemptsMax);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the cardholder’s own wish', () => {
  it('is granted within the budget and refused after a final answer', () => {
    expect(mayTryNow(debt, declinedAtMs + 60_000)).toEqual({ allowed: true });
    expect(mayTryNow({ ...debt, retryClass: 'never' }, declinedAtMs)).toMatchObject({
      allowed: false,
      why: 'final',
    });
    const spent = Array.from({ length: 20 }, (_, index) => declinedAtMs + index * hourMs);
    expect(mayTryNow({ ...debt, cardAttemptsAtMs: spent }, declinedAtMs + dayMs)).toEqual({
      allowed: false,
      why: 'budget',
      fromMs: declinedAtMs + 30 * dayMs,
    });
  });
});
