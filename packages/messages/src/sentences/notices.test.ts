import { noticeKinds, retryClasses } from '@bivak/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRenderer, renderNotice } from '../index.ts';
import { type NoticeClaim, type NoticeFacts, noticeRows, outlookOf } from './notices.ts';

const nowMs = Date.parse('2026-11-24T15:05:00Z');
const dayMs = 86_400_000;
const facts: NoticeFacts = {
  shop: 'Буфет',
  amountMinor: 50_000,
  currency: 'RUB',
  soldAtMs: Date.parse('2026-11-22T12:00:00Z'),
  windowEndsAtMs: Date.parse('2026-12-01T15:05:00Z'),
  retryClass: 'later',
  nextAttemptAtMs: Date.parse('2026-11-25T06:00:00Z'),
  link: 'http://x/d/1',
};
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');
const say = (
  kind: Parameters<typeof renderNotice>[0],
  other: Partial<NoticeFacts> = {},
  atMs = nowMs,
  language: 'ru' | 'en' = 'ru',
): string =>
  plain(
    renderNotice(
      kind,
      { ...facts, ...other },
      createRenderer({ language, timeZone: 'Europe/Moscow', nowMs: atMs }),
    ),
  );

describe('a message to the cardholder', () => {
  it('names the day of the purchase, and the next attempt by weekday and hour', () => {
    expect(say('declined')).toBe(
      'Буфет: банк не провёл оплату 500,00 ₽ за покупку 22 ноября. Мы попробуем ещё раз: среда, 9:00. Подробнее и оплатить сейчас: http://x/d/1',
    );
    expect(say('declined', {}, nowMs, 'en')).toContain('We will try again: Wednesday, 9:00.');
  });

  it('says that the bank cannot be reached, and not that it declined', () => {
    const unreached = { retryClass: 'unreachable' } as const;
    expect(say('bank-unreachable', unreached, nowMs, 'en')).toBe(
      'Буфет: we cannot reach your bank about 500,00 ₽ for your purchase of 22 November. You need not do anything now, we will try again: Wednesday, 9:00. Details: http://x/d/1'.replace(
        '500,00 ₽',
        '₽500.00',
      ),
    );
    for (const language of ['ru', 'en'] as const)
      for (const nextAttemptAtMs of [facts.nextAttemptAtMs, null])
        expect(say('bank-unreachable', { ...unreached, nextAttemptAtMs }, nowMs, language)).not.toMatch(
          /не провёл|did not approve/,
        );
  });

  it('promises no attempt that is not planned', () => {
    expect(say('declined', { nextAttemptAtMs: null })).toContain('Оплатить можно до 1 декабря: http');
    for (const retryClass of ['never', 'mend-data'] as const)
      expect(say('listed', { retryClass, nextAttemptAtMs: null })).toContain(
        'обратитесь, пожалуйста, в свой банк',
      );
  });

  it('calls the last day tomorrow on the day before, and today if it comes late', () => {
    expect(say('day-before', {}, Date.parse('2026-11-30T15:05:00Z'))).toContain('завтра, 1 декабря,');
    expect(say('day-before', {}, Date.parse('2026-12-01T05:00:00Z'))).toContain('сегодня, 1 декабря,');
  });
});

/** A debt as a notice may meet it, the kind agreeing with the debt's state as the rules hold it. */
const states = fc
  .record({
    kind: fc.constantFrom(...noticeKinds),
    retryClass: fc.constantFrom(...retryClasses),
    nextInMs: fc.option(fc.integer({ min: -dayMs, max: 6 * dayMs })),
    endsInMs: fc.integer({ min: -dayMs, max: 7 * dayMs }),
  })
  .map(({ kind, retryClass, nextInMs, endsInMs }) => ({
    kind,
    facts: {
      ...facts,
      // A bank that cannot be reached is told of while it cannot be, and nothing else is said to have been declined.
      retryClass: kind === 'bank-unreachable' ? ('unreachable' as const) : retryClass,
      nextAttemptAtMs: nextInMs === null ? null : nowMs + nextInMs,
      windowEndsAtMs: nowMs + endsInMs,
    },
  }));

type State = { kind: (typeof noticeKinds)[number]; facts: NoticeFacts };
const isRetryable = ({ facts }: State): boolean =>
  ['later', 'generic', 'unreachable'].includes(facts.retryClass);

/** What is true of a debt, told apart from how the sentence was chosen. */
const truths: Readonly<Record<NoticeClaim, (state: State) => boolean>> = {
  unpaid: ({ kind }) => kind !== 'paid',
  paid: ({ kind }) => kind === 'paid',
  'bank-not-reached': ({ facts }) => facts.retryClass === 'unreachable',
  'will-try-again-at': (state) =>
    isRetryable(state) && Number(state.facts.nextAttemptAtMs ?? Number.NaN) - nowMs > 0,
  payable: isRetryable,
  'payable-until-end': (state) => isRetryable(state) && state.facts.windowEndsAtMs - nowMs > 0,
  'not-payable-with-card': (state) => !isRetryable(state),
  'window-ends-ahead': ({ facts }) => facts.windowEndsAtMs > nowMs,
  'card-not-taken': ({ kind }) => kind === 'listed',
};

describe('each sentence of a message', () => {
  it('is true of the debt of which it is said', () => {
    fc.assert(
      fc.property(states, (state) => {
        const row = noticeRows[state.kind][outlookOf(state.facts, nowMs)];
        for (const claim of row.claims) expect(truths[claim](state), claim).toBe(true);
        for (const language of ['ru', 'en'] as const) {
          const text = say(state.kind, state.facts, nowMs, language);
          expect(text).not.toContain('{{');
          expect(text.startsWith('Буфет: ')).toBe(true);
        }
      }),
    );
  });
});
