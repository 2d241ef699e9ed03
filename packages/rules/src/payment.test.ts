import { type AttemptState, attemptLifecycle } from '@bivak/domain';
import { assertMove } from '@bivak/lifecycle';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttemptFacts, decideNextStep, type NextStep, type PaymentFacts } from './payment.ts';

const bankIds = ['volga', 'ural', 'north'];
const banks = {
  ranked: bankIds.map((bankId, index) => ({
    bankId,
    costMinor: index,
    route: { kind: 'off-us', feePercent: '1', isFailing: false } as const,
  })),
  blocked: [],
};
const payment: PaymentFacts = {
  cycle: 0,
  cancelRequested: false,
  amountMinor: 100,
  scheme: 'visa',
  cardAttempts: [],
};
const attempt = (change: Partial<AttemptFacts>): AttemptFacts => ({
  number: 1,
  cycle: 0,
  bankId: 'volga',
  state: 'sent',
  responseClass: null,
  changedAtMs: 0,
  reversalTries: 0,
  ...change,
});
const next = (attempts: AttemptFacts[], nowMs = 0, change: Partial<PaymentFacts> = {}): NextStep =>
  decideNextStep({ ...payment, ...change }, attempts, banks, nowMs);

describe('the next step of a payment', () => {
  it('is the cheapest bank at first', () => {
    expect(next([])).toEqual({ do: 'send', bankId: 'volga' });
  });

  it('is the next bank if nothing left, and if the bank blocks us or is in trouble', () => {
    expect(next([attempt({ state: 'not-sent' })])).toEqual({ do: 'send', bankId: 'ural' });
    expect(next([attempt({ state: 'rejected', responseClass: 'merchant-blocked' })])).toEqual({
      do: 'send',
      bankId: 'ural',
    });
    expect(next([attempt({ state: 'rejected', responseClass: 'bank-trouble' })])).toEqual({
      do: 'send',
      bankId: 'ural',
    });
  });

  it('is no other bank while an outcome is unknown', () => {
    expect(next([attempt({ state: 'unknown' })])).toEqual({ do: 'reverse', attempt: 1, repeat: false });
    expect(next([attempt({ state: 'reversing', reversalTries: 1 })], 1_000)).toEqual({
      do: 'wait',
      reason: { kind: 'reversal-unconfirmed', bankId: 'volga', tries: 1 },
      untilMs: 5_000,
    });
    expect(next([attempt({ state: 'reversing', reversalTries: 2 })], 10_000)).toEqual({
      do: 'reverse',
      attempt: 1,
      repeat: true,
    });
    expect(next([attempt({ state: 'reversed' })])).toEqual({ do: 'send', bankId: 'ural' });
  });

  it('is no other bank when the issuer has said no, until another cycle begins', () => {
    const refused = attempt({ state: 'declined', responseClass: 'declined' });
    expect(next([refused])).toEqual({ do: 'book', state: 'declined', attempt: 1 });
    expect(next([refused], 0, { cycle: 1 })).toEqual({ do: 'send', bankId: 'volga' });
  });

  it('is to wait when no bank could be reached, longer each time', () => {
    const tried = bankIds.map((bankId, index) => attempt({ number: index + 1, bankId, state: 'not-sent' }));
    expect(next(tried)).toEqual({
      do: 'wait',
      reason: { kind: 'banks-unreachable', bankIds },
      untilMs: 10_000,
    });
    expect(next([...tried, attempt({ number: 4, state: 'not-sent', changedAtMs: 10_000 })], 10_000)).toEqual({
      do: 'send',
      bankId: 'ural',
    });
  });

  it('is to wait for hours in the end if every bank answers that it is in trouble', () => {
    const answered = (count: number): AttemptFacts[] =>
      Array.from({ length: count }, (_, index) =>
        attempt({
          number: index + 1,
          bankId: bankIds[index % 3]!,
          state: 'rejected',
          responseClass: 'bank-trouble',
        }),
      );
    const waits = [2, 3, 4, 6, 9, 12, 30].map((count) => {
      const step = next(answered(count));
      return step.do === 'wait' ? step.untilMs! / 60_000 : step.do;
    });
    expect(waits).toEqual(['send', 1, 2, 8, 64, 240, 240]);
    expect(next(answered(3))).toMatchObject({ reason: { kind: 'banks-in-trouble', bankIds } });
  });

  it('is to look again later if every bank has blocked our account', () => {
    expect(decideNextStep(payment, [], { ranked: [], blocked: bankIds }, 1_000)).toEqual({
      do: 'wait',
      reason: { kind: 'banks-blocked', bankIds },
      untilMs: 901_000,
    });
  });

  it('is to wait if the scheme allows no more attempts with the card, and a first attempt is no retry', () => {
    const nowMs = Date.parse('2026-11-24T09:00:00Z');
    const cardAttempts = Array.from({ length: 20 }, () => ({ atMs: nowMs - 60_000, amountMinor: 100 }));
    expect(next([], nowMs, { cardAttempts })).toEqual({ do: 'send', bankId: 'volga' });
    const rejected = attempt({ state: 'rejected', responseClass: 'bank-trouble', changedAtMs: nowMs });
    expect(next([rejected], nowMs, { cardAttempts })).toEqual({
      do: 'wait',
      reason: { kind: 'scheme-budget', scheme: 'visa' },
      untilMs: nowMs - 60_000 + 30 * 86_400_000,
    });
    expect(next([rejected], nowMs)).toEqual({ do: 'send', bankId: 'ural' });
  });

  it('gives back what was debited for a sale that did not happen', () => {
    expect(next([attempt({ state: 'approved' })], 0, { cancelRequested: true })).toEqual({
      do: 'reverse',
      attempt: 1,
      repeat: false,
    });
    expect(next([attempt({ state: 'reversed' })], 0, { cancelRequested: true })).toEqual({
      do: 'book',
      state: 'cancelled',
      attempt: null,
    });
    expect(next([], 0, { cancelRequested: true })).toEqual({ do: 'book', state: 'cancelled', attempt: null });
  });
});

/** What a bank does with one message, and what the host then knows. */
type Behaviour =
  | 'approves'
  | 'declines'
  | 'silent-debited'
  | 'silent-lost'
  | 'down'
  | 'blocked'
  | 'trouble'
  | 'crash-before'
  | 'crash-after';
const behaviour = fc.constantFrom<Behaviour>(
  'approves',
  'declines',
  'silent-debited',
  'silent-lost',
  'down',
  'blocked',
  'trouble',
  'crash-before',
  'crash-after',
);

/** Plays one payment against banks with books of their own; `confirmed` says which reversals are answered. */
function play(behaviours: readonly Behaviour[], confirmed: readonly boolean[], cancelAt: number | null) {
  const books = new Map<string, number>();
  const debited = new Set<number>();
  const attempts: AttemptFacts[] = [];
  let nowMs = 0;
  let reversalsSent = 0;
  let maxDebits = 0;
  const move = (facts: AttemptFacts, state: AttemptState, more: Partial<AttemptFacts> = {}) => {
    assertMove(attemptLifecycle, facts.state, state);
    Object.assign(facts, { state, changedAtMs: nowMs, ...more });
  };
  const send = (bankId: string) => {
    const facts = attempt({ number: attempts.length + 1, bankId, state: 'stored', changedAtMs: nowMs });
    attempts.push(facts);
    const does = behaviours[attempts.length - 1] ?? 'approves';
    if (does === 'down') return move(facts, 'not-sent');
    if (does === 'crash-before') return move(facts, 'unknown');
    move(facts, 'sent');
    if (does === 'approves' || does === 'silent-debited' || does === 'crash-after') {
      books.set(bankId, (books.get(bankId) ?? 0) + 1);
      debited.add(facts.number);
    }
    if (does === 'approves') move(facts, 'approved', { responseClass: 'approved' });
    else if (does === 'declines') move(facts, 'declined', { responseClass: 'declined' });
    else if (does === 'blocked') move(facts, 'rejected', { responseClass: 'merchant-blocked' });
    else if (does === 'trouble') move(facts, 'rejected', { responseClass: 'bank-trouble' });
    else move(facts, 'unknown');
  };
  const reverse = (number: number) => {
    const facts = attempts[number - 1]!;
    if (facts.state !== 'reversing') move(facts, 'reversing');
    if (confirmed[reversalsSent++] === false) {
      Object.assign(facts, { reversalTries: facts.reversalTries + 1, changedAtMs: nowMs });
      return;
    }
    if (debited.delete(number)) books.set(facts.bankId, books.get(facts.bankId)! - 1);
    move(facts, 'reversed');
  };
  for (let step = 0; step < 200; step++) {
    const decided = decideNextStep(
      { ...payment, cancelRequested: cancelAt !== null && step >= cancelAt },
      attempts,
      banks,
      nowMs,
    );
    if (decided.do === 'book' && !(decided.state === 'collected' && cancelAt !== null && step < cancelAt)) {
      return { decided, net: [...books.values()].reduce((sum, count) => sum + count, 0), maxDebits };
    }
    if (decided.do === 'send') send(decided.bankId);
    else if (decided.do === 'reverse') reverse(decided.attempt);
    else if (decided.do === 'wait') nowMs = decided.untilMs ?? nowMs;
    maxDebits = Math.max(
      maxDebits,
      [...books.values()].reduce((sum, count) => sum + count, 0),
    );
  }
  throw new Error('not decided after 200 steps');
}

describe('whatever the banks do and wherever the host dies', () => {
  it('a payment is decided, and debited exactly once or not at all', () => {
    const cancel = fc.option(fc.nat(8), { nil: null });
    fc.assert(
      fc.property(
        fc.array(behaviour, { maxLength: 12 }),
        fc.array(fc.boolean(), { maxLength: 20 }),
        cancel,
        (behaviours, confirmed, cancelAt) => {
          const { decided, net, maxDebits } = play(behaviours, confirmed, cancelAt);
          expect(maxDebits).toBeLessThanOrEqual(1);
          expect(net).toBe(decided.do === 'book' && decided.state === 'collected' ? 1 : 0);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
