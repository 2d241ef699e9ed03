import { type DebtState, debtState, paymentState, type WaitReason } from '@bivak/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRenderer } from '../index.ts';
import { type HeadlineClaim, headlineRows, type PaymentFacts, paymentHeadline } from './headline.ts';

const nowMs = Date.parse('2026-11-24T12:00:00.000Z');
const dayMs = 86_400_000;
const en = createRenderer({ language: 'en', timeZone: 'Europe/Moscow', nowMs });
const ru = createRenderer({ language: 'ru', timeZone: 'Europe/Moscow', nowMs });
const say = (facts: Partial<PaymentFacts>): string =>
  paymentHeadline({ state: 'routed', isUnreached: false, wait: null, debt: null, nowMs, ...facts }, en)
    .sentence;

describe('where a payment stands', () => {
  it('is why it waits, and until when', () => {
    const reason = { kind: 'banks-blocked', bankIds: ['north', 'volga'] } as const;
    const wait = { reason: { ...reason, bankIds: [...reason.bankIds] }, untilAt: '2026-11-24T13:00:00.000Z' };
    expect(say({ wait })).toBe(
      'Every bank has blocked our account: north and volga; tried again at 24 Nov 2026, 16:00.',
    );
  });

  it('is that it is being reversed while the answer to its reversal is awaited', () => {
    const wait = { reason: { kind: 'answer-pending', bankId: 'north' } as const, untilAt: null };
    expect(say({ state: 'sending', wait })).toBe('north was asked, and its answer is awaited.');
    expect(say({ state: 'reversing', wait })).toMatch(/^Being reversed/);
  });

  it('of a declined one is told by its debt', () => {
    expect(say({ state: 'declined' })).toBe('The issuer declined.');
    const debt = { state: 'open', nextAttemptAtMs: null, windowEndsAtMs: nowMs + dayMs } as const;
    expect(say({ state: 'declined', debt })).toContain('no attempt is planned');
    expect(say({ state: 'declined', debt: { ...debt, state: 'stop-listed' } })).toContain(
      'stop-listed until',
    );
    expect(say({ state: 'declined', isUnreached: true, debt })).toMatch(
      /^The issuer could not be reached; a debt/,
    );
    expect(say({ state: 'declined', debt: { ...debt, state: 'held' } })).toContain('a person has to decide');
  });
});

const reasons: fc.Arbitrary<WaitReason> = fc.constantFrom<WaitReason>(
  { kind: 'answer-pending', bankId: 'north' },
  { kind: 'reversal-unconfirmed', bankId: 'north', tries: 3 },
  { kind: 'banks-blocked', bankIds: ['north'] },
  { kind: 'banks-unreachable', bankIds: ['north', 'volga'] },
  { kind: 'banks-in-trouble', bankIds: ['north'] },
  { kind: 'scheme-budget', scheme: 'mir' },
  { kind: 'card-data-unreadable', fault: 'too-short' },
);
const anyFacts: fc.Arbitrary<PaymentFacts> = fc.record({
  state: fc.constantFrom(...paymentState.options),
  isUnreached: fc.boolean(),
  wait: fc.option(fc.record({ reason: reasons, untilAt: fc.constantFrom(null, '2026-11-24T13:00:00.000Z') })),
  debt: fc.option(
    fc.record({
      state: fc.constantFrom(...debtState.options),
      nextAttemptAtMs: fc.option(fc.integer({ min: nowMs - dayMs, max: nowMs + 7 * dayMs })),
      windowEndsAtMs: fc.integer({ min: nowMs - dayMs, max: nowMs + 7 * dayMs }),
    }),
  ),
  nowMs: fc.constant(nowMs),
});

const debtIs =
  (...states: DebtState[]) =>
  ({ debt }: PaymentFacts): boolean =>
    debt !== null && states.includes(debt.state);
const isOver = ({ state }: PaymentFacts): boolean => ['collected', 'declined', 'cancelled'].includes(state);

/** What is true of a payment, told apart from how the sentence was chosen. */
const truths: Readonly<Record<HeadlineClaim, (facts: PaymentFacts) => boolean>> = {
  waits: ({ wait }) => wait !== null,
  'not-decided': (facts) => !isOver(facts),
  'may-be-debited': ({ state }) => ['unknown', 'reversing', 'cancelling'].includes(state),
  collected: ({ state }) => state === 'collected',
  declined: ({ state }) => state === 'declined',
  cancelled: ({ state }) => state === 'cancelled',
  'no-sale': ({ state }) => state === 'cancelling' || state === 'cancelled',
  'no-debt': ({ debt }) => debt === null,
  'debt-open': debtIs('open'),
  'debt-attempting': debtIs('attempting'),
  'debt-listed': debtIs('stop-listed'),
  'debt-held': debtIs('held'),
  'debt-given-up': debtIs('given-up'),
  'debt-recovered': debtIs('recovered'),
  'debt-paid-after-listing': debtIs('paid-after-listing'),
  'debt-paid': debtIs('recovered', 'paid-after-listing'),
  'debt-not-paid-yet': debtIs('open', 'attempting', 'held', 'given-up', 'stop-listed'),
  'will-try-again-at': ({ debt }) => (debt?.nextAttemptAtMs ?? 0) > nowMs,
  'attempt-is-due': ({ debt }) => (debt?.nextAttemptAtMs ?? Number.POSITIVE_INFINITY) <= nowMs,
  'no-attempt-planned': ({ debt }) => debt?.nextAttemptAtMs === null,
  'window-ends-ahead': ({ debt }) => (debt?.windowEndsAtMs ?? 0) > nowMs,
  'window-is-over': ({ debt }) => (debt?.windowEndsAtMs ?? Number.POSITIVE_INFINITY) <= nowMs,
};

describe('each headline', () => {
  it('is true of the payment of which it is said', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { key, sentence } = paymentHeadline(facts, en);
        for (const claim of headlineRows[key as keyof typeof headlineRows].claims)
          expect(truths[claim](facts), `${key}: ${claim}`).toBe(true);
        expect(sentence).not.toContain('{{');
        // Nobody is said to have declined who was not reached.
        if (facts.state === 'declined')
          expect(sentence.includes('The issuer declined')).toBe(!facts.isUnreached);
        // What waits always says why; of a reversal that is under way, that it is one.
        const isReversalUnderWay =
          ['unknown', 'reversing'].includes(facts.state) && facts.wait?.reason.kind === 'answer-pending';
        expect(key === 'waiting').toBe(facts.wait !== null && !isOver(facts) && !isReversalUnderWay);
        expect(paymentHeadline(facts, ru).key).toBe(key);
      }),
      { numRuns: 1_000 },
    );
  });
});
