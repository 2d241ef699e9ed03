import { describe, expect, it } from 'vitest';
import { testDebt, testRenderer } from '../testing.ts';
import { headlineText } from './headline-text.ts';

const russian = testRenderer('ru');
const nowMs = Date.parse('2026-11-25T06:00:00.000Z');
const wait = {
  reason: { kind: 'banks-blocked' as const, bankIds: ['ural', 'volga'] },
  untilAt: '2026-11-25T07:00:00.000Z',
};

describe('where a payment stands', () => {
  it('names why it waits and until when, in the site’s zone', () => {
    const text = headlineText(
      { state: 'routed', wait, debtId: null, isUnreached: false },
      undefined,
      nowMs,
      russian,
    );
    expect(text).toContain('Ural Bank и Volga Bank');
    expect(text).toContain('25 нояб. 2026 г., 10:00');
  });

  it('names it too while its debt is not known, and else says nothing of what depends on the debt', () => {
    const payment = { state: 'routed' as const, wait, debtId: 'till-1-000001', isUnreached: false };
    expect(headlineText(payment, undefined, nowMs, russian)).toContain('Ural Bank');
    const declined = { state: 'declined' as const, wait: null, debtId: 'till-1-000001', isUnreached: false };
    expect(headlineText(declined, undefined, nowMs, russian)).toBeUndefined();
  });

  it('goes by the debt’s own state', () => {
    const declined = { state: 'declined' as const, wait: null, debtId: 'till-1-000001', isUnreached: false };
    const listed = headlineText(declined, testDebt({ state: 'stop-listed' }), nowMs, russian);
    expect(listed).toContain('стоп-листе');
  });
});
