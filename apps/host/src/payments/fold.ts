import { isTimeZone } from '@bivak/clock';
import { type CardMode, paymentLifecycle, type QuarantineReason, type RefusalReason } from '@bivak/domain';
import { type Entry, type EntryBody, type EntryEnvelope, type KnownKinds, readBody } from '@bivak/journal';
import type { Logger } from '@bivak/process';
import { intentOf, markFolded, saleIdOf, type TakenEntry, unfolded } from '../intake/journal-reading.ts';
import { quarantineEntry } from '../intake/quarantine.ts';
import type { Issuers } from '../routing/index.ts';
import { cardBucket, type Database, eachAtMost, type Queries, sql } from '../store/index.ts';
import { addEvent, type PaymentKey, type Recorder, recorder } from './timeline.ts';

/** How many entries of a till are folded at a time: another till, perhaps with a buyer who waits, is next. */
const batchSize = 100;
/** Sales of a batch that are folded at the same time; the entries of one sale follow each other. */
const salesAtOnce = 8;

/** DE 4 of ISO 8583 has twelve digits. */
const maxDebitMinor = 999_999_999_999;
const maxClockOffMs = 366 * 86_400_000;

/** What entries are folded with. */
export interface FoldContext {
  database: Database;
  log: Logger;
  bankWindowMs: number;
  /** The currency in which the banks take debits. */
  currency: string;
  /** Taken if a till names a time zone that does not exist. */
  timeZone: string;
  issuers: Issuers;
  /** The kinds of entries that are known; those of this program if nothing is said. */
  knownKinds?: KnownKinds | undefined;
}

/** An entry that cannot become a payment (now), and why. */
class QuarantineError extends Error {
  readonly reason: QuarantineReason;
  constructor(reason: QuarantineReason) {
    super(reason.kind);
    this.reason = reason;
  }
}

/**
 * Folds the next entries of a till into payments. Each is folded idempotently in the card's own bucket, and the till's
 * progress is recorded after them: a crash between the two folds them again without effect. An entry that cannot be read or
 * folded is quarantined with an alarm. Resolves with whether there was anything, and whether there may be more.
 */
export async function foldNext(
  context: FoldContext,
  tillId: string,
): Promise<{ folded: number; mayBeMore: boolean }> {
  const entries = await unfolded(context.database, tillId, batchSize);
  await eachAtMost(salesAtOnce, bySale(entries), async (ofOneSale) => {
    for (const entry of ofOneSale) await foldOrQuarantine(context, entry);
  });
  const last = entries.at(-1);
  if (last !== undefined) await markFolded(context.database, tillId, last.envelope.seq);
  return { folded: entries.length, mayBeMore: entries.length === batchSize };
}

/** The entries of each sale, in the journal's order; an entry of no sale is alone. */
function bySale(entries: readonly TakenEntry[]): TakenEntry[][] {
  const saleOf = ({ envelope }: TakenEntry): string | number => saleIdOf(envelope) ?? envelope.seq;
  return [...Map.groupBy(entries, saleOf).values()];
}

/** Folds all that a till has shipped. Resolves with the number of entries. */
export async function foldJournal(context: FoldContext, tillId: string): Promise<number> {
  let folded = 0;
  for (;;) {
    const done = await foldNext(context, tillId);
    folded += done.folded;
    if (!done.mayBeMore) return folded;
  }
}

async function foldOrQuarantine(context: FoldContext, taken: TakenEntry): Promise<void> {
  const reason = await tryFold(context, taken);
  if (reason === undefined) return;
  const { envelope, receivedAt } = taken;
  const { tillId, seq, kind } = envelope;
  const paymentId = saleIdOf(envelope);
  context.log.error({ tillId, seq, kind, reason, paymentId }, 'an entry was quarantined');
  await quarantineEntry(context.database, envelope, reason, receivedAt.getTime());
}

/** Folds an entry; resolves with why it cannot be folded, undefined if it was. */
export async function tryFold(
  context: FoldContext,
  { envelope, receivedAt }: TakenEntry,
): Promise<QuarantineReason | undefined> {
  try {
    await foldEntry(context, envelope, receivedAt);
    return undefined;
  } catch (error) {
    const reason = quarantineReasonOf(error);
    if (reason === undefined) throw error;
    return reason;
  }
}

/** What is wrong with the entry itself; undefined if it is the store that failed, and trying again may help. */
function quarantineReasonOf(error: unknown): QuarantineReason | undefined {
  if (error instanceof QuarantineError) return error.reason;
  // PostgreSQL's class 22, data exception: a value that the store cannot hold.
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('22') ? { kind: 'not-storable' } : undefined;
}

async function foldEntry(context: FoldContext, envelope: EntryEnvelope, receivedAt: Date): Promise<void> {
  const body = readBody(envelope, context.knownKinds);
  if (!body.ok) throw new QuarantineError(body.reason);
  const { entry } = body;
  const { tillId } = entry;
  if (entry.kind === 'sale.intent' && entry.body.requestedMode === 'online') {
    const { saleId } = entry.body;
    await create(context, { tillId, saleId, mode: 'online', accepted: null, receivedAt });
  } else if (entry.kind === 'sale.accepted' && entry.body.mode !== 'cash') {
    const { saleId, mode } = entry.body;
    await create(context, { tillId, saleId, mode, accepted: entry.body, receivedAt });
  } else if (entry.kind === 'sale.abandoned') {
    await cancel(context, { tillId, ...entry.body }, receivedAt);
  }
}

interface CardSale {
  tillId: string;
  saleId: string;
  mode: CardMode;
  accepted: EntryBody<'sale.accepted'> | null;
  receivedAt: Date;
}

async function create(context: FoldContext, sale: CardSale): Promise<void> {
  const { database, log } = context;
  const { tillId, saleId, mode, accepted, receivedAt } = sale;
  const { entry, intent, card } = await checkedIntent(context, sale);
  const bucket = cardBucket(card.cardReference);
  const issuer = context.issuers.of(card.maskedPan);
  const soldAt = soldAtOf(entry.at, receivedAt);
  const bankDueAt = new Date(soldAt.getTime() + context.bankWindowMs);
  const timeZone = isTimeZone(entry.timeZone) ? entry.timeZone : context.timeZone;
  const fiscal = accepted === null ? null : JSON.stringify(accepted.fiscal);
  const checks = JSON.stringify(accepted?.checks.length ? accepted.checks : intent.checks);
  const payment = { bucket, payment_id: saleId };
  await database.transaction(async (queries) => {
    const made = await queries.query(sql`
      insert into payments (bucket, payment_id, till_id, state, open_since, cycle, cause, cancel_requested, mode, amount_minor, currency,
        masked_pan, card_reference, card_ksn, card_ciphertext, phone, issuer, issuer_bank_id, sold_at, time_zone, received_at,
        bank_due_at, line_items, checks, fiscal, routing, due_at)
      values (${bucket}, ${saleId}, ${tillId}, ${paymentLifecycle.initial}, ${receivedAt}, 0, 'first', false, ${mode}, ${intent.totalMinor}, ${intent.currency},
        ${card.maskedPan}, ${card.cardReference}, ${card.ksn}, ${card.ciphertext}, ${intent.contact?.phone ?? null},
        ${issuer?.name ?? null}, ${issuer?.bankId ?? null}, ${soldAt}, ${timeZone}, ${receivedAt}, ${bankDueAt},
        ${JSON.stringify(intent.lineItems)}, ${checks}, ${fiscal}, '[]', ${receivedAt})
      on conflict (bucket, payment_id) do nothing returning payment_id`);
    const recording = recorder(queries, log);
    if (made.length > 0) await recordArrival(recording, payment, sale, { soldAt, tillAt: entry.at });
    else if (accepted !== null) await complete(recording, payment, { ...sale, accepted });
  });
}

async function recordArrival(
  recording: Recorder,
  payment: PaymentKey,
  { tillId, mode, accepted, receivedAt }: CardSale,
  { soldAt, tillAt }: { soldAt: Date; tillAt: string },
): Promise<void> {
  if (accepted === null) await addEvent(recording, payment, soldAt, { kind: 'rung-up', data: { tillId } });
  else await addEvent(recording, payment, soldAt, { kind: 'accepted', data: { tillId, mode } });
  if (soldAt === receivedAt)
    await addEvent(recording, payment, receivedAt, { kind: 'dated-on-arrival', data: { tillAt } });
  await addEvent(recording, payment, receivedAt, { kind: 'arrived', data: {} });
}

/** When it was sold: as the till has it, or as it arrived if its clock was years off. The sale is collected either way. */
function soldAtOf(tillAt: string, receivedAt: Date): Date {
  const soldAt = new Date(tillAt);
  return Math.abs(soldAt.getTime() - receivedAt.getTime()) > maxClockOffMs ? receivedAt : soldAt;
}

interface CheckedIntent {
  entry: Entry;
  intent: EntryBody<'sale.intent'>;
  card: NonNullable<EntryBody<'sale.intent'>['card']>;
}

/** The intent of a card sale, from which a payment can be made. Throws {@link QuarantineError} if none can. */
async function checkedIntent(context: FoldContext, { tillId, saleId }: CardSale): Promise<CheckedIntent> {
  const found = await readIntent(context, tillId, saleId);
  if (found === undefined) throw new QuarantineError({ kind: 'no-intent' });
  const { entry, intent } = found;
  const { card, currency, totalMinor } = intent;
  if (card === null) throw new QuarantineError({ kind: 'no-card' });
  if (saleId.slice(0, saleId.lastIndexOf('-')) !== tillId)
    throw new QuarantineError({ kind: 'sale-of-another-till' });
  if (currency !== context.currency)
    throw new QuarantineError({ kind: 'wrong-currency', currency, expectedCurrency: context.currency });
  if (totalMinor === 0) throw new QuarantineError({ kind: 'zero-sum' });
  if (totalMinor > maxDebitMinor) throw new QuarantineError({ kind: 'sum-too-large' });
  return { entry, intent, card };
}

/**
 * The intent of a sale; undefined if there is none. Throws {@link QuarantineError} if this program cannot read it: what follows
 * it then waits for the same newer program.
 */
async function readIntent({ database, knownKinds }: FoldContext, tillId: string, saleId: string) {
  const found = await intentOf(database, tillId, saleId, knownKinds);
  if (found.kind === 'unreadable') throw new QuarantineError(found.reason);
  return found.kind === 'read' ? found : undefined;
}

/**
 * A sale that was requested online has been finished at the till: as requested, or offline because no answer came in time.
 * Its checks are those by which it was accepted.
 */
async function complete(
  recording: Recorder,
  payment: PaymentKey,
  { tillId, mode, accepted, receivedAt }: CardSale & { accepted: EntryBody<'sale.accepted'> },
): Promise<void> {
  const checks = accepted.checks.length > 0 ? JSON.stringify(accepted.checks) : null;
  const changed = await recording.query(sql`
    update payments set mode = ${mode}, fiscal = ${JSON.stringify(accepted.fiscal)}, checks = coalesce(${checks}::jsonb, checks)
    where bucket = ${payment.bucket} and payment_id = ${payment.payment_id} and fiscal is null returning payment_id`);
  if (changed.length > 0)
    await addEvent(recording, payment, receivedAt, { kind: 'accepted', data: { tillId, mode } });
}

/** The sale did not happen: what was authorised for it is given back. Whoever works on it now finds it at the next write. */
async function cancel(
  context: FoldContext,
  { tillId, saleId, reason }: { tillId: string; saleId: string; reason: RefusalReason | null },
  at: Date,
): Promise<void> {
  const { database, log } = context;
  const found = await readIntent(context, tillId, saleId);
  if (found?.intent.card == null || found.intent.requestedMode !== 'online') return;
  const payment = { bucket: cardBucket(found.intent.card.cardReference), payment_id: saleId };
  await database.transaction(async (queries: Queries) => {
    const changed = await queries.query(sql`
      update payments set cancel_requested = true, due_at = case when lease is null then ${at}::timestamptz else due_at end
      where bucket = ${payment.bucket} and payment_id = ${saleId} and till_id = ${tillId} and fiscal is null and not cancel_requested
      returning payment_id`);
    if (changed.length > 0)
      await addEvent(recorder(queries, log), payment, at, {
        kind: 'ended-without-receipt',
        data: { reason },
      });
  });
}
