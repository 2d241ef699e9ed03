import { isDeepStrictEqual } from 'node:util';
import type { PaymentEvent, WaitReason } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import { type Row, sql, type Transaction } from '../store/index.ts';

/** What records a payment's life: the store, and a log that follows the payment by its id through every step. */
export interface Recorder extends Transaction {
  log: Logger;
}

export const recorder = (transaction: Transaction, log: Logger): Recorder => ({ ...transaction, log });

/** Names a payment. */
export type PaymentKey = Pick<Row<'payments'>, 'bucket' | 'payment_id'>;

/** A payment whose row is held (locked, made or changed in the same transaction), with the number of its latest event. */
export type HeldPayment = PaymentKey & Pick<Row<'payments'>, 'last_event'>;

export const keyOf = ({ bucket, payment_id }: PaymentKey): PaymentKey => ({ bucket, payment_id });

/** Logs a step of a payment once it is committed. */
export function logStep(
  { onCommit, log }: Recorder,
  payment: PaymentKey,
  step: string,
  facts: object = {},
): void {
  onCommit(() => log.info({ paymentId: payment.payment_id, step, ...facts }, `payment ${step}`));
}

/** Adds an event to a payment's timeline and logs it. */
export async function addEvent(
  recorder: Recorder,
  payment: HeldPayment,
  at: Date,
  { kind, data }: PaymentEvent,
): Promise<void> {
  payment.last_event++;
  const number = payment.last_event;
  recorder.insert('payment_events', { ...keyOf(payment), number, happened_at: at, kind, data });
  recorder.change('payments', keyOf(payment), { last_event: number });
  logStep(recorder, payment, kind, data);
}

/** An event and when it happened. */
export interface DatedEvent {
  at: Date;
  event: PaymentEvent;
}

/** Adds the events with which the timeline of a payment begins, whose row was made with their number. */
export function addFirstEvents(recorder: Recorder, payment: PaymentKey, events: readonly DatedEvent[]): void {
  for (const [index, { at, event }] of events.entries()) {
    const { kind, data } = event;
    recorder.insert('payment_events', { ...keyOf(payment), number: index + 1, happened_at: at, kind, data });
    logStep(recorder, payment, kind, data);
  }
}

/** As {@link addEvent}, unless the last event is the same. */
export async function addEventOnce(
  recorder: Recorder,
  payment: HeldPayment,
  at: Date,
  event: PaymentEvent,
): Promise<void> {
  const [last] = await recorder.query<Pick<Row<'payment_events'>, 'kind' | 'data'>>(sql`
    select kind, data from payment_events
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} order by number desc limit 1`);
  if (!isDeepStrictEqual(last, event)) await addEvent(recorder, payment, at, event);
}

/**
 * Records that a payment waits: an event for each new reason, not for its repeats within one cycle, and a line in the log
 * each time.
 */
export async function recordWait(
  recorder: Recorder,
  payment: HeldPayment & Pick<Row<'payments'>, 'told_wait'>,
  at: Date,
  { reason, untilMs }: { reason: WaitReason; untilMs: number | null },
): Promise<void> {
  const untilAt = untilMs === null ? null : new Date(untilMs).toISOString();
  if (payment.told_wait !== null && isSameReason(payment.told_wait, reason))
    return logStep(recorder, payment, 'waiting', { reason, untilAt });
  payment.told_wait = reason;
  recorder.change('payments', keyOf(payment), { told_wait: reason });
  return addEvent(recorder, payment, at, { kind: 'waiting', data: { reason, untilAt } });
}

/** True if a person would read the same: how often it was tried, and which banks are out at the moment, is no new reason. */
function isSameReason(one: WaitReason, other: WaitReason): boolean {
  const known = { tries: 0, bankIds: [] };
  return isDeepStrictEqual({ ...one, ...known }, { ...other, ...known });
}
