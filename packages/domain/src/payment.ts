import { defineLifecycle, type StateOf, statesOf } from '@bivak/lifecycle';
import { z } from 'zod';
import { cardDataFault, scheme } from './card.ts';

/** The life of a payment. Its id is the sale's identity; it is created once, whatever is shipped how often. */
export const paymentLifecycle = defineLifecycle({
  name: 'payment',
  initial: 'received',
  states: {
    received: { to: ['routed', 'cancelled'], means: 'the host has the sale; no bank was chosen yet' },
    routed: {
      to: ['sending', 'collected', 'declined', 'cancelled'],
      means: 'the banks are ordered; nothing is under way (also: waiting until a bank may be asked again)',
    },
    sending: {
      to: ['collected', 'declined', 'unknown', 'routed'],
      means: 'an attempt is stored and on its way',
    },
    unknown: { to: ['reversing'], means: 'the bank may have debited; nobody knows' },
    reversing: {
      to: ['routed', 'collected', 'declined', 'cancelled'],
      means: 'a reversal is repeated until the bank answers it; no other bank may be asked before',
    },
    collected: {
      to: ['cancelling'],
      means: 'debited, once when every other attempt is given back; the money is on its way to the merchant',
    },
    declined: {
      to: ['routed', 'collected', 'cancelled'],
      means: 'the issuer said no, or no bank could reach it; recovery may request another attempt',
    },
    cancelling: { to: ['cancelled'], means: 'debited, but the sale did not happen: being reversed' },
    cancelled: { to: [], means: 'the sale did not happen and nothing is debited' },
  },
});
export type PaymentState = StateOf<typeof paymentLifecycle>;
export const paymentState = z.enum(statesOf(paymentLifecycle));

/** The ends of a payment's cycle. */
export const paymentEnds = ['collected', 'declined', 'cancelled'] as const satisfies readonly PaymentState[];
export type PaymentEnd = (typeof paymentEnds)[number];

/** The life of one attempt at one bank. */
export const attemptLifecycle = defineLifecycle({
  name: 'attempt',
  initial: 'stored',
  states: {
    stored: { to: ['sent', 'not-sent', 'unknown'], means: 'written down before its message leaves' },
    sent: {
      to: ['approved', 'completing', 'declined', 'rejected', 'unknown', 'not-sent'],
      means: 'given to the bank’s session',
    },
    completing: {
      to: ['approved', 'reversing', 'disputed'],
      means:
        'the advice that debits is stored, and repeated until it is answered: the bank has reserved the sum, or takes debits as advices',
    },
    approved: { to: ['reversing'], means: 'the bank has debited' },
    declined: {
      to: ['reversing'],
      means: 'the issuer has said no; nothing is debited, unless an approval comes after all',
    },
    rejected: {
      to: ['reversing'],
      means:
        'the bank has answered without a decision of the issuer (it is in trouble, or blocks us); nothing is debited',
    },
    'not-sent': { to: ['reversing'], means: 'it is certain that nothing left' },
    unknown: {
      to: ['reversing', 'approved', 'completing'],
      means: 'it may have left, and there is no answer, unless an inquiry brings one',
    },
    reversing: {
      to: ['reversed', 'refunding', 'disputed'],
      means: 'a reversal is stored, and repeated until it is answered',
    },
    refunding: {
      to: ['reversed', 'reversing', 'disputed'],
      means:
        'the bank knows of no debit that it had approved (after its cut-over): a refund is stored, and sent once',
    },
    disputed: {
      to: ['reversing', 'reversed', 'approved', 'completing'],
      means: 'nobody can say by the wire whether the bank has debited: a person decides by the bank’s books',
    },
    reversed: {
      to: ['reversing'],
      means: 'the bank has confirmed that nothing is debited, unless an approval comes after all',
    },
  },
});
export type AttemptState = StateOf<typeof attemptLifecycle>;
export const attemptState = z.enum(statesOf(attemptLifecycle));

/**
 * How an attempt debits at its bank:
 * - `request`: one request (0200), whose approval is the debit
 * - `reserve`: a request that reserves the sum (0100), and an advice that debits it (0220 or 0120); a reservation without it lapses
 * - `advise`: one advice (0220), repeated until it is answered
 */
export const debitFlows = ['request', 'reserve', 'advise'] as const;
export const debitFlow = z.enum(debitFlows);
export type DebitFlow = z.infer<typeof debitFlow>;

/** Why a cycle of attempts was begun by recovery. */
export const retryCauses = ['retry', 'cardholder-request'] as const;
export const retryCause = z.enum(retryCauses);
export type RetryCause = z.infer<typeof retryCause>;

/** Why a cycle of attempts was begun. */
export const cycleCauses = ['first', ...retryCauses] as const;

/** Why an attempt is made. */
export const attemptCauses = [...cycleCauses, 'failover'] as const;
export const attemptCause = z.enum(attemptCauses);
export type AttemptCause = z.infer<typeof attemptCause>;

/** Why a payment waits; until when stands beside it. */
export const waitReason = z.discriminatedUnion('kind', [
  /** A message is on its way. */
  z.object({ kind: z.literal('answer-pending'), bankId: z.string() }),
  /** The reversal was sent so many times and nobody has confirmed it; no bank is asked for a debit before. */
  z.object({ kind: z.literal('reversal-unconfirmed'), bankId: z.string(), tries: z.number().int() }),
  /** The bank has answered that it knows of no debit; so shortly after one was sent that means "not yet". */
  z.object({ kind: z.literal('debit-not-seen-yet'), bankId: z.string(), tries: z.number().int() }),
  /** The advice that debits was sent so many times and nobody has answered it; no other bank is asked before. */
  z.object({ kind: z.literal('completion-unconfirmed'), bankId: z.string(), tries: z.number().int() }),
  /** A person has to decide by the bank's books. */
  z.object({ kind: z.literal('decision-needed'), bankId: z.string(), attempt: z.number().int() }),
  /** The store was put back from an older copy: it may have been debited in the time that was lost. */
  z.object({ kind: z.literal('perhaps-debited') }),
  /** Nobody knows whether the store is as new as the world: nothing is sent until a person has decided. */
  z.object({ kind: z.literal('store-in-doubt') }),
  /** Every bank has blocked our account. */
  z.object({ kind: z.literal('banks-blocked'), bankIds: z.array(z.string()) }),
  /** No bank was reached; each is tried again after a growing wait. */
  z.object({ kind: z.literal('banks-unreachable'), bankIds: z.array(z.string()) }),
  /** Every bank has answered that it, or the issuer behind it, is in trouble. */
  z.object({ kind: z.literal('banks-in-trouble'), bankIds: z.array(z.string()) }),
  /** The card's scheme allows no more attempts until then. */
  z.object({ kind: z.literal('scheme-budget'), scheme }),
  /** The card data cannot be opened with the keys that are loaded. */
  z.object({ kind: z.literal('card-data-unreadable'), fault: cardDataFault }),
]);
export type WaitReason = z.infer<typeof waitReason>;
export type WaitKind = WaitReason['kind'];
