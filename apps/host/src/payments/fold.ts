import type { EntryBody, EntryPayload } from '@bivak/journal';
import { raiseAlarm } from '../fleet/fleet.ts';
import { intentOf, markFolded, unfolded } from '../intake/journal-reading.ts';
import { setAside } from '../intake/set-aside.ts';
import { cardBucket, type Database, eachAtMost, type Queries, sql } from '../store/index.ts';
import { addEvent } from './events.ts';
import type { Issuers } from './issuers.ts';
import { sentences } from './sentences.ts';

/** How many entries of a till are folded at a time: another till, perhaps with a buyer who waits, is next. */
const batchSize = 100;
/** Sales of a batch that are folded at the same time; the entries of one sale follow each other. */
const salesAtOnce = 8;

/** DE 4 of ISO 8583 has twelve digits. */
const highestDebitMinor = 999_999_999_999;
const furthestOffMs = 366 * 86_400_000;

/** What a payment needs that the journal does not say. */
export interface FoldSettings {
  bankWindowMs: number;
  /** The currency in which the banks settle with us. */
  currency: string;
  /** Taken where a till names a time zone that does not exist. */
  timeZone: string;
  issuers: Issuers;
}

/** An entry that cannot become a payment, and why; nothing that waiting would mend. */
class Unfoldable extends Error {}

/**
 * Folds the next entries of a till into payments. Each is folded idempotently in the card's own bucket, and the till's
 * progress is noted after them: a crash between the two folds them again without effect. An entry that cannot be folded is
 * set aside with an alarm. Resolves with whether there was anything, and whether there may be more.
 */
export async function foldNext(
  database: Database,
  tillId: string,
  settings: FoldSettings,
): Promise<{ folded: number; mayBeMore: boolean }> {
  const entries = await unfolded(database, tillId, batchSize);
  await eachAtMost(salesAtOnce, bySale(entries), async (ofOneSale) => {
    for (const entry of ofOneSale) await foldOrSetAside(database, { tillId, ...entry }, settings);
  });
  const last = entries.at(-1);
  if (last !== undefined) await markFolded(database, tillId, last.seq);
  return { folded: entries.length, mayBeMore: entries.length === batchSize };
}

/** The entries of each sale, in the journal's order; those of no sale have nothing to fold. */
function bySale(entries: readonly Omit<Arrived, 'tillId'>[]): Omit<Arrived, 'tillId'>[][] {
  const sales = new Map<string, Omit<Arrived, 'tillId'>[]>();
  for (const one of entries) {
    if (!('saleId' in one.entry.body)) continue;
    const { saleId } = one.entry.body;
    sales.set(saleId, [...(sales.get(saleId) ?? []), one]);
  }
  return [...sales.values()];
}

/** Folds all that a till has shipped. Resolves with the number of entries. */
export async function foldJournal(
  database: Database,
  tillId: string,
  settings: FoldSettings,
): Promise<number> {
  let folded = 0;
  for (;;) {
    const done = await foldNext(database, tillId, settings);
    folded += done.folded;
    if (!done.mayBeMore) return folded;
  }
}

interface Arrived {
  tillId: string;
  seq: number;
  entry: EntryPayload;
  receivedAt: Date;
}

async function foldOrSetAside(database: Database, arrived: Arrived, settings: FoldSettings): Promise<void> {
  try {
    await foldEntry(database, arrived.entry, arrived.receivedAt, settings);
  } catch (error) {
    const why = whyUnfoldable(error);
    if (why === undefined) throw error;
    const { tillId, seq, receivedAt } = arrived;
    await setAside(database, tillId, seq, why, receivedAt);
    await raiseAlarm(database, tillId, `entry ${seq} cannot become a payment: ${why}`, receivedAt.getTime());
  }
}

/** What is wrong with the entry itself; undefined where it is the store that failed, and trying again may help. */
function whyUnfoldable(error: unknown): string | undefined {
  if (error instanceof Unfoldable) return error.message;
  // PostgreSQL's class 22, data exception: a value that the store cannot hold.
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('22') ? 'it holds what the store cannot' : undefined;
}

async function foldEntry(
  database: Database,
  entry: EntryPayload,
  receivedAt: Date,
  settings: FoldSettings,
): Promise<void> {
  const { tillId } = entry;
  if (entry.kind === 'sale.intent' && entry.body.asked === 'online') {
    await create(
      database,
      { tillId, saleId: entry.body.saleId, mode: 'online', accepted: null, receivedAt },
      settings,
    );
  } else if (entry.kind === 'sale.accepted' && entry.body.mode !== 'cash') {
    const { saleId, mode } = entry.body;
    await create(database, { tillId, saleId, mode, accepted: entry.body, receivedAt }, settings);
  } else if (entry.kind === 'sale.abandoned') {
    await cancel(database, tillId, entry.body.saleId, entry.body.reason, receivedAt);
  }
}

interface CardSale {
  tillId: string;
  saleId: string;
  mode: 'offline' | 'online';
  accepted: EntryBody<'sale.accepted'> | null;
  receivedAt: Date;
}

async function create(database: Database, sale: CardSale, settings: FoldSettings): Promise<void> {
  const { tillId, saleId, mode, accepted, receivedAt } = sale;
  const { entry, intent, card } = await checkedIntent(database, sale, settings);
  const bucket = cardBucket(card.cardReference);
  const issuer = settings.issuers.of(card.maskedPan);
  const soldAt = soldAtOf(entry.at, receivedAt);
  const bankDueAt = new Date(soldAt.getTime() + settings.bankWindowMs);
  const timeZone = isTimeZone(entry.timeZone) ? entry.timeZone : settings.timeZone;
  const fiscal = accepted === null ? null : JSON.stringify(accepted.fiscal);
  const checks = JSON.stringify(accepted?.checks.length ? accepted.checks : intent.checks);
  await database.transaction(async (queries) => {
    const made = await queries.query<{ payment_id: string }>(sql`
      insert into payments (bucket, payment_id, till_id, state, cycle, cause, cancel_asked, mode, amount_minor, currency,
        masked_pan, card_reference, card_ksn, card_ciphertext, phone, issuer, issuer_bank_id, sold_at, time_zone, received_at,
        bank_due_at, lines, checks, fiscal, routing, due_at)
      values (${bucket}, ${saleId}, ${tillId}, 'received', 0, 'first', false, ${mode}, ${intent.totalMinor}, ${intent.currency},
        ${card.maskedPan}, ${card.cardReference}, ${card.ksn}, ${card.ciphertext}, ${intent.contact?.phone ?? null},
        ${issuer?.name ?? null}, ${issuer?.bankId ?? null}, ${soldAt}, ${timeZone}, ${receivedAt}, ${bankDueAt},
        ${JSON.stringify(intent.lines)}, ${checks}, ${fiscal}, '[]', ${receivedAt})
      on conflict (bucket, payment_id) do nothing returning payment_id`);
    if (made.length > 0) {
      const sold = mode === 'online' ? sentences.rungUp(tillId) : sentences.accepted('offline', tillId);
      await addEvent(queries, bucket, saleId, soldAt, sold);
      if (soldAt === receivedAt)
        await addEvent(queries, bucket, saleId, receivedAt, sentences.datedAsItArrived(entry.at));
      await addEvent(queries, bucket, saleId, receivedAt, sentences.arrived());
    } else if (fiscal !== null) {
      await complete(queries, bucket, sale, fiscal);
    }
  });
}

/** When it was sold: as the till has it, or, where its clock was years off, when it arrived. The sale is collected either way. */
function soldAtOf(tillsAt: string, receivedAt: Date): Date {
  const soldAt = new Date(tillsAt);
  return Math.abs(soldAt.getTime() - receivedAt.getTime()) > furthestOffMs ? receivedAt : soldAt;
}

/** The intent of a card sale, from which a payment can be made. Throws {@link Unfoldable} where none can. */
async function checkedIntent(database: Database, { tillId, saleId }: CardSale, settings: FoldSettings) {
  const found = await intentOf(database, tillId, saleId);
  if (found === undefined) throw new Unfoldable(`sale ${saleId} was accepted without an intent`);
  const { card, currency, totalMinor } = found.intent;
  if (card === null) throw new Unfoldable(`the intent of card sale ${saleId} names no card`);
  if (saleId.slice(0, saleId.lastIndexOf('-')) !== tillId)
    throw new Unfoldable(`sale ${saleId} is none of this till's`);
  if (currency !== settings.currency)
    throw new Unfoldable(`sale ${saleId} is in ${currency}, and the banks settle ${settings.currency}`);
  if (totalMinor === 0) throw new Unfoldable(`sale ${saleId} comes to nothing: there is no debit of 0`);
  if (totalMinor > highestDebitMinor)
    throw new Unfoldable(`sale ${saleId} comes to more than a message to a bank can say`);
  return { ...found, card };
}

/** A sale that was asked online has been finished at the till: as it was asked, or offline because no answer came in time. */
async function complete(queries: Queries, bucket: number, sale: CardSale, fiscal: string): Promise<void> {
  const changed = await queries.query(sql`
    update payments set mode = ${sale.mode}, fiscal = ${fiscal}
    where bucket = ${bucket} and payment_id = ${sale.saleId} and fiscal is null returning payment_id`);
  if (changed.length > 0)
    await addEvent(queries, bucket, sale.saleId, sale.receivedAt, sentences.accepted(sale.mode, sale.tillId));
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The sale did not happen: what was authorised for it is given back. Whoever works on it now sees it when he writes next. */
async function cancel(
  database: Database,
  tillId: string,
  saleId: string,
  reason: string,
  at: Date,
): Promise<void> {
  const found = await intentOf(database, tillId, saleId);
  if (found?.intent.card == null || found.intent.asked !== 'online') return;
  const bucket = cardBucket(found.intent.card.cardReference);
  await database.transaction(async (queries) => {
    const changed = await queries.query(sql`
      update payments set cancel_asked = true, due_at = case when lease is null then ${at}::timestamptz else due_at end
      where bucket = ${bucket} and payment_id = ${saleId} and till_id = ${tillId} and fiscal is null and not cancel_asked
      returning payment_id`);
    if (changed.length > 0)
      await addEvent(queries, bucket, saleId, at, sentences.endedWithoutReceipt(reason));
  });
}
