import { paymentEnds, paymentLifecycle } from '@bivak/domain';
import { statesOf } from '@bivak/lifecycle';
import { describe, expect, it } from 'vitest';
import { maxPaymentStayMs, maxReversingMs } from './stays.ts';

describe('the longest stays', () => {
  it('bound every state of a payment that is not decided', () => {
    for (const state of statesOf(paymentLifecycle))
      expect([state, maxPaymentStayMs[state] === null]).toEqual([
        state,
        (paymentEnds as readonly string[]).includes(state),
      ]);
  });

  it('make a person decide about an attempt before its payment raises an alarm for the same', () => {
    expect(maxReversingMs).toBeLessThan(maxPaymentStayMs.reversing!);
    expect(maxReversingMs).toBeLessThan(maxPaymentStayMs.cancelling!);
  });
});
