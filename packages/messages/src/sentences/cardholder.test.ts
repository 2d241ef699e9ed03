import { debtState, responseMeanings, retryCauses, retryDenials, type WaitKind } from '@bivak/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRenderer } from '../index.ts';
import { type CardholderClaim, type CardholderFacts, cardholderRows, cardholderText } from './cardholder.ts';

const nowMs = Date.parse('2026-11-24T11:06:00Z');
const dayMs = 86_400_000;
const ru = createRenderer({ language: 'ru', timeZone: 'Europe/Moscow', nowMs });
const en = createRenderer({ language: 'en', timeZone: 'Europe/Moscow', nowMs });
const open: CardholderFacts = {
  state: 'open',
  mayTry: { allowed: true },
  waitKind: null,
  isLookedInto: false,
  nextAttemptAtMs: Date.parse('2026-11-25T06:00:00Z'),
  windowEndsAtMs: nowMs + 5 * dayMs,
  lastAttempt: { atMs: Date.parse('2026-11-22T12:00:00Z'), cause: null, meaning: 'insufficient-funds' },
};

describe('the cardholder’s page', () => {
  it('says something new to who pressed “try now” and was declined', () => {
    const lastAttempt = {
      atMs: nowMs - 60_000,
      cause: 'cardholder-request',
      meaning: 'insufficient-funds',
    } as const;
    expect(cardholderText(open, en).last).toBe(
      'Last attempt: Sunday, 22 November, 15:00. The bank declined: not enough money on the account.',
    );
    expect(cardholderText({ ...open, lastAttempt }, en).last).toBe(
      'You asked to try: 14:05. The bank declined again: not enough money on the account.',
    );
    expect(cardholderText({ ...open, lastAttempt }, ru).last).toBe(
      'Попытка по вашей просьбе: 14:05. Банк снова отказал: на счёте не хватает денег.',
    );
  });

  it('calls today by its name: its weekday might be of next week', () => {
    const nextAttemptAtMs = nowMs + 3_600_000;
    expect(cardholderText({ ...open, nextAttemptAtMs }, en).state).toContain('try again: today, 15:06.');
    expect(cardholderText({ ...open, nextAttemptAtMs }, ru).state).toContain('ещё раз: сегодня, 15:06.');
    expect(cardholderText(open, ru).state).toContain('ещё раз: среда, 9:00.');
  });

  it('does not say that the bank is asked while it cannot be', () => {
    const waiting = { ...open, state: 'attempting', waitKind: 'banks-unreachable' } as const;
    expect(cardholderText(waiting, en).key).toBe('cannot-ask-now');
    expect(cardholderText({ ...waiting, waitKind: 'answer-pending' }, en).key).toBe('asking');
  });

  it('does not say to wait for what will not come by itself', () => {
    const disputed = {
      ...open,
      state: 'attempting',
      waitKind: 'decision-needed',
      isLookedInto: true,
    } as const;
    for (const state of ['attempting', 'open', 'stop-listed'] as const) {
      const text = cardholderText({ ...disputed, state }, en);
      expect(text).toMatchObject({ key: 'looked-into', action: null, last: null, refreshes: false });
      expect(text.state).toContain('looked into');
    }
    expect(cardholderText({ ...disputed, state: 'recovered' }, en).key).toBe('paid');
  });

  it('says who makes the cardholder wait', () => {
    const mayTry = { allowed: false, denial: 'budget', fromMs: nowMs + dayMs } as const;
    expect(cardholderText({ ...open, mayTry }, en).action?.text).not.toContain('bank');
    expect(
      cardholderText({ ...open, mayTry: { ...mayTry, denial: 'advised-wait' } }, en).action?.text,
    ).toContain('The bank asks to wait');
  });
});

const waitKinds: readonly WaitKind[] = [
  'answer-pending',
  'reversal-unconfirmed',
  'debit-not-seen-yet',
  'completion-unconfirmed',
  'decision-needed',
  'perhaps-debited',
  'store-in-doubt',
  'banks-blocked',
  'banks-unreachable',
  'banks-in-trouble',
  'scheme-budget',
  'card-data-unreadable',
];
const mayTry: fc.Arbitrary<CardholderFacts['mayTry']> = fc.oneof(
  fc.constant({ allowed: true } as const),
  fc.record({
    allowed: fc.constant(false as const),
    denial: fc.constantFrom(...retryDenials),
    fromMs: fc.option(fc.integer({ min: nowMs, max: nowMs + 9 * dayMs })),
  }),
);
const isFinal = ({ mayTry: may }: CardholderFacts): boolean =>
  may.allowed === false && ['final', 'mend-data'].includes(may.denial);

const anyFacts: fc.Arbitrary<CardholderFacts> = fc
  .record({
    state: fc.constantFrom(...debtState.options),
    mayTry,
    waitKind: fc.option(fc.constantFrom(...waitKinds)),
    isLookedInto: fc.boolean(),
    nextAttemptAtMs: fc.option(fc.integer({ min: nowMs - dayMs, max: nowMs + 6 * dayMs })),
    windowEndsAtMs: fc.integer({ min: nowMs - dayMs, max: nowMs + 7 * dayMs }),
    lastAttempt: fc.option(
      fc.record({
        atMs: fc.integer({ min: nowMs - 7 * dayMs, max: nowMs }),
        cause: fc.option(fc.constantFrom(...retryCauses)),
        meaning: fc.option(fc.constantFrom(...responseMeanings)),
      }),
    ),
  })
  // An issuer that was not reached has forbidden nothing.
  .filter((facts) => facts.lastAttempt?.meaning !== null || !isFinal(facts));

/** What is true of a debt, told apart from how the sentence was chosen. */
const truths: Readonly<Record<CardholderClaim, (facts: CardholderFacts) => boolean>> = {
  'looked-into': ({ isLookedInto }) => isLookedInto,
  'attempt-under-way': ({ state }) => state === 'attempting',
  'bank-is-asked': ({ waitKind }) => waitKind === null || waitKind === 'answer-pending',
  paid: ({ state }) => state === 'recovered' || state === 'paid-after-listing',
  unpaid: ({ state }) => ['open', 'held', 'given-up', 'stop-listed'].includes(state),
  declined: ({ lastAttempt }) => lastAttempt?.meaning !== null,
  'not-reached': ({ lastAttempt }) => lastAttempt?.meaning === null,
  'card-not-taken': ({ state }) => state === 'stop-listed',
  'not-payable-with-card': isFinal,
  'will-try-again-at': (facts) => !isFinal(facts) && (facts.nextAttemptAtMs ?? 0) > nowMs,
  'attempt-is-due': (facts) =>
    !isFinal(facts) && facts.nextAttemptAtMs !== null && facts.nextAttemptAtMs <= nowMs,
  'payable-until-end': ({ mayTry: may, windowEndsAtMs }) => {
    const fromMs = may.allowed ? nowMs : (may.fromMs ?? Number.POSITIVE_INFINITY);
    return fromMs < windowEndsAtMs && nowMs < windowEndsAtMs;
  },
};

describe('each sentence of the page', () => {
  it('is true of the debt of which it is said', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { key, action, last, state } = cardholderText(facts, en);
        for (const claim of cardholderRows[key].claims)
          expect(truths[claim](facts), `${key}: ${claim}`).toBe(true);
        for (const text of [state, last ?? '', action?.text ?? '']) expect(text).not.toContain('{{');
        const isUnpaid = truths.unpaid(facts) && !facts.isLookedInto;
        expect(action?.kind === 'try').toBe(isUnpaid && facts.mayTry.allowed);
        expect(last !== null).toBe(isUnpaid && facts.lastAttempt !== null);
        expect(cardholderText(facts, ru).key).toBe(key);
      }),
      { numRuns: 500 },
    );
  });
});
