import { describe, expect, it } from 'vitest';
import { createRenderer } from './index.ts';

describe('x', () => {
  it('y', () => {
    for (const language of ['ru', 'en'] as const) {
      const r = createRenderer({
        language,
        timeZone: 'Europe/Moscow',
        currency: 'RUB',
        nowMs: Date.parse('2026-11-24T12:00:00Z'),
      });
      console.log(
        r.refusal('over-sale-limit'),
        r.check({ name: 'sale-sum', valueMinor: 420000, limitMinor: 500000, passed: true }),
        r.event({
          kind: 'waiting',
          data: {
            reason: { kind: 'reversal-unconfirmed', bankId: 'north', tries: 3 },
            untilAt: '2026-11-24T12:00:00.000Z',
          },
        }),
        r.route({ kind: 'on-us', feePercent: '1.7', isFailing: true }),
        r.wait({ kind: 'banks-blocked', bankIds: ['a', 'b', 'c'] }, null),
        r.problem({ code: 'sum-overflow', data: { maxMinor: 10000000 } }),
        r.duration(5 * 3600_000),
        r.alarm({ kind: 'clock-off', data: { offMs: 300000 } }),
        r.responseMeaning('unlisted', 'Q9'),
        r.t('till:queue', { count: 5, lasting: 'x' }),
        r.t('console:home.question'),
      );
    }
    const r = createRenderer({ language: 'en' });
    // @ts-expect-error no such key
    expect(() => r.t('till:nothing')).toThrow();
    // @ts-expect-error no such key
    expect(() => r.t('paymentState.nothing')).toThrow();
    // @ts-expect-error a value is missing
    expect(() => r.t('till:less', { nam: 'x' })).toThrow();
  });
});
