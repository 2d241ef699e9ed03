import {
  type CardDataFault,
  type EntryDecision,
  Problem,
  type QuarantineKind,
  type QuarantineReason,
  unexplainedKinds,
} from '@bivak/domain';
import { entryDecisionsFor } from '@bivak/rules';
import { endAlarm, raiseAlarm } from '../alarms/alarms.ts';
import { type Database, type Queries, type Row, sql, tillBucket } from '../store/index.ts';
import { dropAttachments } from './attachments.ts';
import { countCollected, countDismissed, unknownCurrency } from './balances.ts';
import {
  lastIntentBefore,
  saleIdOf,
  type TakenColumns,
  type TakenEntry,
  takenEntryOf,
} from './journal-reading.ts';

/**
 * Quarantines a good entry of a journal that cannot become a payment (now), so that those behind it are not held up, and
 * raises its alarm, unless it shares that about the till's card data ({@link tellOfCardData}). Nothing is lost: the entry stays
 * in the intake, and what is wrong with it stands here. Once more takes the newest reason.
 */
export async function addToQuarantine(
  queries: Queries,
  { envelope, isCardSale, figures }: TakenEntry,
  reason: QuarantineReason,
  nowMs: number,
): Promise<void> {
  const { tillId, seq, kind, version } = envelope;
  const [bucket, saleId] = [tillBucket(tillId), saleIdOf(envelope)];
  const [before] = await queries.query<Pick<Row<'quarantine'>, 'reason'>>(sql`
    select reason from quarantine where till_bucket = ${bucket} and till_id = ${tillId} and seq = ${seq} for update`);
  await queries.query(sql`
    insert into quarantine (till_bucket, till_id, seq, entry_kind, version, sale_id, amount_minor, currency, is_card_sale, reason,
      quarantined_at)
    values (${bucket}, ${tillId}, ${seq}, ${kind}, ${version}, ${saleId}, ${figures?.amountMinor ?? null}, ${figures?.currency ?? null},
      ${isCardSale}, ${JSON.stringify(reason)}, ${new Date(nowMs)})
    on conflict (till_bucket, till_id, seq) do update set reason = excluded.reason`);
  if (before !== undefined && subjectOf(seq, before.reason) !== subjectOf(seq, reason))
    await endAlarmOf(queries, tillId, seq, before.reason, nowMs);
  if (reason.kind === 'card-unreadable') return;
  const { amountMinor = null, currency = null } = figures ?? {};
  const data = { seq, reason, saleId, amountMinor, currency };
  await raiseAlarm(
    queries,
    { tillId, kind: 'entry-quarantined', subject: subjectOf(seq, reason), data },
    nowMs,
  );
}

/** The entry was folded after all: it is counted, and its alarm is over, unless other entries share it. */
export async function releaseEntry(
  database: Database,
  { tillId, seq }: { tillId: string; seq: number },
  nowMs: number,
): Promise<void> {
  await database.transaction(async (queries) => {
    const [released] = await queries.query<OpenColumns>(sql`
      delete from quarantine
      where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq = ${seq} and ended_at is null
      returning seq, reason, is_card_sale, amount_minor, currency`);
    if (released === undefined) return;
    if (released.is_card_sale) await countCollected(queries, tillId, released);
    await endAlarmOf(queries, tillId, seq, released.reason, nowMs);
  });
}

type OpenColumns = Pick<Row<'quarantine'>, 'seq' | 'reason' | 'is_card_sale' | 'amount_minor' | 'currency'>;

/**
 * Sales have an end: what was quarantined of their beginning is superseded by what becomes of the end. Gives the reasons of what
 * is released.
 */
export async function releaseBegun(
  queries: Queries,
  tillId: string,
  saleIds: readonly string[],
  nowMs: number,
): Promise<QuarantineKind[]> {
  if (saleIds.length === 0) return [];
  const released = await queries.query<Pick<Row<'quarantine'>, 'seq' | 'reason'>>(sql`
    delete from quarantine
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and sale_id = any(${saleIds}::text[]) and ended_at is null
      and entry_kind = 'sale.intent' and reason ->> 'kind' <> 'sale-repeated'
    returning seq, reason`);
  for (const { seq, reason } of released) await endAlarmOf(queries, tillId, seq, reason, nowMs);
  return released.map(({ reason }) => reason.kind);
}

/** What a person has decided about a quarantined entry. */
export interface DecidedEntry {
  tillId: string;
  seq: number;
  decision: EntryDecision;
  by: string;
  why: string;
}

/**
 * Records a person's decision about a quarantined entry: one that is dismissed is over, one that is to be collected gets its
 * payment next. Throws Problem `unknown-entry`, or `entry-decision-not-offered` if the rules do not offer it (any more).
 */
export async function decideEntry(
  database: Database,
  { tillId, seq, decision, by, why }: DecidedEntry,
  nowMs: number,
): Promise<void> {
  const [bucket, at] = [tillBucket(tillId), new Date(nowMs)];
  await database.transaction(async (queries) => {
    const [found] = await queries.query<OpenColumns & Pick<Row<'quarantine'>, 'decision' | 'sale_id'>>(sql`
      select seq, sale_id, reason, is_card_sale, amount_minor, currency, decision from quarantine
      where till_bucket = ${bucket} and till_id = ${tillId} and seq = ${seq} for update`);
    if (found === undefined) throw new Problem('unknown-entry', { tillId, seq });
    const offered = found.decision === null ? entryDecisionsFor(found.reason, found.is_card_sale) : [];
    if (!offered.includes(decision))
      throw new Problem('entry-decision-not-offered', { tillId, seq, decision, offered: [...offered] });
    const isOver = decision === 'dismiss';
    await queries.query(sql`
      update quarantine set decision = ${decision}, decided_by = ${by}, why = ${why}, decided_at = ${at},
        ended_at = case when ${isOver}::boolean then ${at}::timestamptz end
      where till_bucket = ${bucket} and till_id = ${tillId} and seq = ${seq}`);
    if (isOver) await dropBesideSale(queries, tillId, found);
    if (isOver && found.is_card_sale) await countDismissed(queries, tillId, found);
    if (isOver) await endAlarmOf(queries, tillId, seq, found.reason, nowMs);
    if (isOver && found.reason.kind === 'card-unreadable') await tellOfCardData(queries, tillId, nowMs);
  });
}

/** No payment will be made of the sale: what lies beside its intent goes. */
async function dropBesideSale(
  queries: Queries,
  tillId: string,
  { seq, sale_id: saleId }: Pick<Row<'quarantine'>, 'seq' | 'sale_id'>,
): Promise<void> {
  const intent = saleId === null ? undefined : await lastIntentBefore(queries, tillId, saleId, seq + 1);
  if (intent !== undefined) await dropAttachments(queries, tillId, { seqs: [intent.seq], isCardKept: false });
}

/** A quarantined entry of which a person has decided that it is collected, and who and why. */
export interface EntryToCollect {
  entry: TakenEntry;
  by: string;
  why: string;
}

/** Tills with entries that are to be collected. */
export async function tillsToCollect(queries: Queries): Promise<string[]> {
  const found = await queries.query<Pick<Row<'quarantine'>, 'till_id'>>(sql`
    select till_id from quarantine where decision = 'collect' and ended_at is null group by till_id order by till_id`);
  return found.map(({ till_id }) => till_id);
}

export async function entriesToCollect(
  queries: Queries,
  tillId: string,
  limit: number,
): Promise<EntryToCollect[]> {
  const found = await queries.query<TakenColumns & { decided_by: string; why: string }>(sql`
    select i.payload, i.received_at, i.epoch, i.tender, i.amount_minor, i.currency, q.decided_by, q.why from quarantine q
    join intake i on i.till_bucket = q.till_bucket and i.till_id = q.till_id and i.seq = q.seq
    where q.till_bucket = ${tillBucket(tillId)} and q.till_id = ${tillId} and q.decision = 'collect' and q.ended_at is null
    order by q.seq limit ${limit}`);
  return found.map(({ decided_by: by, why, ...row }) => ({ entry: takenEntryOf(row), by, why }));
}

/** The entry has its payment: it is counted, and its alarm is over. */
export async function endCollected(
  database: Database,
  { tillId, seq }: { tillId: string; seq: number },
  nowMs: number,
): Promise<void> {
  await database.transaction(async (queries) => {
    const [ended] = await queries.query<OpenColumns>(sql`
      update quarantine set ended_at = ${new Date(nowMs)}
      where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq = ${seq} and ended_at is null
      returning seq, reason, is_card_sale, amount_minor, currency`);
    if (ended === undefined) return;
    if (ended.is_card_sale) await countCollected(queries, tillId, ended);
    await endAlarmOf(queries, tillId, seq, ended.reason, nowMs);
  });
}

/** It is in quarantine for another reason than before: a person who has decided decides anew. */
export async function requarantine(
  database: Database,
  entry: TakenEntry,
  reason: QuarantineReason,
  nowMs: number,
): Promise<void> {
  const { tillId, seq } = entry.envelope;
  await database.transaction(async (queries) => {
    await queries.query(sql`
      update quarantine set decision = null, decided_by = null, why = null, decided_at = null
      where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq = ${seq} and ended_at is null`);
    await addToQuarantine(queries, entry, reason, nowMs);
    await tellOfCardData(queries, tillId, nowMs);
  });
}

/** True if a sale is quarantined because its card cannot be opened: no bank is asked for it. */
export async function hasUnreadableCard(queries: Queries, tillId: string, saleId: string): Promise<boolean> {
  const found = await queries.query(sql`
    select seq from quarantine
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and sale_id = ${saleId} and ended_at is null
      and reason ->> 'kind' = 'card-unreadable' limit 1`);
  return found.length > 0;
}

/** How many entries of a till are quarantined because their card cannot be opened; counted up to `limit`. */
export async function unreadableSales(queries: Queries, tillId: string, limit: number): Promise<number> {
  const found = await queries.query(sql`
    select seq from quarantine
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and ended_at is null and reason ->> 'kind' = 'card-unreadable'
    limit ${limit}`);
  return found.length;
}

/** The kind of entries that a newer host will explain; undefined if a person has to look into this one. */
const kindToExplain = (reason: QuarantineReason): string | undefined =>
  reason.kind === 'unknown-kind' || reason.kind === 'newer-version' ? reason.entryKind : undefined;

/** What one newer host will explain is one alarm: a newer till may write such entries by the hundred. So is what one key opens. */
const subjectOf = (seq: number, reason: QuarantineReason): string =>
  reason.kind === 'card-unreadable' ? 'card-data' : (kindToExplain(reason) ?? String(seq));

/**
 * Ends the alarm of an entry that is out of quarantine, or there for another reason now, if no other entry shares it. That about
 * card data is told anew by the caller.
 */
async function endAlarmOf(
  queries: Queries,
  tillId: string,
  seq: number,
  reason: QuarantineReason,
  nowMs: number,
): Promise<void> {
  if (reason.kind === 'card-unreadable') return;
  const kind = kindToExplain(reason);
  if (kind !== undefined && (await isShared(queries, tillId, seq, kind))) return;
  await endAlarm(queries, { tillId, kind: 'entry-quarantined', subject: subjectOf(seq, reason) }, nowMs);
}

async function isShared(queries: Queries, tillId: string, seq: number, kind: string): Promise<boolean> {
  const others = await queries.query(sql`
    select seq from quarantine where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq <> ${seq} and ended_at is null
      and reason ->> 'kind' = any(${unexplainedKinds}::text[]) and reason ->> 'entryKind' = ${kind} limit 1`);
  return others.length > 0;
}

/** Tells by the one alarm about a till's card data how many sales cannot be opened, for how much, since when; or ends it. */
export async function tellOfCardData(queries: Queries, tillId: string, nowMs: number): Promise<void> {
  type Sales = { sales: number; minor: number; currency: string; since: Date; fault: CardDataFault };
  const [sales] = await queries.query<Sales>(sql`
    select count(distinct coalesce(sale_id, seq::text)) as sales, coalesce(sum(amount_minor) filter (where is_card_sale), 0)::bigint as minor,
      coalesce(max(currency), ${unknownCurrency}) as currency, min(quarantined_at) as since, max(reason ->> 'fault') as fault
    from quarantine where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and ended_at is null
      and reason ->> 'kind' = 'card-unreadable'`);
  const alarm = { tillId, kind: 'card-data-unreadable', subject: '' } as const;
  if (sales === undefined || sales.sales === 0) return endAlarm(queries, alarm, nowMs);
  const { minor: sumMinor, currency, since, fault } = sales;
  const data = { fault, sales: sales.sales, sumMinor, currency, since: since.toISOString() };
  await raiseAlarm(queries, { ...alarm, data }, nowMs);
}

export interface QuarantinedEntry extends TakenEntry {
  reason: QuarantineReason;
}

/** Tills with quarantined entries about which nobody has decided. */
export async function tillsWithQuarantined(queries: Queries): Promise<string[]> {
  const found = await queries.query<Pick<Row<'quarantine'>, 'till_id'>>(sql`
    select till_id from quarantine where ended_at is null and decision is null group by till_id order by till_id`);
  return found.map(({ till_id }) => till_id);
}

/** Such entries of a till, in the journal's order, after `afterSeq`. */
export async function quarantinedEntries(
  queries: Queries,
  tillId: string,
  afterSeq: number,
  limit: number,
): Promise<QuarantinedEntry[]> {
  const found = await queries.query<TakenColumns & Pick<Row<'quarantine'>, 'reason'>>(sql`
    select q.reason, i.payload, i.received_at, i.epoch, i.tender, i.amount_minor, i.currency from quarantine q
    join intake i on i.till_bucket = q.till_bucket and i.till_id = q.till_id and i.seq = q.seq
    where q.till_bucket = ${tillBucket(tillId)} and q.till_id = ${tillId} and q.seq > ${afterSeq}
      and q.ended_at is null and q.decision is null
    order by q.seq limit ${limit}`);
  return found.map(({ reason, ...row }) => ({ ...takenEntryOf(row), reason }));
}
