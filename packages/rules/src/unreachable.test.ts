import type { Scheme } from '@bivak/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttemptFacts, decideNextStep } from './payment.ts';
import { type DebtToPlan, mayTryNow, planDebt, type RecoveryPolicy, windowEndMs } from './recovery.ts';
import type { CardAttempt } from './scheme-rules.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const soldAtMs = Date.parse('2026-11-24T09:00:00Z');
const policy: RecoveryPolicy = {
  windowMs: 7 * dayMs,
  attemptHourLocal: 9,
  timeZone: 'Europe/Moscow',
  minGapMs: 12 * hourMs,
};
const budgets: Readonly<Record<Scheme, number>> = { visa: 20, mastercard: 35, mir: 15, other: 15 };

interface Sale {
  amountMinor: number;
  cycle: number;
  attempts: AttemptFacts[];
  /** Null while payments works on it. */
  debt: Omit<DebtToPlan, 'cardAttempts' | 'isIssuerBack'> | null;
  state: 'open' | 'collected' | 'listed';
  collectedAtMs: number | null;
}

interface World {
  scheme: Scheme;
  bankIds: readonly string[];
  sums: readonly number[];
  /** When the issuer decides again, and approves; null: never. */
  backAtMs: number | null;
  /** When another of its cards is decided first; null: never. */
  seenBackAtMs: number | null;
  /** What an attempt in vain shows. */
  inVain: Partial<AttemptFacts>;
  isPressing?: boolean;
}

/** Lives one card's sales, minute by minute where something may happen, until nothing is tried any more. */
function live(world: World): { sales: Sale[]; attempts: CardAttempt[] } {
  const { scheme, bankIds, backAtMs, seenBackAtMs } = world;
  const banks = {
    ranked: bankIds.map((bankId, index) => ({
      bankId,
      costMinor: index,
      route: { kind: 'off-us', feePercent: '1', isFailing: false } as const,
    })),
    blocked: [],
  };
  const attempts: CardAttempt[] = [];
  const sales: Sale[] = world.sums.map((amountMinor) => ({
    amountMinor,
    cycle: 0,
    attempts: [],
    debt: null,
    state: 'open',
    collectedAtMs: null,
  }));
  const send = (sale: Sale, bankId: string, atMs: number): void => {
    const isBack = backAtMs !== null && atMs >= backAtMs;
    if (!isBack) attempts.push({ atMs, amountMinor: sale.amountMinor });
    sale.attempts.push({
      number: sale.attempts.length + 1,
      cycle: sale.cycle,
      bankId,
      changedAtMs: atMs,
      afterReversal: null,
      reversalTries: 0,
      reversingSinceMs: null,
      reversalVerdict: null,
      completionTries: 0,
      completingSinceMs: null,
      mayInquire: false,
      wasInterrupted: false,
      responseClass: isBack ? 'approved' : null,
      state: isBack ? 'approved' : 'reversed',
      ...(isBack ? {} : world.inVain),
    });
  };
  const advance = (sale: Sale, atMs: number): void => {
    for (;;) {
      const facts = {
        cycle: sale.cycle,
        cancelRequested: false,
        amountMinor: sale.amountMinor,
        scheme,
        cardAttempts: attempts,
        isIssuerUnreached: false,
        isUnreached: false,
      };
      const step = decideNextStep(facts, sale.attempts, banks, atMs);
      if (step.do === 'send') send(sale, step.bankId, atMs);
      else if (step.do === 'book' && step.state === 'collected') {
        Object.assign(sale, { state: 'collected', collectedAtMs: atMs });
        return;
      } else if (step.do === 'book') {
        const before = sale.debt;
        const firstMs = sale.attempts[0]!.changedAtMs;
        sale.debt = {
          scheme,
          amountMinor: sale.amountMinor,
          retryClass: 'unreachable',
          waitMs: 0,
          windowEndsAtMs: before?.windowEndsAtMs ?? windowEndMs(firstMs, atMs, policy.windowMs),
          declinedAtMs: atMs,
          unreachedInARow: (before?.unreachedInARow ?? 0) + 1,
          triedAsBack: before?.triedAsBack ?? 0,
        };
        return;
      } else return;
    }
  };
  const isUnderWay = (sale: Sale): boolean => sale.debt === null || sale.cycle > lastCycleOf(sale);
  for (let atMs = soldAtMs; atMs < soldAtMs + 9 * dayMs; atMs += 5 * minuteMs) {
    for (const sale of sales) {
      if (sale.state !== 'open') continue;
      if (isUnderWay(sale)) advance(sale, atMs);
      if (sale.state !== 'open' || isUnderWay(sale)) continue;
      const isIssuerBack =
        seenBackAtMs !== null && atMs >= seenBackAtMs && sale.debt!.declinedAtMs < seenBackAtMs;
      const facts = { ...sale.debt!, cardAttempts: attempts, isIssuerBack };
      const plan = planDebt(facts, policy, atMs);
      const isPressed = world.isPressing === true && mayTryNow(facts, atMs).allowed;
      if ((plan.do === 'attempt' && plan.atMs <= atMs) || isPressed) {
        if (plan.reason === 'issuer-back') sale.debt!.triedAsBack++;
        sale.cycle++;
        advance(sale, atMs);
      } else if (plan.do === 'list' && plan.atMs <= atMs) sale.state = 'listed';
    }
  }
  return { sales, attempts };
}

const lastCycleOf = ({ attempts }: Sale): number => attempts.at(-1)?.cycle ?? -1;
const trouble = { state: 'rejected', responseClass: 'bank-trouble' } as const;
const day = (days: number): number => soldAtMs + days * dayMs;
const one: World = {
  scheme: 'mir',
  bankIds: ['north', 'ural', 'volga'],
  sums: [50_000],
  backAtMs: null,
  seenBackAtMs: null,
  inVain: trouble,
};

describe('an issuer that cannot be reached', () => {
  it.each([
    ['answers 91', trouble],
    ['is silent', { state: 'reversed', responseClass: null } as const],
    ['is not understood', { state: 'reversed', responseClass: 'unsure', afterReversal: 'retry' } as const],
  ])('and %s for ever becomes a debt that ends with its window', (_, inVain) => {
    const { sales } = live({ ...one, inVain });
    expect(sales[0]!.state).toBe('listed');
    expect(sales[0]!.debt!.windowEndsAtMs).toBe(day(7));
    expect(sales[0]!.debt!.unreachedInARow).toBeGreaterThan(3);
  });

  it('is tried soon at first, then less and less often, and some of the budget is kept', () => {
    const { attempts } = live({ ...one, scheme: 'mir' });
    const until = (ms: number): number => attempts.filter(({ atMs }) => atMs < ms).length;
    expect(until(soldAtMs + hourMs)).toBe(5);
    expect(until(soldAtMs + 6 * hourMs)).toBeGreaterThanOrEqual(6);
    // Five of fifteen are kept until the last day.
    expect(until(day(6))).toBeLessThanOrEqual(10);
    expect(until(day(4))).toBeLessThan(until(day(7)));
  });

  it('gets its card attempted on day 5 if another of its cards shows then that it is back', () => {
    for (const scheme of ['visa', 'mastercard', 'mir', 'other'] as const) {
      const backAtMs = day(5);
      const { sales } = live({
        ...one,
        scheme,
        sums: [10_000, 20_000, 30_000],
        backAtMs,
        seenBackAtMs: backAtMs,
      });
      for (const { state, collectedAtMs } of sales) {
        expect(state).toBe('collected');
        expect(collectedAtMs! - backAtMs).toBeLessThan(hourMs);
      }
    }
  });

  it('gets its card attempted within the window if nobody shows that it is back', () => {
    for (const backDays of [0.1, 1, 2.5, 4, 5.9]) {
      const { sales } = live({ ...one, backAtMs: day(backDays) });
      expect(sales[0]!.state).toBe('collected');
    }
  });

  it('leaves no card waiting for a month, and spends no budget over, however it comes and goes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Scheme>('visa', 'mastercard', 'mir', 'other'),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.constantFrom(10_000, 20_000), { minLength: 1, maxLength: 4 }),
        fc.option(fc.double({ min: 0, max: 6, noNaN: true })),
        fc.boolean(),
        fc.constantFrom(trouble, { state: 'reversed', responseClass: null } as const),
        fc.boolean(),
        (scheme, banks, sums, backDays, isSeen, inVain, isPressing) => {
          const bankIds = ['north', 'ural', 'volga', 'don'].slice(0, banks);
          const backAtMs = backDays === null ? null : day(backDays);
          const world = {
            scheme,
            bankIds,
            sums,
            backAtMs,
            seenBackAtMs: isSeen ? backAtMs : null,
            inVain,
            isPressing,
          };
          const { sales, attempts } = live(world);
          // The first attempt of each sale is no retry.
          const sameSum = attempts.filter(({ amountMinor }) => amountMinor === sums[0]);
          const counted = scheme === 'mastercard' ? sameSum : attempts;
          expect(counted.length).toBeLessThanOrEqual(budgets[scheme] + sums.length - 1);
          for (const { state } of sales) expect(state).not.toBe('open');
          if (isSeen && backAtMs !== null && !isPressing)
            for (const { state } of sales) expect(state).toBe('collected');
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('the window of a debt', () => {
  it('counts from the first attempt, and leaves time for the notices', () => {
    expect(windowEndMs(0, 5 * hourMs, 7 * dayMs)).toBe(7 * dayMs);
    expect(windowEndMs(0, 8 * dayMs, 7 * dayMs)).toBe(10 * dayMs);
    expect(windowEndMs(0, 0, hourMs)).toBe(hourMs);
  });
});

describe('the wish of a cardholder whose bank cannot be reached', () => {
  it('is granted an hour after the last attempt, and at once when the bank is back', () => {
    const debt = {
      scheme: 'mir' as const,
      amountMinor: 100,
      retryClass: 'unreachable' as const,
      waitMs: 0,
      declinedAtMs: soldAtMs,
      cardAttempts: [],
      isIssuerBack: false,
    };
    expect(mayTryNow(debt, soldAtMs + minuteMs)).toEqual({
      allowed: false,
      denial: 'bank-unreachable',
      fromMs: soldAtMs + hourMs,
    });
    expect(mayTryNow(debt, soldAtMs + hourMs)).toEqual({ allowed: true });
    expect(mayTryNow({ ...debt, isIssuerBack: true }, soldAtMs + minuteMs)).toEqual({ allowed: true });
  });
});
