import type { EntryPayload } from '@bivak/journal';
import { intentOf, markFolded, unfolded } from '../intake/journal-reading.ts';
import { cardBucket, type Database, type Queries, sql } from '../store/index.ts';
import { addEvent } from './events.ts';
import type { Issuers } from './issuers.ts';

const batchSize = 200;

/** What a payment needs that the journal does not say. */
export interface FoldSettings {
  bankWindowMs: number;
  issuers: Issuers;
}

/**
 * Folds what a till has shipped into payments, in the journal's order. Each entry is folded idempotently in the card's own
 * bucket, and the till's progress is noted after it: a crash between the two folds it again without effect.
 */
export async function foldJournal(
  database: Database,
  tillId: string,
  settings: FoldSettings,
): Promise<number> {
  let folded = 0;
  for (;;) {
    const entries = await unfolded(database, tillId, batchSize);
    for (const { seq, entry, receivedAt } of entries) {
      await foldEntry(database, entry, receivedAt, settings);
      await markFolded(database, tillId, seq);
      folded++;
    }
    if (entries.length < batchSize) return folded;
  }
}

async function foldEntry(
  database: Database,
  entry: EntryPayload,
  receivedAt: Date,
  settings: FoldSettings,
): Promise<void> {
  if (entry.kind === 'sale.intent' && entry.body.asked === 'online') {
    await create(database, entry.tillId, entry.body.saleId, 'online', null, receivedAt, settings);
  } else if (entry.kind === 'sale.accepted' && entry.body.mode !== 'cash') {
    await create(
      database,
      entry.tillId,
      entry.body.saleId,
      entry.body.mode,
      entry.body,
      receivedAt,
      settings,
    );
  } else if (entry.kind === 'sale.abandoned') {
    await cancel(database, entry.tillId, entry.body.saleId, entry.body.reason, receivedAt);
  }
}

async function create(
  database: Database,
  tillId: string,
  saleId: string,
  mode: 'offline' | 'online',
  accepted: Extract<EntryPayload, { kind: 'sale.accepted' }>['body'] | null,
  receivedAt: Date,
  { bankWindowMs, issuers }: FoldSettings,
): Promise<void> {
  const found = await intentOf(database, tillId, saleId);
  if (found?.intent.card == null)
    throw new Error(`sale ${saleId} was accepted without an intent that names a card`);
  const { entry, intent } = found;
  const card = intent.card!;
  const bucket = cardBucket(card.cardReference);
  const issuer = issuers.of(card.maskedPan);
  const bankDueAt = new Date(Date.parse(entry.at) + bankWindowMs);
  await database.transaction(async (queries) => {
    const made = await queries.query<{ payment_id: string }>(sql`
      insert into payments (bucket, payment_id, till_id, state, cycle, cause, cancel_asked, mode, amount_minor, currency,
        masked_pan, card_reference, card_ksn, card_ciphertext, phone, issuer, issuer_bank_id, sold_at, time_zone, received_at,
        bank_due_at, lines, checks, fiscal, routing, due_at)
      values (${bucket}, ${saleId}, ${tillId}, 'received', 0, 'first', false, ${mode}, ${intent.totalMinor}, ${intent.currency},
        ${card.maskedPan}, ${card.cardReference}, ${card.ksn}, ${card.ciphertext}, ${intent.contact?.phone ?? null},
        ${issuer?.name ?? null}, ${issuer?.bankId ?? null}, ${entry.at}, ${entry.timeZone}, ${receivedAt}, ${bankDueAt},
        ${JSON.stringify(intent.lines)}, ${JSON.stringify(intent.checks)}, ${accepted === null ? null : JSON.stringify(accepted.fiscal)},
        '[]', ${receivedAt})
      on conflict (bucket, payment_id) do nothing returning payment_id`);
    if (made.length > 0) await addEvent(queries, bucket, saleId, new Date(entry.at), soldWords(mode, tillId));
    if (made.length > 0) await addEvent(queries, bucket, saleId, receivedAt, 'arrived at the host');
    else if (accepted !== null)
      await complete(queries, bucket, saleId, mode, JSON.stringify(accepted.fiscal));
  });
}

const soldWords = (mode: string, tillId: string): string =>
  mode === 'online'
    ? `rung up at ${tillId}; the host is asked while the buyer waits`
    : `accepted offline at ${tillId}`;

/** A sale that was asked online has been finished at the till: as it was asked, or offline because no answer came in time. */
async function complete(
  queries: Queries,
  bucket: number,
  saleId: string,
  mode: string,
  fiscal: string,
): Promise<void> {
  await queries.query(sql`
    update payments set mode = ${mode}, fiscal = ${fiscal} where bucket = ${bucket} and payment_id = ${saleId}`);
}

/** The sale did not happen: what was authorised for it is given back. */
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
      update payments set cancel_asked = true, due_at = ${at}
      where bucket = ${bucket} and payment_id = ${saleId} and not cancel_asked returning payment_id`);
    if (changed.length > 0)
      await addEvent(queries, bucket, saleId, at, `the till ended the sale without a receipt (${reason})`);
  });
}
