import { defineLifecycle, type StateOf, statesOf } from '@bivak/lifecycle';
import { z } from 'zod';
import { cardDataFault } from './card.ts';
import { disputeCause, noticeShortfall } from './decisions.ts';
import { intakeFault, quarantineReason } from './journal-faults.ts';
import { paymentState } from './payment.ts';
import { amountMinor, count, currency, instant, saleId, tillId } from './primitives.ts';

/** The life of an alarm. It ends by itself when what raised it is over; a person may acknowledge it before. */
export const alarmLifecycle = defineLifecycle({
  name: 'alarm',
  initial: 'raised',
  states: {
    raised: {
      to: ['acknowledged', 'ended'],
      means: 'something is wrong, and nobody has said that he has seen it',
    },
    acknowledged: { to: ['ended'], means: 'somebody has seen it; what is wrong is not over' },
    ended: { to: [], means: 'it is over; raised again, it is another alarm' },
  },
});
export type AlarmState = StateOf<typeof alarmLifecycle>;
export const alarmState = z.enum(statesOf(alarmLifecycle));

/** The attempt that an alarm is about, and the money at stake. */
const ofAttempt = {
  paymentId: saleId,
  attempt: z.number().int(),
  bankId: z.string(),
  amountMinor,
  currency,
};

/** What can be wrong with a till or a payment of one, each with its facts. The words for each kind are in `@bivak/messages`. */
export const alarmData = {
  /**
   * An entry after `afterSeq` was refused: the journal behind it waits, at least so many entries. Ends when a later entry is
   * taken.
   */
  'journal-refused': z.object({ afterSeq: z.number().int(), fault: intakeFault, waitingEntries: count }),
  /**
   * A good entry cannot become a payment (now); the sum is that of its sale, if it names one. Ends when it is folded after all,
   * or when a person has decided.
   */
  'entry-quarantined': z.object({
    seq: z.number().int(),
    reason: quarantineReason,
    saleId: saleId.nullable(),
    amountMinor: amountMinor.nullable(),
    currency: currency.nullable(),
  }),
  /** The host cannot open the card data of sales: the till's reader has another key. Ends when it can open all of them. */
  'card-data-unreadable': z.object({
    fault: cardDataFault,
    sales: count,
    sumMinor: amountMinor,
    currency,
    since: instant,
  }),
  /** Accepted sales by card have waited for longer than any should to become payments. Ends when none does. */
  'sales-waiting': z.object({ sales: count, sumMinor: amountMinor, currency, since: instant }),
  /** A sale was approved online and its till has not said for the longest time how it ended. Ends when it does, or a person decides. */
  'sale-unended': z.object({ paymentId: saleId, since: instant, amountMinor, currency }),
  /** The till's clock is ahead (above 0) or behind the host's. Ends with the first contact at the right time. */
  'clock-off': z.object({ offMs: z.number().int() }),
  /** Somebody tries wrong enrolment codes for the till. Ends when it is enrolled. */
  'enrolment-attempts': z.object({ wrongCodes: z.number().int() }),
  /** A bank has approved, or may have, after another answer: that is given back. Ends when it is. */
  'approved-late': z.object({ ...ofAttempt, responseCode: z.string().nullable() }),
  /** Nobody can end an attempt by the wire. Ends when a person has decided by the bank's books. */
  'payment-needs-decision': z.object({ ...ofAttempt, cause: disputeCause }),
  /** A debt's window is over, and its holder was not told as was promised. Ends when a person has decided, or it is paid. */
  'debt-needs-decision': z.object({ paymentId: saleId, amountMinor, currency, shortfall: noticeShortfall }),
  /** A payment has been undecided for longer than any should be. Ends when it is decided. */
  'payment-stuck': z.object({
    paymentId: saleId,
    state: paymentState,
    since: instant,
    amountMinor,
    currency,
  }),
} as const;
export type AlarmKind = keyof typeof alarmData;
export const alarmKinds = Object.keys(alarmData) as [AlarmKind, ...AlarmKind[]];
export type AlarmFacts = {
  [Kind in AlarmKind]: { kind: Kind; data: z.infer<(typeof alarmData)[Kind]> };
}[AlarmKind];

const life = {
  alarmId: z.string(),
  tillId,
  state: alarmState,
  raisedAt: instant,
  lastSeenAt: instant,
  acknowledgedAt: instant.nullable(),
  acknowledgedBy: z.string().nullable(),
  endedAt: instant.nullable(),
};

/** An alarm as APIs give it. */
export const alarm = z.discriminatedUnion('kind', [
  z.object({ ...life, kind: z.literal('journal-refused'), data: alarmData['journal-refused'] }),
  z.object({ ...life, kind: z.literal('entry-quarantined'), data: alarmData['entry-quarantined'] }),
  z.object({
    ...life,
    kind: z.literal('card-data-unreadable'),
    data: alarmData['card-data-unreadable'],
  }),
  z.object({ ...life, kind: z.literal('sales-waiting'), data: alarmData['sales-waiting'] }),
  z.object({ ...life, kind: z.literal('sale-unended'), data: alarmData['sale-unended'] }),
  z.object({ ...life, kind: z.literal('clock-off'), data: alarmData['clock-off'] }),
  z.object({
    ...life,
    kind: z.literal('enrolment-attempts'),
    data: alarmData['enrolment-attempts'],
  }),
  z.object({ ...life, kind: z.literal('approved-late'), data: alarmData['approved-late'] }),
  z.object({ ...life, kind: z.literal('payment-needs-decision'), data: alarmData['payment-needs-decision'] }),
  z.object({ ...life, kind: z.literal('debt-needs-decision'), data: alarmData['debt-needs-decision'] }),
  z.object({ ...life, kind: z.literal('payment-stuck'), data: alarmData['payment-stuck'] }),
]);
export type Alarm = z.infer<typeof alarm>;
