import { isDeepStrictEqual } from 'node:util';
import type { PaymentEvent, WaitReason } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import { type Queries, type Row, sql } from '../store/index.ts';

/** What records a payment's life: the store, and a log that follows the payment by its id through every step. */
export interface Recorder extends Queries {
  log: Logger;
}

export const recorder = (queries: Queries, log: Logger): Recorder => ({
  query: queries.query,
  onCommit: queries.onCommit,
  log,
});

/** Names a payment. */
export type PaymentKey = Pick<Row<'payments'>, 'bucket' | 'payment_id'>;

/** Logs a step of a payment once it is committed. */
export function logStep(
  { onCommit, log }: Recorder,
  payment: PaymentKey,
  step: string,
  facts: object = {},
): void {
  onCommit(() => log.info({ paymentId: payment.payment_id, step, ...facts }, `payment ${step}`));
}

/**
 * Adds an event to a payment's timeline and logs it. Whoever adds one holds the payment's row (has locked, made or
 * changed it in the same transaction), so that the events are numbered one after the other.
 */
export async function addEvent(
  recorder: Recorder,
  payment: PaymentKey,
  at: Date,
  { kind, data }: PaymentEvent,
): Promise<void> {
  const { bucket, payment_id } = payment;
  await recorder.query(sql`
    insert into payment_events (bucket, payment_id, number, happened_at, kind, data)
    select ${bucket}::smallint, ${payment_id}::text, coalesce(max(number), 0) + 1, ${at}::timestamptz, ${kind}::text, ${JSON.stringify(data)}::jsonb
    from payment_events where bucket = ${bucket} and payment_id = ${payment_id}`);
  logStep(recorder, payment, kind, data);
}

/** As {@link addEvent}, unless the last event is the same. */
export async function addEventOnce(
  recorder: Recorder,
  payment: PaymentKey,
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
  payment: PaymentKey,
  at: Date,
  { reason, untilMs }: { reason: WaitReason; untilMs: number | null },
): Promise<void> {
  const untilAt = untilMs === null ? null : new Date(untilMs).toISOString();
  const [last] = await recorder.query<Pick<Row<'payment_events'>, 'kind' | 'data'>>(sql`
    select kind, data from payment_events
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and kind in ('waiting', 'retry-requested')
    order by number desc limit 1`);
  const before = last?.kind === 'waiting' ? (last.data as { reason: WaitReason }).reason : undefined;
  if (before !== undefined && isSameReason(before, reason))
    logStep(recorder, payment, 'waiting', { reason, untilAt });
  else await addEvent(recorder, payment, at, { kind: 'waiting', data: { reason, untilAt } });
}

/** True if a person would read the same: how often it was tried, and which banks are out at the moment, is no new reason. */
function isSameReason(one: WaitReason, other: WaitReason): boolean {
  const known = { tries: 0, bankIds: [] };
  return isDeepStrictEqual({ ...one, ...known }, { ...other, ...known });
}
