import { responseMeaning } from '@bivak/rules';

/**
 * Every sentence of a payment's story, in plain English, as it is stored and as the API gives it. Whoever adds one gives the
 * console its words too (a test of the house holds that).
 */
export const sentences = {
  rungUp: (tillId: string) => `rung up at ${tillId}; the host is asked while the buyer waits`,
  accepted: (mode: 'offline' | 'online', tillId: string) => `accepted ${mode} at ${tillId}`,
  datedAsItArrived: (tillsAt: string) => `dated as it arrived: the till's clock said ${tillsAt}`,
  arrived: () => 'arrived at the host',
  endedWithoutReceipt: (reason: string) => `the till ended the sale without a receipt (${reason})`,
  sent: (bankId: string, reason: string) => `sent to ${bankId}: ${reason}`,
  budgetSpent: (untilMs: number) =>
    `the card scheme allows no more attempts until ${new Date(untilMs).toISOString()}`,
  cannotBeSent: (why: string) => `cannot be sent: ${why}`,
  nothingSent: (bankId: string, why: string) => `nothing was sent to ${bankId}: ${why}`,
  noAnswer: (bankId: string, why: string) => `${bankId} did not answer: ${why}`,
  answered: (bankId: string, responseCode: string) =>
    `${bankId} answered ${responseCode}: ${responseMeaning(responseCode)}`,
  answeredTooLate: (bankId: string, messageType: string, responseCode: string | null) =>
    `${bankId} answered too late (${messageType}, ${responseCode ?? 'no code'})`,
  interruptedBefore: (bankId: string) => `the host was interrupted before anything left for ${bankId}`,
  interruptedAfter: (bankId: string) =>
    `the host was interrupted: it is not known whether ${bankId} has debited`,
  reversalSent: (bankId: string) => `reversal sent to ${bankId}`,
  reversalConfirmed: (bankId: string) => `${bankId} confirmed: nothing is debited there`,
  anotherAttempt: (cause: 'retry' | 'asked-by-cardholder') =>
    cause === 'retry' ? 'another attempt, by the schedule' : 'another attempt, asked for by the cardholder',
  booked: (state: 'collected' | 'declined' | 'cancelled') => state,
} as const;
