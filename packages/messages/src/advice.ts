import type { RefusalReason } from '@bivak/domain';

/** What the cashier is advised to do after a refusal, so that the screen's main button does what the advice says. */
export type AdviceAction = 'other-card' | 'cash' | 'split' | 'retry' | 'support';

/**
 * Advice that can work: what is wrong with the till is wrong for every card, what is wrong with one card is not wrong for
 * another, and a sum over the limit of one sale is over it with any card.
 */
export const adviceAction: Readonly<Record<RefusalReason, AdviceAction>> = {
  'stop-listed': 'other-card',
  'stop-list-too-old': 'cash',
  'expired-card': 'other-card',
  'offline-not-permitted': 'other-card',
  'over-sale-limit': 'split',
  'over-card-limit': 'other-card',
  'over-card-count': 'other-card',
  'over-till-limit': 'cash',
  'over-till-count': 'cash',
  'clock-unsure': 'cash',
  'card-unreadable': 'retry',
  'card-not-presented': 'retry',
  'card-reader-silent': 'cash',
  'declined-online': 'other-card',
  'fiscal-drive-refused': 'support',
  'fiscal-drive-silent': 'retry',
  interrupted: 'retry',
};
