import { defineLifecycle, type StateOf, statesOf } from '@bivak/lifecycle';
import { z } from 'zod';

/** The life of a debt: the items were handed over, and then the card was declined, or its issuer could not be reached. */
export const debtLifecycle = defineLifecycle({
  name: 'debt',
  initial: 'open',
  states: {
    open: {
      to: ['attempting', 'recovered', 'held', 'given-up', 'stop-listed', 'paid-after-listing'],
      means: 'waits for its next attempt, for the end of its window, or for what becomes of its notices',
    },
    attempting: {
      to: ['open', 'recovered', 'stop-listed', 'paid-after-listing'],
      means:
        'payments was asked for another attempt; the card is listed if that takes longer than the window',
    },
    held: {
      to: ['attempting', 'recovered', 'given-up', 'stop-listed'],
      means: 'the window is over and a notice has not reached the holder: a person decides about the card',
    },
    'given-up': {
      to: ['attempting', 'recovered'],
      means: 'a person has decided against listing the card: tried only if its holder asks for it',
    },
    recovered: { to: [], means: 'paid, and the card was not listed' },
    'stop-listed': {
      to: ['attempting', 'paid-after-listing'],
      means: 'the card is refused by the tills until it is paid',
    },
    'paid-after-listing': { to: [], means: 'paid later; the card is off the list' },
  },
});
export type DebtState = StateOf<typeof debtLifecycle>;
export const debtState = z.enum(statesOf(debtLifecycle));

/** The states in which the money has come after all. */
export const paidDebtStates = ['recovered', 'paid-after-listing'] as const satisfies readonly DebtState[];
export const isPaidDebt = (state: DebtState): boolean =>
  (paidDebtStates as readonly DebtState[]).includes(state);

/**
 * What a decline allows:
 * - `never`: no retry, ever
 * - `later`: the cause may pass by itself
 * - `mend-data`: only with other card data
 * - `generic`: the issuer gave no reason
 * - `unreachable`: it is no decline; no bank could reach the issuer
 */
export const retryClasses = ['never', 'later', 'mend-data', 'generic', 'unreachable'] as const;
export const retryClass = z.enum(retryClasses);
export type RetryClass = z.infer<typeof retryClass>;

/** Why the cardholder may not ask for an attempt now. */
export const retryDenials = [
  'final',
  'mend-data',
  'advised-wait',
  'bank-unreachable',
  'budget',
  'under-way',
  'closed',
] as const;
export const retryDenial = z.enum(retryDenials);
export type RetryDenial = z.infer<typeof retryDenial>;
