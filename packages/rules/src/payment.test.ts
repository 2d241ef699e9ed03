import { assertMove } from '@bivak/lifecycle';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttemptFacts,
  type AttemptState,
  attemptLife,
  decideNextStep,
  type NextStep,
} from './payment.ts';

const ranked = ['volga', 'ural', 'north'].map((bankId, index) => ({ bankId, costMinor: index, reason: '' }));
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
const next = (attempts: AttemptFacts[], nowMs = 0, cancelAsked = false, cycle = 0): NextStep =>
  decideNextStep({ cycle, cancelAsked }, attempts, ranked, nowMs);

describe('the next step of a payment', () => {
  it('is the cheapest bank at first', () => {
    expect(next([])).toEqual({ do: 'send', bankId: 'volga' });
  });

  it('is the next bank where nothing left, and where the bank blocks us or is in trouble', () => {
    expect(next([attempt({ state: 'not-sent' })])).toEqual({ do: 'send', bankId: 'ural' });
    expect(next([attempt({ state: 'declined', responseClass: 'merchant-blocked' })])).toEqual({
      do: 'send',
      bankId: 'ural',
    });
    expect(next([attempt({ state: 'declined', responseClass: 'bank-trouble' })])).toEqual({
      do: 'send',
      bankId: 'ural',
    });
  });

  it('is no other bank while an outcome is unknown', () => {
    expect(next([attempt({ state: 'unknown' })])).toEqual({ do: 'reverse', attempt: 1, repeat: false });
    expect(next([attempt({ state: 'reversing', reversalTries: 1 })], 1_000)).toEqual({
      do: 'wait',
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
    expect(next([refused], 0, false, 1)).toEqual({ do: 'send', bankId: 'volga' });
  });

  it('is to wait when no bank could be reached, longer each time', () => {
    const tried = ranked.map(({ bankId }, index) =>
      attempt({ number: index + 1, bankId, state: 'not-sent' }),
    );
    expect(next(tried)).toEqual({ do: 'wait', untilMs: 10_000 });
    expect(next([...tried, attempt({ number: 4, state: 'not-sent', changedAtMs: 10_000 })], 10_000)).toEqual({
      do: 'send',
      bankId: 'ural',
    });
  });

  it('is to wait for hours in the end where every bank answers that it is in trouble', () => {
    const answered = (count: number): AttemptFacts[] =>
      Array.from({ length: count }, (_, index) =>
        attempt({
          number: index + 1,
          bankId: ranked[index % 3]!.bankId,
          state: 'declined',
          responseClass: 'bank-trouble',
        }),
      );
    const waits = [2, 3, 4, 6, 9, 12, 30].map((count) => {
      const step = next(answered(count));
      return step.do === 'wait' ? step.untilMs! / 60_000 : step.do;
    });
    expect(waits).toEqual(['send', 1, 2, 8, 64, 240, 240]);
  });

  it('gives back what was debited for a sale that did not happen', () => {
    expect(next([attempt({ state: 'approved' })], 0, true)).toEqual({
      do: 'reverse',
      attempt: 1,
      repeat: false,
    });
    expect(next([attempt({ state: 'reversed' })], 0, true)).toEqual({
      do: 'book',
      state: 'cancelled',
      attempt: null,
    });
    expect(next([], 0, true)).toEqual({ do: 'book', state: 'cancelled', attempt: null });
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

/** Plays one payment against banks with books of their own; `heard` says which reversals are answered. */
function play(behaviours: readonly Behaviour[], heard: readonly boolean[], cancelAt: number | null) {
  const books = new Map<string, number>();
  const debited = new Set<number>();
  const attempts: AttemptFacts[] = [];
  let nowMs = 0;
  let reversalsSent = 0;
  let mostDebits = 0;
  const move = (facts: AttemptFacts, state: AttemptState, more: Partial<AttemptFacts> = {}) => {
    assertMove(attemptLife, facts.state, state);
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
    else if (does === 'blocked') move(facts, 'declined', { responseClass: 'merchant-blocked' });
    else if (does === 'trouble') move(facts, 'declined', { responseClass: 'bank-trouble' });
    else move(facts, 'unknown');
  };
  const reverse = (number: number) => {
    const facts = attempts[number - 1]!;
    if (facts.state !== 'reversing') move(facts, 'reversing');
    if (heard[reversalsSent++] === false) {
      Object.assign(facts, { reversalTries: facts.reversalTries + 1, changedAtMs: nowMs });
      return;
    }
    if (debited.delete(number)) books.set(facts.bankId, books.get(facts.bankId)! - 1);
    move(facts, 'reversed');
  };
  for (let step = 0; step < 200; step++) {
    const decided = decideNextStep(
      { cycle: 0, cancelAsked: cancelAt !== null && step >= cancelAt },
      attempts,
      ranked,
      nowMs,
    );
    if (decided.do === 'book' && !(decided.state === 'collected' && cancelAt !== null && step < cancelAt)) {
      return { decided, net: [...books.values()].reduce((sum, count) => sum + count, 0), mostDebits };
    }
    if (decided.do === 'send') send(decided.bankId);
    else if (decided.do === 'reverse') reverse(decided.attempt);
    else if (decided.do === 'wait') nowMs = decided.untilMs ?? nowMs;
    mostDebits = Math.max(
      mostDebits,
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
        (behaviours, heard, cancelAt) => {
          const { decided, net, mostDebits } = play(behaviours, heard, cancelAt);
          expect(mostDebits).toBeLessThanOrEqual(1);
          expect(net).toBe(decided.do === 'book' && decided.state === 'collected' ? 1 : 0);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
