import type { WaitReason } from '@bivak/domain';
import { type Database, type Queries, type Row, sql, type Transaction } from '../store/index.ts';
import type { PaymentRow } from './rows.ts';
import { type HeldPayment, keyOf, type PaymentKey, type Recorder, recordWait } from './timeline.ts';

/**
 * How long a claim holds, by the clock. A payment whose host dies falls due again when it has passed; the clock may also
 * jump past it while the host lives, so every write first checks that the claim is still its own.
 */
export const leaseMs = 60_000;
/** So long before a claim passes nothing may leave under it any more: clocks of two hosts differ, and bytes need time. */
export const leaseMarginMs = 5_000;

/** A payment that is worked on, and the name of the claim. */
export interface Claim {
  bucket: number;
  paymentId: string;
  isOnline: boolean;
  lease: string;
}

/**
 * Buckets that hold due payments, the one that waits longest first: an unlocked look, which may be a moment old. It costs as
 * much as there are due payments, so whoever takes it works through all that it has found.
 */
export async function dueBuckets(queries: Queries, nowMs: number): Promise<number[]> {
  const found = await queries.query<Pick<Row<'payments'>, 'bucket'>>(sql`
    select bucket from payments where due_at <= ${new Date(nowMs)} group by bucket order by min(due_at)`);
  return found.map(({ bucket }) => bucket);
}

/** As {@link dueBuckets}, those with payments for which a buyer waits: there are never many. */
export async function dueOnlineBuckets(queries: Queries, nowMs: number): Promise<number[]> {
  const found = await queries.query<Pick<Row<'payments'>, 'bucket'>>(sql`
    select bucket from payments where due_at <= ${new Date(nowMs)} and mode = 'online' group by bucket order by min(due_at)`);
  return found.map(({ bucket }) => bucket);
}

/** When a payment falls due next; null if none does. */
export async function nextDueMs(queries: Queries): Promise<number | null> {
  const [row] = await queries.query<Pick<Row<'payments'>, 'due_at'>>(sql`
    select min(due_at) as due_at from payments where due_at is not null`);
  return row?.due_at?.getTime() ?? null;
}

/** Claims due payments of a bucket: nobody else gets them until the lease has passed. */
export async function claim(
  database: Database,
  bucket: number,
  nowMs: number,
  { limit, onlyOnline }: Take,
  lease: string,
): Promise<Claim[]> {
  const due = await database.shared(`card ${bucket}`, (queries) =>
    queries.query<Pick<Row<'payments'>, 'payment_id' | 'mode'>>(sql`
      update payments set lease = ${lease}, due_at = ${new Date(nowMs + leaseMs)}
      where bucket = ${bucket} and payment_id in (
        select payment_id from payments
        where bucket = ${bucket} and due_at <= ${new Date(nowMs)} and (mode = 'online' or not ${onlyOnline})
        order by case when mode = 'online' then 0 else 1 end, due_at limit ${limit} for update skip locked)
      returning payment_id, mode`),
  );
  return due.map(({ payment_id, mode }) => ({
    bucket,
    paymentId: payment_id,
    isOnline: mode === 'online',
    lease,
  }));
}

/** How many payments of a bucket are taken at most, and whether only those for which a buyer waits. */
export interface Take {
  limit: number;
  onlyOnline: boolean;
}

/** Locks due payments of a bucket that nobody else holds, first those for which a buyer waits. */
export async function lockDue(
  queries: Queries,
  bucket: number,
  nowMs: number,
  { limit, onlyOnline }: Take,
): Promise<(PaymentRow & Standing)[]> {
  return queries.query<PaymentRow & Standing>(sql`
    select bucket, payment_id, till_id, state, cycle, cause, cancel_requested, is_unreached, mode, amount_minor, currency, masked_pan, card_reference, card_track,
      card_track_key, card_account, card_account_key, issuer, issuer_bank_id, sold_at, time_zone, epoch, open_since, stay_alarm, last_event,
      told_wait, bank_id, has_debt, (select coalesce(max(e.epoch), 1) from store_epochs e) as store_epoch,
      exists (select 1 from store_doubts d where d.decided_at is null) as in_doubt
    from payments where bucket = ${bucket} and due_at <= ${new Date(nowMs)} and (mode = 'online' or not ${onlyOnline})
    order by case when mode = 'online' then 0 else 1 end, due_at limit ${limit} for update skip locked`);
}

/** Claims a payment whose row is locked. */
export function takeLocked(
  transaction: Transaction,
  payment: PaymentRow,
  lease: string,
  nowMs: number,
): Claim {
  transaction.change('payments', keyOf(payment), { lease, due_at: new Date(nowMs + leaseMs) });
  const { bucket, payment_id: paymentId, mode } = payment;
  return { bucket, paymentId, isOnline: mode === 'online', lease };
}

/**
 * Lets everything fall due at once that an earlier life of this host had claimed: it need not wait for the leases to pass.
 * Leases of a host begin with its name. Were the earlier life still there, it would find its claims lost when it writes.
 */
export async function takeOver(database: Database, hostName: string, nowMs: number): Promise<void> {
  const held = await database.query<Pick<Row<'payments'>, 'bucket'>>(sql`
    select bucket from payments where due_at is not null and lease like ${`${hostName}/%`} group by bucket`);
  for (const { bucket } of held) {
    await database.query(sql`
      update payments set due_at = ${new Date(nowMs)} where bucket = ${bucket} and lease like ${`${hostName}/%`} and due_at is not null`);
  }
}

/**
 * Reads a claimed payment and locks it for the rest of the transaction; undefined if the claim is no longer ours (its
 * lease had passed, and somebody else has taken the payment up from what was written down).
 */
export async function lockClaimed(
  queries: Queries,
  claim: Claim,
): Promise<(PaymentRow & Standing) | undefined> {
  const [row] = await queries.query<PaymentRow & Standing & Pick<Row<'payments'>, 'lease'>>(sql`
    select bucket, payment_id, till_id, state, cycle, cause, cancel_requested, is_unreached, mode, amount_minor, currency, masked_pan, card_reference, card_track,
      card_track_key, card_account, card_account_key, issuer, issuer_bank_id, sold_at, time_zone, lease, epoch, open_since, stay_alarm, last_event,
      told_wait, bank_id, has_debt,
      (select coalesce(max(e.epoch), 1) from store_epochs e) as store_epoch,
      exists (select 1 from store_doubts d where d.decided_at is null) as in_doubt
    from payments where bucket = ${claim.bucket} and payment_id = ${claim.paymentId} for update`);
  return row?.lease === claim.lease ? row : undefined;
}

/** How a payment stands to its store. */
export type Standing = Pick<Row<'payments'>, 'epoch'> & { store_epoch: number; in_doubt: boolean };

/**
 * Why nothing may be sent for a payment, be it a debit or what gives one back; null if it may. Of one from an older epoch it is
 * not known what was debited before the store was put back.
 */
export function heldReason({ epoch, store_epoch, in_doubt }: Standing): WaitReason | null {
  if (epoch !== store_epoch) return { kind: 'perhaps-debited' };
  return in_doubt ? { kind: 'store-in-doubt' } : null;
}

/** Keeps the claim for another lease, while the bank's answer is waited for. */
export async function holdForAnswer(
  transaction: Transaction,
  payment: PaymentKey,
  bankId: string,
  nowMs: number,
): Promise<void> {
  const wait: WaitReason = { kind: 'answer-pending', bankId };
  transaction.change('payments', keyOf(payment), { due_at: new Date(nowMs + leaseMs), wait });
}

/** Gives a payment up for whoever claims it next. */
export async function release(transaction: Transaction, payment: PaymentKey, nowMs: number): Promise<void> {
  transaction.change('payments', keyOf(payment), { lease: null, due_at: new Date(nowMs), wait: null });
}

/** Gives a payment up: there is nothing to do for it. */
export async function releaseForGood(transaction: Transaction, payment: PaymentKey): Promise<void> {
  transaction.change('payments', keyOf(payment), { lease: null, due_at: null, wait: null });
}

/** Lets a payment fall due, whatever its state; if somebody works on it, he finds what happened when he decides next. */
export async function fallDue(queries: Queries, payment: PaymentKey, nowMs: number): Promise<void> {
  await queries.query(sql`
    update payments set due_at = case when lease is null then ${new Date(nowMs)}::timestamptz else due_at end
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
}

/** Gives a payment up until `untilMs` (null: until something else happens to it), and records why it waits. */
export async function releaseToWait(
  recorder: Recorder,
  payment: HeldPayment & Pick<Row<'payments'>, 'told_wait'>,
  wait: { reason: WaitReason; untilMs: number | null },
  nowMs: number,
): Promise<void> {
  const { reason, untilMs } = wait;
  const dueAt = untilMs === null ? null : new Date(untilMs);
  recorder.change('payments', keyOf(payment), { lease: null, due_at: dueAt, wait: reason });
  await recordWait(recorder, payment, new Date(nowMs), wait);
}
