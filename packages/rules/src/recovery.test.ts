import type { RetryClass, Scheme } from '@bivak/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DebtToPlan, mayTryNow, planDebt, type RecoveryPolicy } from './recovery.ts';
import { type CardAttempt, classifyDecline } from './scheme-rules.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const policy: RecoveryPolicy = {
  windowMs: 7 * dayMs,
  attemptHourLocal: 9,
  timeZone: 'Europe/Moscow',
  minGapMs: 12 * hourMs,
};
const declinedAtMs = Date.parse('2026-11-24T15:00:00Z');
const debt: DebtToPlan = {
  scheme: 'visa',
  amountMinor: 50_000,
  retryClass: 'later',
  waitMs: 0,
  windowEndsAtMs: declinedAtMs + 7 * dayMs,
  declinedAtMs,
  cardAttempts: [{ atMs: declinedAtMs, amountMinor: 50_000 }],
  unreachedInARow: 0,
  triedAsBack: 0,
  isIssuerBack: false,
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

  it('stays in the morning if a wait of whole days ends just after it has begun', () => {
    const morning = { ...debt, declinedAtMs: Date.parse('2026-11-25T06:00:04Z'), waitMs: dayMs };
    expect(planDebt(morning, policy, morning.declinedAtMs)).toMatchObject({
      do: 'attempt',
      atMs: Date.parse('2026-11-26T06:00:04Z'),
    });
  });

  it('does not retry soon if Mastercard’s advice is missing', () => {
    const { retryClass, waitMs } = classifyDecline('mastercard', '51', null, declinedAtMs);
    const plan = planDebt({ ...debt, scheme: 'mastercard', retryClass, waitMs }, policy, declinedAtMs);
    expect(plan.atMs).toBeGreaterThanOrEqual(declinedAtMs + 12 * hourMs);
  });
});

/** The limits as the schemes' tables have them, written down once more: not read from the code under test. */
const limits: Readonly<Record<Scheme, readonly { max: number; windowMs: number; sameAmount: boolean }[]>> = {
  visa: [{ max: 20, windowMs: 30 * dayMs, sameAmount: false }],
  mastercard: [
    { max: 10, windowMs: dayMs, sameAmount: false },
    { max: 35, windowMs: 30 * dayMs, sameAmount: true },
  ],
  mir: [{ max: 15, windowMs: 30 * dayMs, sameAmount: false }],
  other: [{ max: 15, windowMs: 30 * dayMs, sameAmount: false }],
};

/** The most attempts that any window of a limit has held, as a share of what it bears. */
function fullest(scheme: Scheme, attempts: readonly CardAttempt[]): number {
  const shares = limits[scheme].flatMap(({ max, windowMs, sameAmount }) =>
    attempts.map((last) => {
      const held = attempts.filter(
        ({ atMs, amountMinor }) =>
          atMs > last.atMs - windowMs &&
          atMs <= last.atMs &&
          (!sameAmount || amountMinor === last.amountMinor),
      );
      return held.length / max;
    }),
  );
  return Math.max(...shares);
}

interface Answer {
  retryClass: RetryClass;
  waitMs: number;
}

/** Lives the debts of one card hour by hour (or in leaps), every attempt declined; gives the attempts that were made. */
function live(
  scheme: Scheme,
  sums: readonly number[],
  answers: readonly Answer[],
  leapsMs: readonly number[],
  isPressing: boolean,
): CardAttempt[] {
  const attempts: CardAttempt[] = sums.map((amountMinor) => ({ atMs: declinedAtMs, amountMinor }));
  const debts = sums.map((amountMinor, index) => ({
    ...debt,
    scheme,
    amountMinor,
    ...answers[index % answers.length]!,
    windowEndsAtMs: declinedAtMs + 60 * dayMs,
  }));
  const decline = (declined: DebtToPlan, atMs: number): void => {
    expect(declined.retryClass).not.toBe('never');
    expect(declined.retryClass).not.toBe('mend-data');
    if (declined.retryClass === 'later')
      expect(atMs - declined.declinedAtMs).toBeGreaterThanOrEqual(declined.waitMs);
    attempts.push({ atMs, amountMinor: declined.amountMinor });
    Object.assign(declined, { declinedAtMs: atMs, ...answers[attempts.length % answers.length]! });
  };
  let nowMs = declinedAtMs;
  for (let step = 0; nowMs < declinedAtMs + 61 * dayMs; step++) {
    nowMs += leapsMs[step % leapsMs.length]!;
    for (const owed of debts) {
      const facts = { ...owed, cardAttempts: attempts };
      if (isPressing && nowMs < owed.windowEndsAtMs && mayTryNow(facts, nowMs).allowed) decline(owed, nowMs);
      const plan = planDebt({ ...owed, cardAttempts: attempts }, policy, nowMs);
      if (plan.do === 'attempt') expect(plan.atMs).toBeGreaterThanOrEqual(nowMs);
      else expect(plan.atMs).toBeLessThanOrEqual(Math.max(nowMs, owed.windowEndsAtMs));
      if (plan.do === 'attempt' && plan.atMs <= nowMs) decline(owed, nowMs);
      if (nowMs >= owed.windowEndsAtMs) expect(plan.do).toBe('list');
    }
  }
  return attempts;
}

describe('a card with several debts', () => {
  const soft: Answer[] = [
    { retryClass: 'later', waitMs: 0 },
    { retryClass: 'generic', waitMs: 0 },
  ];

  it('is never tried more often than its scheme bears, whatever is answered, asked and slept through', () => {
    const answer = fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom(...soft) },
      { weight: 3, arbitrary: fc.constantFrom<Answer>({ retryClass: 'later', waitMs: 3 * dayMs }) },
      { weight: 1, arbitrary: fc.constantFrom<RetryClass>('never', 'mend-data').map(noWait) },
    );
    fc.assert(
      fc.property(
        fc.constantFrom<Scheme>('visa', 'mastercard', 'mir', 'other'),
        fc.array(fc.constantFrom(10_000, 20_000), { minLength: 1, maxLength: 3 }),
        fc.array(answer, { minLength: 1, maxLength: 40 }),
        fc.array(fc.constantFrom(5 * hourMs, 11 * hourMs, 3 * dayMs), { minLength: 1, maxLength: 10 }),
        fc.boolean(),
        (scheme, sums, answers, leapsMs, isPressing) => {
          const attempts = live(scheme, sums, answers, leapsMs, isPressing);
          expect(fullest(scheme, attempts)).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it.each(['visa', 'mastercard', 'mir', 'other'] as const)(
    'uses up what %s bears, and stops there',
    (scheme) => {
      const attempts = live(scheme, [10_000, 10_000], soft, [2 * hourMs], true);
      expect(fullest(scheme, attempts)).toBe(1);
    },
    60_000,
  );

  it('has 35 Mastercard attempts in 30 days for each sum', () => {
    const tried = (amountMinor: number): CardAttempt[] =>
      Array.from({ length: 35 }, (_, index) => ({ atMs: declinedAtMs - index * 12 * hourMs, amountMinor }));
    const facts = { ...debt, scheme: 'mastercard' as const, cardAttempts: tried(10_000) };
    expect(mayTryNow({ ...facts, amountMinor: 10_000 }, declinedAtMs)).toMatchObject({ denial: 'budget' });
    expect(mayTryNow({ ...facts, amountMinor: 20_000 }, declinedAtMs)).toEqual({ allowed: true });
  });
});

const noWait = (retryClass: RetryClass): Answer => ({ retryClass, waitMs: 0 });

describe('the cardholder’s own wish', () => {
  it('is granted within the budget and refused after a final answer', () => {
    expect(mayTryNow(debt, declinedAtMs + 60_000)).toEqual({ allowed: true });
    expect(mayTryNow({ ...debt, retryClass: 'never' }, declinedAtMs)).toMatchObject({
      allowed: false,
      denial: 'final',
    });
    const spent = Array.from({ length: 20 }, (_, index) => ({
      atMs: declinedAtMs + index * hourMs,
      amountMinor: 1_000 + index,
    }));
    expect(mayTryNow({ ...debt, cardAttempts: spent }, declinedAtMs + dayMs)).toEqual({
      allowed: false,
      denial: 'budget',
      fromMs: declinedAtMs + 30 * dayMs,
    });
  });

  it('waits as long as the issuer has said, and not as long as we would out of caution', () => {
    const advised = {
      ...debt,
      scheme: 'mastercard' as const,
      retryClass: 'later' as const,
      waitMs: 3 * dayMs,
    };
    expect(mayTryNow(advised, declinedAtMs + dayMs)).toEqual({
      allowed: false,
      denial: 'advised-wait',
      fromMs: declinedAtMs + 3 * dayMs,
    });
    expect(mayTryNow(advised, declinedAtMs + 3 * dayMs)).toEqual({ allowed: true });
    expect(mayTryNow({ ...advised, retryClass: 'generic' }, declinedAtMs + hourMs)).toEqual({
      allowed: true,
    });
  });
});
