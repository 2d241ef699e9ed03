import { type AttemptState, attemptLifecycle } from '@bivak/domain';
import { assertMove } from '@bivak/lifecycle';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decidedStates, decisionsFor } from './decision.ts';
import { lateAnswerEffect } from './late-answer.ts';
import { type AttemptFacts, decideNextStep, type NextStep, type PaymentFacts } from './payment.ts';
import { readReversalAnswer } from './reversal.ts';

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
  isIssuerUnreached: false,
  isUnreached: false,
};
const attempt = (change: Partial<AttemptFacts>): AttemptFacts => ({
  number: 1,
  cycle: 0,
  bankId: 'volga',
  state: 'sent',
  responseClass: null,
  afterReversal: null,
  changedAtMs: 0,
  reversalTries: 0,
  reversingSinceMs: null,
  reversalVerdict: null,
  completionTries: 0,
  completingSinceMs: null,
  mayInquire: false,
  wasInterrupted: false,
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

  it('ends the cycle, without a decline, if no bank reaches the issuer', () => {
    const answered = (count: number): AttemptFacts[] =>
      Array.from({ length: count }, (_, index) =>
        attempt({
          number: index + 1,
          bankId: bankIds[index % 3]!,
          state: 'rejected',
          responseClass: 'bank-trouble',
        }),
      );
    const waits = [2, 3, 4, 5, 6].map((count) => {
      const step = next(answered(count));
      return step.do === 'wait' ? step.untilMs! / 60_000 : step.do;
    });
    expect(waits).toEqual(['send', 5, 30, 'book', 'book']);
    expect(next(answered(3))).toMatchObject({ reason: { kind: 'banks-in-trouble', bankIds } });
    expect(next(answered(5))).toEqual({ do: 'book', state: 'declined', attempt: null });
  });

  it('takes silence, and what was not understood, for the same', () => {
    const silent = bankIds.map((bankId, index) => attempt({ number: index + 1, bankId, state: 'reversed' }));
    expect(next(silent)).toMatchObject({ do: 'wait', untilMs: 5 * 60_000 });
    const odd = silent.map((one) => ({ ...one, responseClass: 'unsure', afterReversal: 'retry' }) as const);
    expect(next([...odd, ...silent.map((one) => ({ ...one, number: one.number + 3 }))])).toEqual({
      do: 'book',
      state: 'declined',
      attempt: null,
    });
  });

  it('takes no answer that nobody waited for, since the host died, for silence of bank or issuer', () => {
    const interrupted = { state: 'reversed', wasInterrupted: true } as const;
    const spent = Array.from({ length: 20 }, () => ({ atMs: 0, amountMinor: payment.amountMinor }));
    const lives = [1, 2, 3, 4, 5, 6].map((number) =>
      attempt({ ...interrupted, number, bankId: ['volga', 'ural', 'north'][number % 3]! }),
    );
    expect(next(lives, 3_600_000, { cardAttempts: spent })).toMatchObject({ do: 'send' });
    // One that an answer has come to after all counts by it.
    expect(next([attempt({ ...interrupted, responseClass: 'declined', afterReversal: 'declined' })])).toEqual(
      {
        do: 'book',
        state: 'declined',
        attempt: 1,
      },
    );
  });

  it('probes an issuer that is known not to be reached once in a cycle, each time through another bank', () => {
    const trouble = { state: 'rejected', responseClass: 'bank-trouble' } as const;
    const first = attempt(trouble);
    expect(next([first], 0, { isIssuerUnreached: true })).toEqual({
      do: 'book',
      state: 'declined',
      attempt: null,
    });
    expect(next([first], 0, { cycle: 1 })).toEqual({ do: 'send', bankId: 'ural' });
    const second = attempt({ ...trouble, number: 2, cycle: 1, bankId: 'ural', changedAtMs: 10 });
    expect(next([first, second], 20, { cycle: 1 })).toEqual({ do: 'book', state: 'declined', attempt: null });
    expect(next([first, second], 20, { cycle: 2 })).toEqual({ do: 'send', bankId: 'north' });
    const third = attempt({ ...trouble, number: 3, cycle: 2, bankId: 'north', changedAtMs: 20 });
    expect(next([first, second, third], 30, { cycle: 3 })).toEqual({ do: 'send', bankId: 'volga' });
  });

  it('stays ended, however many banks there are by now', () => {
    const first = attempt({ state: 'rejected', responseClass: 'bank-trouble' });
    expect(next([first], 0, { isUnreached: true })).toEqual({ do: 'book', state: 'declined', attempt: null });
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
    const trouble = attempt({ state: 'rejected', responseClass: 'bank-trouble', changedAtMs: nowMs });
    // A third is kept for when the issuer is reached: nothing is waited for here.
    expect(next([trouble], nowMs, { cardAttempts: cardAttempts.slice(0, 13) })).toEqual({
      do: 'book',
      state: 'declined',
      attempt: null,
    });
    const rejected = attempt({ state: 'rejected', responseClass: 'merchant-blocked', changedAtMs: nowMs });
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

/** What a bank does with one debit, and with the reversals of it. */
interface Mind {
  /** What the host knows after sending. */
  answer:
    | 'approved'
    | 'declined'
    | 'rejected'
    | 'unsure'
    | 'silent'
    | 'down'
    | 'crash-before'
    | 'crash-after';
  /** When its books take the debit: with the answer, after so many further steps of the host, or never. */
  debitsAfter: number | null;
  /** What it answers to the reversals, in turn; silence when they are used up. */
  reversals: readonly ('00' | '25' | '96' | 'silent')[];
  /** Its business day is over: it knows no debit any more, and takes a refund or not. */
  hasCutOver: boolean;
  refund: 'taken' | 'refused' | 'silent';
}

const mind: fc.Arbitrary<Mind> = fc.record({
  answer: fc.constantFrom<Mind['answer'][]>(
    'approved',
    'declined',
    'rejected',
    'unsure',
    'silent',
    'down',
    'crash-before',
    'crash-after',
  ),
  debitsAfter: fc.option(fc.nat(5), { nil: null }),
  reversals: fc.array(fc.constantFrom<Mind['reversals'][number][]>('00', '25', '96', 'silent'), {
    maxLength: 6,
  }),
  hasCutOver: fc.boolean(),
  refund: fc.constantFrom<Mind['refund'][]>('taken', 'refused', 'silent'),
});

interface Debit {
  facts: AttemptFacts;
  mind: Mind;
  isDebited: boolean;
  wasApproved: boolean;
  sentAtMs: number;
  /** Steps until the books take it; null: never (any more). */
  debitsIn: number | null;
}

const terms = { confirmingCodes: [], notFoundCodes: ['25'], notYetMs: 600_000, takesRefunds: true };

/** Plays one payment against banks with books of their own, which debit late, deny and forget; a person reads their books. */
class Play {
  readonly debits: Debit[] = [];
  nowMs = 0;
  #minds: readonly Mind[];

  constructor(minds: readonly Mind[]) {
    this.#minds = minds;
  }

  get attempts(): AttemptFacts[] {
    return this.debits.map(({ facts }) => facts);
  }

  get net(): number {
    return this.debits.filter(({ isDebited }) => isDebited).length;
  }

  #move(facts: AttemptFacts, state: AttemptState, more: Partial<AttemptFacts> = {}): void {
    assertMove(attemptLifecycle, facts.state, state);
    Object.assign(facts, { state, changedAtMs: this.nowMs, ...more });
  }

  send(bankId: string): void {
    const facts = attempt({
      number: this.debits.length + 1,
      bankId,
      state: 'stored',
      changedAtMs: this.nowMs,
    });
    const does: Mind = this.#minds[this.debits.length] ?? {
      answer: 'approved',
      debitsAfter: 0,
      reversals: ['00'],
      hasCutOver: false,
      refund: 'taken',
    };
    const isHere = does.answer !== 'down' && does.answer !== 'crash-before';
    const debitsIn = !isHere ? null : does.answer === 'approved' ? 0 : does.debitsAfter;
    const debit: Debit = {
      facts,
      mind: does,
      isDebited: false,
      wasApproved: false,
      sentAtMs: this.nowMs,
      debitsIn,
    };
    this.debits.push(debit);
    if (!isHere) {
      this.#move(facts, 'not-sent');
      return;
    }
    this.#move(facts, 'sent');
    if (does.answer === 'approved') {
      debit.wasApproved = true;
      this.#move(facts, 'approved', { responseClass: 'approved' });
    } else if (does.answer === 'declined') this.#move(facts, 'declined', { responseClass: 'declined' });
    else if (does.answer === 'rejected') this.#move(facts, 'rejected', { responseClass: 'bank-trouble' });
    else if (does.answer === 'unsure')
      this.#move(facts, 'unknown', { responseClass: 'unsure', afterReversal: 'declined' });
    else this.#move(facts, 'unknown');
    this.tick();
  }

  /** The banks' books take what they take late, and say so: an approval that nobody waits for. */
  tick(): void {
    for (const debit of this.debits) {
      if (debit.debitsIn === null) continue;
      if (debit.debitsIn-- > 0) continue;
      debit.debitsIn = null;
      debit.isDebited = true;
      const effect = lateAnswerEffect(debit.facts.state, 'approved', true);
      if (effect !== 'ignore') debit.wasApproved = true;
      if (effect === 'reopen')
        this.#move(debit.facts, 'reversing', {
          reversalTries: 0,
          reversingSinceMs: this.nowMs,
          reversalVerdict: null,
        });
    }
  }

  reverse(number: number): void {
    const debit = this.debits[number - 1]!;
    const { facts, mind: does } = debit;
    if (facts.state !== 'reversing')
      this.#move(facts, 'reversing', {
        reversalTries: 0,
        reversingSinceMs: this.nowMs,
        reversalVerdict: null,
      });
    const answer = does.reversals[facts.reversalTries] ?? 'silent';
    const code = answer === '00' && does.hasCutOver && debit.isDebited ? '25' : answer;
    if (code === '00') debit.isDebited = false;
    if (code !== 'silent') {
      const { wasApproved, sentAtMs } = debit;
      facts.reversalVerdict = readReversalAnswer(
        code,
        { wasApproved, mayBeCompleted: false, sentAtMs },
        terms,
        this.nowMs,
      );
    }
    if (code !== 'silent' && facts.reversalVerdict === 'confirmed') this.#move(facts, 'reversed');
    else Object.assign(facts, { reversalTries: facts.reversalTries + 1, changedAtMs: this.nowMs });
  }

  refund(number: number): void {
    const debit = this.debits[number - 1]!;
    this.#move(debit.facts, 'refunding');
    if (debit.mind.refund === 'taken') {
      debit.isDebited = false;
      this.#move(debit.facts, 'reversed');
    } else this.#move(debit.facts, 'disputed');
  }

  dispute(number: number): void {
    this.#move(this.debits[number - 1]!.facts, 'disputed');
  }

  /** A person looks into the bank's books and says what is there. */
  decide(cancelRequested: boolean): void {
    const debit = this.debits.find(({ facts }) => facts.state === 'disputed')!;
    // What the bank would have taken later is in its books by the time that a person has called it.
    if (debit.debitsIn !== null) Object.assign(debit, { debitsIn: null, isDebited: true, wasApproved: true });
    const may = decisionsFor(
      { cancelRequested },
      this.attempts.map((facts) => ({ ...facts, disputeCause: null })),
      debit.facts.number,
    );
    const found = may.includes('debit-stands') ? 'debit-stands' : 'given-back';
    const decision = debit.isDebited ? found : 'nothing-debited';
    if (decision === 'given-back') debit.isDebited = false;
    this.#move(debit.facts, decidedStates[decision], { afterReversal: null });
  }

  /** Until nothing more happens: what the payment came to, and how many debits its banks' books hold. */
  run(cancelAt: number | null): { state: string; net: number; decisions: number } {
    let decisions = 0;
    for (let step = 0; step < 500; step++) {
      const cancelRequested = cancelAt !== null && step >= cancelAt;
      const decided = decideNextStep({ ...payment, cancelRequested }, this.attempts, banks, this.nowMs);
      if (decided.do === 'book') {
        if (this.debits.every(({ debitsIn }) => debitsIn === null) && (cancelAt === null || step >= cancelAt))
          return { state: decided.state, net: this.net, decisions };
      } else if (decided.do === 'send') this.send(decided.bankId);
      else if (decided.do === 'reverse') this.reverse(decided.attempt);
      else if (decided.do === 'refund') this.refund(decided.attempt);
      else if (decided.do === 'dispute') this.dispute(decided.attempt);
      else if (decided.do !== 'wait') throw new Error('these banks debit by one request and have no inquiry');
      else if (decided.reason.kind === 'decision-needed') {
        decisions++;
        this.decide(cancelRequested);
      } else this.nowMs = decided.untilMs ?? this.nowMs;
      this.tick();
    }
    throw new Error(`no end after 500 steps: ${JSON.stringify(this.attempts)}`);
  }
}

describe('whatever the banks do, deny and forget, and wherever the host dies', () => {
  it('a payment comes to an end, and the banks’ books hold one debit or none', () => {
    fc.assert(
      fc.property(
        fc.array(mind, { maxLength: 8 }),
        fc.option(fc.nat(8), { nil: null }),
        (minds, cancelAt) => {
          const { state, net } = new Play(minds).run(cancelAt);
          expect(net).toBe(state === 'collected' ? 1 : 0);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('no person is asked if the banks answer as they should', () => {
    const honest = mind.map(
      (does): Mind => ({
        ...does,
        debitsAfter: ['silent', 'crash-after'].includes(does.answer) && does.debitsAfter !== null ? 0 : null,
        reversals: ['silent', '00'],
        hasCutOver: false,
      }),
    );
    fc.assert(
      fc.property(fc.array(honest, { maxLength: 8 }), (minds) => {
        expect(new Play(minds).run(null).decisions).toBe(0);
      }),
    );
  });
});
