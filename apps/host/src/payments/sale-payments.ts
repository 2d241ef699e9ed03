import { isDeepStrictEqual } from 'node:util';
import { isTimeZone } from '@bivak/clock';
import {
  type CardMode,
  type MendedPart,
  type PaymentEvent,
  paymentLifecycle,
  type RefusalReason,
} from '@bivak/domain';
import type { EntryBody } from '@bivak/journal';
import { cardBucket, type Queries, type Row, sql } from '../store/index.ts';
import { flagDouble } from './doubles.ts';
import type { FoldContext } from './fold.ts';
import { storable } from './mending.ts';
import { QuarantineError } from './quarantine-error.ts';
import type { CardIntent } from './sale-reading.ts';
import type { SentCard } from './sent-card.ts';
import {
  addEvent,
  addFirstEvents,
  type DatedEvent,
  type HeldPayment,
  type PaymentKey,
  type Recorder,
  recorder,
} from './timeline.ts';

const maxClockOffMs = 366 * 86_400_000;

/** A sale by card from which a payment is made, or which a payment's sale has become. */
export interface CardSale {
  tillId: string;
  /** Of the payment: the sale's own, unless a person has decided that it is another sale under a number that was used. */
  paymentId: string;
  mode: CardMode;
  read: CardIntent;
  /** What was sent beside its intent; null if the payment has it already. */
  sent: SentCard | null;
  /** Its acceptance and that entry's number; null while the sale has no end. */
  accepted: { body: EntryBody<'sale.accepted'>; seq: number } | null;
  receivedAt: Date;
  /** Of the entry that makes the payment: what had been sent in an earlier epoch of the store may have been debited. */
  epoch: number;
  /** Who has decided that it is a sale of its own, and why. */
  decided?: { saleId: string; by: string; why: string };
}

/**
 * Makes the payment of a sale, or completes that of one which was requested online. The same entry once more changes nothing.
 * Throws {@link QuarantineError} `given-back` if its money has been given back meanwhile: no accepted sale is taken for paid
 * by a payment that is cancelled.
 */
export async function makePayment(context: FoldContext, sale: CardSale): Promise<void> {
  const { read, paymentId, accepted } = sale;
  const payment = { bucket: cardBucket(read.card.cardReference), payment_id: paymentId };
  const parts = partsOf(sale);
  await context.database.shared(`card ${payment.bucket}`, async (queries) => {
    const recording = recorder(queries, context.log);
    const soldAt = soldAtOf(read.entry.at, sale.receivedAt);
    const events = arrivalOf(sale, { soldAt, mended: parts.mended });
    if (await insertPayment(queries, context, sale, { payment, parts, soldAt, events: events.length }))
      addFirstEvents(recording, payment, events);
    else if (accepted !== null) await complete(recording, payment, sale, accepted);
  });
  const { cardReference } = read.card;
  const { tillId } = sale;
  await flagDouble(context, { ...payment, tillId, cardReference, amountMinor: read.intent.totalMinor });
}

interface Parts {
  lineItems: string;
  checks: string;
  fiscal: string | null;
  mended: MendedPart[];
}

/** What of a sale is kept as JSON, in which the store cannot hold every text; and what was mended for that. */
function partsOf({ read: { intent, mended }, accepted }: CardSale): Parts {
  const checks = accepted?.body.checks.length ? accepted.body.checks : intent.checks;
  const kept = {
    'line-items': storable(intent.lineItems),
    checks: storable(checks),
    fiscal: storable(accepted?.body.fiscal ?? null),
  };
  const differs = (part: keyof typeof kept, original: unknown) =>
    isDeepStrictEqual(kept[part], original) ? [] : [part];
  return {
    lineItems: JSON.stringify(kept['line-items']),
    checks: JSON.stringify(kept.checks),
    fiscal: kept.fiscal === null ? null : JSON.stringify(kept.fiscal),
    mended: [
      ...new Set([
        ...mended,
        ...differs('line-items', intent.lineItems),
        ...differs('checks', checks),
        ...differs('fiscal', accepted?.body.fiscal ?? null),
      ]),
    ],
  };
}

/** True if the payment was not there yet. */
async function insertPayment(
  queries: Queries,
  context: FoldContext,
  sale: CardSale,
  { payment, parts, soldAt, events }: { payment: PaymentKey; parts: Parts; soldAt: Date; events: number },
): Promise<boolean> {
  const { tillId, mode, receivedAt, accepted } = sale;
  const { entry, intent, card } = sale.read;
  const { sent } = sale;
  if (sent === null) return false;
  const { track, account } = sent.card;
  const issuer = context.issuers.of(card.maskedPan);
  const bankDueAt = new Date(soldAt.getTime() + context.bankWindowMs);
  const timeZone = isTimeZone(entry.timeZone) ? entry.timeZone : context.timeZone;
  const made = await queries.query(sql`
    insert into payments (bucket, payment_id, till_id, accepted_seq, state, open_since, cycle, cause, cancel_requested, mode, amount_minor,
      currency, masked_pan, card_reference, card_track, card_track_key, card_account, card_account_key, phone, issuer, issuer_bank_id, sold_at, time_zone, received_at,
      bank_due_at, line_items, checks, fiscal, routing, due_at, epoch, last_event, has_debt, recovery_due)
    values (${payment.bucket}, ${payment.payment_id}, ${tillId}, ${accepted?.seq ?? null}, ${paymentLifecycle.initial}, ${receivedAt}, 0,
      'first', false, ${mode}, ${intent.totalMinor}, ${intent.currency}, ${card.maskedPan}, ${card.cardReference}, ${track?.sealed ?? null},
      ${track?.dataKey ?? null}, ${account?.sealed ?? null}, ${account?.dataKey ?? null}, ${sent.phone}, ${issuer?.name ?? null}, ${issuer?.bankId ?? null}, ${soldAt}, ${timeZone},
      ${receivedAt}, ${bankDueAt}, ${parts.lineItems}, ${parts.checks}, ${parts.fiscal}, '[]', ${receivedAt}, ${sale.epoch}, ${events}, false, false)
    on conflict (bucket, payment_id) do nothing returning payment_id`);
  return made.length > 0;
}

/** What a payment's timeline begins with. */
function arrivalOf(
  { tillId, mode, accepted, receivedAt, read, decided }: CardSale,
  { soldAt, mended }: { soldAt: Date; mended: MendedPart[] },
): DatedEvent[] {
  const events: DatedEvent[] = [];
  const add = (at: Date, event: PaymentEvent): number => events.push({ at, event });
  if (accepted === null) add(soldAt, { kind: 'rung-up', data: { tillId } });
  else add(soldAt, { kind: 'accepted', data: { tillId, mode } });
  if (soldAt === receivedAt) add(receivedAt, { kind: 'dated-on-arrival', data: { tillAt: read.entry.at } });
  if (mended.length > 0) add(receivedAt, { kind: 'mended', data: { parts: mended } });
  add(receivedAt, { kind: 'arrived', data: {} });
  if (decided !== undefined) add(receivedAt, { kind: 'collected-by-decision', data: decided });
  return events;
}

/** When it was sold: as the till has it, or as it arrived if its clock was years off. The sale is collected either way. */
function soldAtOf(tillAt: string, receivedAt: Date): Date {
  const soldAt = new Date(tillAt);
  return Math.abs(soldAt.getTime() - receivedAt.getTime()) > maxClockOffMs ? receivedAt : soldAt;
}

/**
 * A sale that was requested online has been finished at the till: as requested, or offline because no answer came in time.
 * Its checks are those by which it was accepted.
 */
async function complete(
  recording: Recorder,
  payment: PaymentKey,
  sale: CardSale,
  { body, seq }: NonNullable<CardSale['accepted']>,
): Promise<void> {
  const { tillId, mode, receivedAt } = sale;
  type Known = HeldPayment & Pick<Row<'payments'>, 'accepted_seq' | 'cancel_requested'>;
  const [known] = await recording.query<Known>(sql`
    select bucket, payment_id, last_event, accepted_seq, cancel_requested from payments
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} for update`);
  if (known!.accepted_seq === seq) return;
  if (known!.cancel_requested) throw new QuarantineError({ kind: 'given-back' });
  if (known!.accepted_seq !== null)
    throw new Error(`payment ${payment.payment_id} is that of entry ${known!.accepted_seq}, not of ${seq}`);
  const checks = body.checks.length > 0 ? JSON.stringify(storable(body.checks)) : null;
  const fiscal = storable(body.fiscal);
  await recording.query(sql`
    update payments set mode = ${mode}, fiscal = ${JSON.stringify(fiscal)}, checks = coalesce(${checks}::jsonb, checks),
      accepted_seq = ${seq}, recovery_due = recovery_due or state = 'declined', unended_alarm = case when unended_alarm is not null then 'over' end
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id}`);
  await addEvent(recording, known!, receivedAt, { kind: 'accepted', data: { tillId, mode } });
  if (!isDeepStrictEqual(fiscal, body.fiscal))
    await addEvent(recording, known!, receivedAt, { kind: 'mended', data: { parts: ['fiscal'] } });
}

/** The sale did not happen: what was authorised for it is given back. Whoever works on it now finds it at the next write. */
export async function cancelPayment(
  { database, log }: FoldContext,
  { intent, card }: CardIntent,
  { tillId, reason, at }: { tillId: string; reason: RefusalReason | null; at: Date },
): Promise<void> {
  const payment = { bucket: cardBucket(card.cardReference), payment_id: intent.saleId };
  await database.shared(`card ${payment.bucket}`, async (queries) => {
    const [changed] = await queries.query<HeldPayment>(sql`
      update payments set cancel_requested = true, due_at = case when lease is null then ${at}::timestamptz else due_at end,
        unended_alarm = case when unended_alarm is not null then 'over' end
      where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and till_id = ${tillId} and accepted_seq is null
        and not cancel_requested
      returning bucket, payment_id, last_event`);
    if (changed !== undefined)
      await addEvent(recorder(queries, log), changed, at, {
        kind: 'ended-without-receipt',
        data: { reason },
      });
  });
}
