import type { hostApi } from '@bivak/contracts';
import { describe, expect, it } from 'vitest';
import { type StoryNames, tellPayment } from './tell-payment.ts';

const names: StoryNames = {
  checksPassed: (count) => `${count} checks passed`,
  debtReason: ({ retryClass }) => retryClass,
  notice: ({ kind }) => ({ what: `notice ${kind}`, sign: 'plain' }),
  listed: { what: 'listed', sign: 'bad' },
  nextAttempt: 'next attempt',
  stopListAhead: 'stop-list ahead',
};
const listener = { language: 'en', bankName: (id: string) => id, currency: 'RUB' } as const;
const payment = {
  checks: [{ name: 'expiry', passed: true, detail: '' }],
  story: [
    { at: '2026-11-24T05:00:00.000Z', what: 'accepted offline at till-1' },
    { at: '2026-11-24T05:02:00.000Z', what: 'declined' },
    { at: '2026-11-25T05:00:00.000Z', what: 'another attempt, by the schedule' },
  ],
};
const debt: hostApi.Debt = {
  id: 'till-1-000001',
  paymentId: 'till-1-000001',
  state: 'open',
  amountMinor: 1,
  currency: 'RUB',
  maskedPan: '220220******1234',
  reason: 'not enough money on the account',
  retryClass: 'later',
  attemptsMade: 1,
  openedAt: '2026-11-24T05:02:00.000Z',
  nextAttemptAt: '2026-11-26T05:00:00.000Z',
  windowEndsAt: '2026-12-01T05:02:00.000Z',
  closedAt: null,
  hasContact: true,
  notices: [{ kind: 'declined', at: '2026-11-24T05:02:01.000Z', state: 'delivered' }],
};

describe('a payment from the counter to the money', () => {
  it('stands in the order of time, with what its debt adds and what is still ahead', () => {
    const lines = tellPayment(payment, debt, undefined, listener, names);
    expect(lines.map(({ what, why, isAhead }) => [what, why, isAhead === true])).toEqual([
      ['Accepted offline at till-1', '1 checks passed', false],
      ['Declined: it becomes a debt', 'later', false],
      ['notice declined', undefined, false],
      ['Another attempt, by the schedule', undefined, false],
      ['next attempt', undefined, true],
      ['stop-list ahead', undefined, true],
    ]);
  });

  it('has nothing ahead once its debt is over, and does not praise checks that failed', () => {
    const failed = { ...payment, checks: [{ name: 'expiry', passed: false, detail: '' }] };
    const lines = tellPayment(failed, { ...debt, state: 'stop-listed' }, debt.windowEndsAt, listener, names);
    expect(lines.at(-1)).toMatchObject({ what: 'listed', at: debt.windowEndsAt });
    expect(lines[0]!.why).toBeUndefined();
  });
});
