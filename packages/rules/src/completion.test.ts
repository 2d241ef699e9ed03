import { type AttemptState, attemptLifecycle, type DebitFlow } from '@bivak/domain';
import { assertMove } from '@bivak/lifecycle';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCompletionAnswer } from './completion.ts';
import { decidedStates, decisionsFor } from './decision.ts';
import { lateAnswerEffect } from './late-answer.ts';
import { type AttemptFacts, decideNextStep, type PaymentFacts } from './payment.ts';
import { readAnswer } from './response-codes.ts';
import { readReversalAnswer } from './reversal.ts';
import { maxCompletingMs } from './stays.ts';

const read = (code: string, confirmingCodes: readonly string[] = []) =>
  readCompletionAnswer(
    code,
    readAnswer({ responseCode: code, authorisationCode: null, amountMinor: null }, 1),
    {
      confirmingCodes,
    },
  );

describe('an answer to an advice that debits', () => {
  it('says that it stands by an approval, or by what the bank’s profile names', () => {
    expect(['00', '08', '000'].map((code) => read(code))).toEqual(['completed', 'completed', 'completed']);
    expect(read('900')).toBe('refused');
    expect(read('900', ['900'])).toBe('completed');
  });

  it('is waited for again while the bank is in trouble', () =>
    expect(['91', '96', '909'].map((code) => read(code))).toEqual(['repeat', 'repeat', 'repeat']));

  it('leads to giving back whatever else it says', () =>
    expect(['05', '25', '94', '10', 'ZZ', ''].map((code) => read(code))).toEqual(Array(6).fill('refused')));
});

const payment: PaymentFacts = {
  cycle: 0,
  cancelRequested: false,
  amountMinor: 100,
  scheme: 'visa',
  cardAttempts: [],
  isIssuerUnreached: false,
  isUnreached: false,
};
const route = { kind: 'off-us', feePercent: '1', isFailing: false } as const;
const banks = {
  ranked: ['ural', 'north'].map((bankId, costMinor) => ({ bankId, costMinor, route })),
  blocked: [],
};
const attempt = (change: Partial<AttemptFacts>): AttemptFacts => ({
  number: 1,
  cycle: 0,
  bankId: 'ural',
  state: 'completing',
  responseClass: 'approved',
  afterReversal: null,
  changedAtMs: 0,
  reversalTries: 0,
  reversingSinceMs: null,
  reversalVerdict: null,
  completionTries: 0,
  completingSinceMs: 0,
  mayInquire: false,
  wasInterrupted: false,
  ...change,
});
const next = (one: Partial<AttemptFacts>, nowMs = 0, change: Partial<PaymentFacts> = {}) =>
  decideNextStep({ ...payment, ...change }, [attempt(one)], banks, nowMs);

describe('a reserved sum', () => {
  it('is completed at once, and again after a growing wait, while no other bank is asked', () => {
    expect(next({})).toEqual({ do: 'complete', attempt: 1, repeat: false });
    expect(next({ completionTries: 1 }, 4_999)).toEqual({
      do: 'wait',
      reason: { kind: 'completion-unconfirmed', bankId: 'ural', tries: 1 },
      untilMs: 5_000,
    });
    expect(next({ completionTries: 1 }, 5_000)).toEqual({ do: 'complete', attempt: 1, repeat: true });
  });

  it('is a person’s to decide when its completion was repeated for the longest time', () => {
    const tired = { completionTries: 40, changedAtMs: maxCompletingMs };
    expect(next(tired, maxCompletingMs)).toEqual({
      do: 'dispute',
      attempt: 1,
      cause: 'completion-unanswered',
    });
    const disputed = { number: 1, state: 'disputed', disputeCause: 'completion-unanswered' } as const;
    expect(decisionsFor({ cancelRequested: false }, [disputed], 1)).toContain('complete-again');
    expect(decisionsFor({ cancelRequested: true }, [disputed], 1)).not.toContain('complete-again');
  });

  it('is given back if its sale did not happen', () =>
    expect(next({ completionTries: 3 }, 0, { cancelRequested: true })).toEqual({
      do: 'reverse',
      attempt: 1,
      repeat: false,
    }));
});

describe('a debit that was not answered', () => {
  it('is asked about once, and reversed whatever else comes of that', () => {
    const unanswered = { state: 'unknown', responseClass: null } as const;
    expect(next({ ...unanswered, mayInquire: true })).toEqual({ do: 'inquire', attempt: 1 });
    expect(next(unanswered)).toEqual({ do: 'reverse', attempt: 1, repeat: false });
    expect(next({ ...unanswered, mayInquire: true }, 0, { cancelRequested: true })).toMatchObject({
      do: 'reverse',
    });
  });
});

/** What a bank that reserves, or takes debits as advices, does with one attempt. */
interface Mind {
  flow: DebitFlow;
  /** What becomes of the first message. `lost`: never arrived; `kept`: done, and the answer is lost. */
  first: 'approved' | 'declined' | 'lost' | 'kept' | 'crash-after';
  /** What becomes of each completion, in turn; `approved` when they are used up. */
  completions: readonly (
    | 'approved'
    | 'lost'
    | 'kept'
    | 'trouble'
    | 'refused'
    | 'odd'
    | 'late'
    | 'not-sent'
  )[];
  reversals: readonly ('00' | '25' | 'silent')[];
  inquiry: 'true' | 'silent' | 'denied' | null;
}

const mind: fc.Arbitrary<Mind> = fc.record({
  flow: fc.constantFrom<DebitFlow[]>('reserve', 'reserve', 'advise', 'request'),
  first: fc.constantFrom<Mind['first'][]>('approved', 'approved', 'declined', 'lost', 'kept', 'crash-after'),
  completions: fc.array(
    fc.constantFrom<Mind['completions'][number][]>(
      'approved',
      'lost',
      'kept',
      'trouble',
      'refused',
      'odd',
      'late',
      'not-sent',
    ),
    { maxLength: 6 },
  ),
  reversals: fc.array(fc.constantFrom<Mind['reversals'][number][]>('00', '25', 'silent'), { maxLength: 4 }),
  inquiry: fc.constantFrom<Mind['inquiry'][]>('true', 'silent', 'denied', null),
});

interface Debit {
  facts: AttemptFacts;
  mind: Mind;
  /** By the bank's books. */
  isReserved: boolean;
  isDebited: boolean;
  isUndone: boolean;
  wasApproved: boolean;
  mayBeCompleted: boolean;
  /** Steps until a late answer of a completion comes. */
  lateIn: number | null;
  disputeCause: 'completion-unanswered' | null;
  completions: number;
  reversals: number;
}

const terms = { confirmingCodes: [], notFoundCodes: ['25'], notYetMs: 0, takesRefunds: false };

/** Plays one payment against such banks; a person reads their books. */
class Play {
  readonly debits: Debit[] = [];
  nowMs = 0;
  readonly #minds: readonly Mind[];

  constructor(minds: readonly Mind[]) {
    this.#minds = minds;
  }

  #move(facts: AttemptFacts, state: AttemptState, more: Partial<AttemptFacts> = {}): void {
    assertMove(attemptLifecycle, facts.state, state);
    Object.assign(facts, { state, changedAtMs: this.nowMs, ...more });
  }

  #startReversing(facts: AttemptFacts, more: Partial<AttemptFacts> = {}): void {
    const anew = { reversalTries: 0, reversingSinceMs: this.nowMs, reversalVerdict: null };
    this.#move(facts, 'reversing', { ...anew, ...more });
  }

  #startCompleting(facts: AttemptFacts, completionTries: number): void {
    this.#move(facts, 'completing', { completionTries, completingSinceMs: this.nowMs });
  }

  send(bankId: string): void {
    const does: Mind = this.#minds[this.debits.length] ?? {
      flow: 'reserve',
      first: 'approved',
      completions: [],
      reversals: [],
      inquiry: null,
    };
    const { flow, first } = does;
    const facts = attempt({
      number: this.debits.length + 1,
      bankId,
      state: 'stored',
      responseClass: null,
      changedAtMs: this.nowMs,
      completingSinceMs: null,
      mayInquire: does.inquiry !== null,
      wasInterrupted: false,
    });
    const isDone = first === 'approved' || first === 'kept' || first === 'crash-after';
    this.debits.push({
      facts,
      mind: does,
      isReserved: isDone && flow === 'reserve',
      isDebited: isDone && flow !== 'reserve',
      isUndone: false,
      wasApproved: first === 'approved' && flow !== 'reserve',
      mayBeCompleted: false,
      lateIn: null,
      disputeCause: null,
      completions: 0,
      reversals: 0,
    });
    this.#move(facts, 'sent');
    if (first === 'approved') {
      facts.responseClass = 'approved';
      if (flow === 'reserve') this.#startCompleting(facts, 0);
      else this.#move(facts, 'approved');
    } else if (first === 'declined') this.#move(facts, 'declined', { responseClass: 'declined' });
    else if (flow === 'advise') this.#startCompleting(facts, 1);
    else this.#move(facts, 'unknown');
  }

  complete(number: number): void {
    const debit = this.debits[number - 1]!;
    const { facts, mind: does } = debit;
    debit.mayBeCompleted ||= does.flow === 'reserve';
    const way = does.completions[debit.completions++] ?? 'approved';
    const mayDebit = !debit.isUndone && (debit.isReserved || does.flow === 'advise');
    const isDebiting = ['approved', 'kept', 'odd', 'late'].includes(way);
    if (isDebiting && mayDebit) debit.isDebited = true;
    if (way === 'late' && debit.isDebited) debit.lateIn = 3;
    if (way === 'approved' && debit.isDebited) {
      debit.wasApproved = true;
      this.#move(facts, 'approved');
    } else if (way === 'refused' || way === 'odd' || (way === 'approved' && !debit.isDebited))
      this.#startReversing(facts, { responseClass: 'unsure', afterReversal: 'retry' });
    else Object.assign(facts, { completionTries: facts.completionTries + 1, changedAtMs: this.nowMs });
  }

  inquire(number: number): void {
    const { facts, mind: does, isReserved, isDebited } = this.debits[number - 1]!;
    facts.mayInquire = false;
    if (does.inquiry !== 'true') return;
    if (isReserved && !isDebited) this.#startCompleting(facts, 0);
    else if (isDebited) {
      this.debits[number - 1]!.wasApproved = true;
      this.#move(facts, 'approved');
    }
  }

  reverse(number: number): void {
    const debit = this.debits[number - 1]!;
    const { facts, mind: does } = debit;
    if (facts.state !== 'reversing') this.#startReversing(facts);
    const code = does.reversals[debit.reversals++] ?? '00';
    // A bank that has debited or reserved nothing may say 25; one that has, only if its day is over.
    const isKnown = debit.isDebited || debit.isReserved;
    if (code === '00') Object.assign(debit, { isDebited: false, isReserved: false, isUndone: true });
    if (code === '25' && !isKnown) debit.isUndone = true;
    const { wasApproved, mayBeCompleted } = debit;
    if (code !== 'silent') {
      // Of a debit that nobody has ever approved, "no such debit" is believed: such a bank is not played here.
      const isBelievable = code !== '25' || wasApproved || mayBeCompleted || !debit.isDebited;
      facts.reversalVerdict = isBelievable
        ? readReversalAnswer(code, { wasApproved, mayBeCompleted, sentAtMs: 0 }, terms, this.nowMs)
        : 'unconfirmed';
    }
    if (code !== 'silent' && facts.reversalVerdict === 'confirmed') this.#move(facts, 'reversed');
    else Object.assign(facts, { reversalTries: facts.reversalTries + 1, changedAtMs: this.nowMs });
  }

  dispute(number: number, cause: string): void {
    const debit = this.debits[number - 1]!;
    debit.disputeCause = cause === 'completion-unanswered' ? cause : null;
    this.#move(debit.facts, 'disputed');
  }

  decide(cancelRequested: boolean): void {
    const debit = this.debits.find(({ facts }) => facts.state === 'disputed')!;
    const attempts = this.debits.map(({ facts, disputeCause }) => ({ ...facts, disputeCause }));
    const may = decisionsFor({ cancelRequested }, attempts, debit.facts.number);
    const found = may.includes('debit-stands') ? 'debit-stands' : 'given-back';
    const isToComplete = !debit.isDebited && debit.isReserved && may.includes('complete-again');
    const decision = debit.isDebited ? found : isToComplete ? 'complete-again' : 'nothing-debited';
    if (decision === 'given-back') debit.isDebited = false;
    if (decision === 'nothing-debited') debit.isUndone = true;
    const more = decision === 'complete-again' ? { completionTries: 0, completingSinceMs: this.nowMs } : {};
    this.#move(debit.facts, decidedStates[decision], { afterReversal: null, ...more });
  }

  /** Answers to completions that nobody waits for any more. */
  tick(): void {
    for (const debit of this.debits) {
      if (debit.lateIn === null || debit.lateIn-- > 0) continue;
      debit.lateIn = null;
      const effect = lateAnswerEffect(debit.facts.state, 'approved', true);
      if (effect !== 'ignore') debit.wasApproved = true;
      if (effect === 'complete') this.#move(debit.facts, 'approved');
      if (effect === 'reopen') this.#startReversing(debit.facts);
    }
  }

  run(cancelAt: number | null): { state: string; net: number } {
    for (let step = 0; step < 600; step++) {
      const cancelRequested = cancelAt !== null && step >= cancelAt;
      const facts = this.debits.map((debit) => debit.facts);
      const decided = decideNextStep({ ...payment, cancelRequested }, facts, banks, this.nowMs);
      if (decided.do === 'book') {
        const isQuiet = this.debits.every(({ lateIn }) => lateIn === null);
        if (isQuiet && (cancelAt === null || step >= cancelAt))
          return { state: decided.state, net: this.debits.filter(({ isDebited }) => isDebited).length };
      } else if (decided.do === 'send') this.send(decided.bankId);
      else if (decided.do === 'complete') this.complete(decided.attempt);
      else if (decided.do === 'inquire') this.inquire(decided.attempt);
      else if (decided.do === 'reverse') this.reverse(decided.attempt);
      else if (decided.do === 'dispute') this.dispute(decided.attempt, decided.cause);
      else if (decided.do === 'refund') throw new Error('these banks take no refunds');
      else if (decided.reason.kind === 'decision-needed') this.decide(cancelRequested);
      else this.nowMs = decided.untilMs ?? this.nowMs;
      this.tick();
    }
    throw new Error(`no end after 600 steps: ${JSON.stringify(this.debits)}`);
  }
}

describe('banks that reserve, and banks that are told', () => {
  it('hold one debit of a payment that is collected, and none of any other', () => {
    fc.assert(
      fc.property(
        fc.array(mind, { maxLength: 6 }),
        fc.option(fc.nat(8), { nil: null }),
        (minds, cancelAt) => {
          const { state, net } = new Play(minds).run(cancelAt);
          expect(net).toBe(state === 'collected' ? 1 : 0);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
