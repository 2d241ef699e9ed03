import { type Database, type Queries, sql } from '../store/index.ts';
import type { PaymentRow } from './rows.ts';

/**
 * How long a claim holds, by the clock. A payment whose host dies falls due again when it has passed; the clock may also
 * jump past it while the host lives, so whoever writes first asks whether the claim is still its own.
 */
export const leaseMs = 60_000;

/** A payment that is worked on, and the name of the claim. */
export interface Claim {
  bucket: number;
  paymentId: string;
  isOnline: boolean;
  lease: string;
}

/** What is looked for: not what is in work here already, and perhaps only what a buyer waits for. */
export interface Wanted {
  inWork: readonly string[];
  onlyOnline: boolean;
}

/** Buckets that hold due payments, those where a buyer waits first: an unlocked look, which may be a moment old. */
export async function dueBuckets(queries: Queries, nowMs: number, wanted: Wanted): Promise<number[]> {
  const found = await queries.query<{ bucket: number }>(sql`
    select bucket from payments
    where due_at <= ${new Date(nowMs)} and payment_id <> all(${wanted.inWork}::text[]) and (mode = 'online' or not ${wanted.onlyOnline})
    group by bucket order by max(case when mode = 'online' then 1 else 0 end) desc, min(due_at) limit 200`);
  return found.map(({ bucket }) => bucket);
}

/** When a payment falls due next; null where none does. */
export async function nextDueMs(queries: Queries, inWork: readonly string[]): Promise<number | null> {
  const [row] = await queries.query<{ due_at: Date | null }>(sql`
    select min(due_at) as due_at from payments where due_at is not null and payment_id <> all(${inWork}::text[])`);
  return row?.due_at?.getTime() ?? null;
}

/** Claims due payments of a bucket: nobody else gets them until the lease has passed. */
export async function claim(
  database: Database,
  bucket: number,
  nowMs: number,
  limit: number,
  wanted: Wanted,
  newLease: () => string,
): Promise<Claim[]> {
  return database.transaction(async (queries) => {
    const due = await queries.query<{ payment_id: string; mode: string }>(sql`
      select payment_id, mode from payments
      where bucket = ${bucket} and due_at <= ${new Date(nowMs)} and payment_id <> all(${wanted.inWork}::text[])
        and (mode = 'online' or not ${wanted.onlyOnline})
      order by case when mode = 'online' then 0 else 1 end, due_at limit ${limit} for update skip locked`);
    const claims = due.map(({ payment_id, mode }) => ({
      bucket,
      paymentId: payment_id,
      isOnline: mode === 'online',
      lease: newLease(),
    }));
    for (const { paymentId, lease } of claims) {
      await queries.query(sql`
        update payments set lease = ${lease}, due_at = ${new Date(nowMs + leaseMs)}
        where bucket = ${bucket} and payment_id = ${paymentId}`);
    }
    return claims;
  });
}

/**
 * Lets everything fall due at once that an earlier life of this host had claimed: it need not wait for the leases to pass.
 * Leases of a host begin with its name. Were the earlier life still there, it would find its claims lost when it writes.
 */
export async function takeOver(database: Database, hostName: string, nowMs: number): Promise<void> {
  const held = await database.query<{ bucket: number }>(sql`
    select bucket from payments where due_at is not null and lease like ${`${hostName}/%`} group by bucket`);
  for (const { bucket } of held) {
    await database.query(sql`
      update payments set due_at = ${new Date(nowMs)} where bucket = ${bucket} and lease like ${`${hostName}/%`} and due_at is not null`);
  }
}

/**
 * Reads a claimed payment and locks it for the rest of the transaction; undefined where the claim is no longer ours (its
 * lease had passed, and somebody else has taken the payment up from what was written down).
 */
export async function lockClaimed(queries: Queries, claim: Claim): Promise<PaymentRow | undefined> {
  const [row] = await queries.query<PaymentRow & { lease: string | null }>(sql`
    select bucket, payment_id, till_id, state, cycle, cause, cancel_asked, mode, amount_minor, currency, masked_pan, card_reference, card_ksn,
      card_ciphertext, issuer_bank_id, sold_at, time_zone, lease
    from payments where bucket = ${claim.bucket} and payment_id = ${claim.paymentId} for update`);
  return row?.lease === claim.lease ? row : undefined;
}

type Key = Pick<PaymentRow, 'bucket' | 'payment_id'>;

/** Keeps the claim for another lease, from now on. */
export async function extendLease(queries: Queries, payment: Key, nowMs: number): Promise<void> {
  await queries.query(sql`
    update payments set due_at = ${new Date(nowMs + leaseMs)}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
}

/** Gives a payment up until `dueMs`; null: until something else happens to it. */
export async function release(queries: Queries, payment: Key, dueMs: number | null): Promise<void> {
  await queries.query(sql`
    update payments set lease = null, due_at = ${dueMs === null ? null : new Date(dueMs)}
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
}
