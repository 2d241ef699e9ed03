import { defineLifecycle, type StateOf, statesOf } from '@bivak/lifecycle';
import { z } from 'zod';

/** The life of a debt: a sale whose card was declined after the items were handed over. */
export const debtLifecycle = defineLifecycle({
  name: 'debt',
  initial: 'open',
  states: {
    open: {
      to: ['attempting', 'recovered', 'stop-listed', 'paid-after-listing'],
      means: 'waits for its next attempt, or for the end of its window',
    },
    attempting: {
      to: ['open', 'recovered', 'stop-listed', 'paid-after-listing'],
      means:
        'payments was asked for another attempt; the card is listed if that takes longer than the window',
    },
    recovered: { to: [], means: 'paid within the window' },
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
 */
export const retryClasses = ['never', 'later', 'mend-data', 'generic'] as const;
export const retryClass = z.enum(retryClasses);
export type RetryClass = z.infer<typeof retryClass>;

/** Why the cardholder may not ask for an attempt now. */
export const retryDenials = ['final', 'mend-data', 'advised-wait', 'budget', 'under-way', 'closed'] as const;
export const retryDenial = z.enum(retryDenials);
export type RetryDenial = z.infer<typeof retryDenial>;
