import type { DatabaseSync } from 'node:sqlite';
import type { Contact, RefusalReason, SaleState, Tender } from '@bivak/domain';
import { type Entry, type EntryBody, intentAttachments, readContent } from '@bivak/journal';
import { all, first, type Journal, quoted } from '../journal/index.ts';

/** A sale is stored when it is intended or refused. */
export type StoredSaleState = Exclude<SaleState, 'rung-up'>;

/** A sale as the journal has it: how it began (intent or refusal) and how it ended. */
export interface SaleRecord {
  saleId: string;
  state: StoredSaleState;
  soldAt: string;
  begun: EntryBody<'sale.intent'> | EntryBody<'sale.refused'>;
  /** What the buyer gave; `unknown` of a refusal, which keeps none, and once the host has it: it is destroyed here then. */
  contact: Contact | null | 'unknown';
  accepted: EntryBody<'sale.accepted'> | null;
  /** Why it was refused or abandoned. */
  reason: RefusalReason | null;
  /** Number of the entry that ended it; null while it is open. */
  endSeq: number | null;
}

interface Row {
  number: number;
  state: StoredSaleState;
  begin_seq: number;
  end_seq: number | null;
}

/** The sale's number in its identity: "till-1-000012" has 12. */
export const saleNumberOf = (saleId: string): number => Number(saleId.slice(saleId.lastIndexOf('-') + 1));
export const saleIdOf = (tillId: string, number: number): string =>
  `${tillId}-${String(number).padStart(6, '0')}`;

/** Reads sales back. */
export interface SaleStore {
  byId(saleId: string): SaleRecord | undefined;
  byKey(saleKey: string): SaleRecord | undefined;
  /** The identity of the sale that a newer program began under this key, in a form that this one does not know. */
  unreadableByKey(saleKey: string): string | undefined;
  /** Intents without an end, oldest first; not those of which an entry of a newer program says more. */
  open(): SaleRecord[];
  /** The number of the oldest entry that began a sale without an end; null if there is none. */
  openSinceSeq(): number | null;
  /** Newest first, below the sale number `before`. */
  list(before: number, limit: number): SaleRecord[];
  /** The newest accepted card sales of this sum, a few. */
  recentByCard(totalMinor: number): SaleRecord[];
  /** The last number that was given, to whatever sale. */
  lastNumber(): number;
  /** Accepted card sales that ended after this entry, which is the last that the host has. */
  toShip(afterSeq: number): { count: number; sumMinor: number; oldestAtMs: number | null };
}

export function saleStore(journal: Journal): SaleStore {
  const { tillId } = journal;
  const statements = prepare(journal.database);
  const read = (row: Row): SaleRecord => recordOf(journal, row);
  return {
    byId(saleId) {
      const number = saleNumberOf(saleId);
      return saleIdOf(tillId, number) === saleId
        ? all<Row>(statements.byNumber, number).map(read)[0]
        : undefined;
    },
    byKey: (saleKey) => all<Row>(statements.byKey, saleKey).map(read)[0],
    unreadableByKey(saleKey) {
      const found = first<{ number: number }>(statements.unreadableByKey, saleKey);
      return found === undefined ? undefined : saleIdOf(tillId, found.number);
    },
    open: () => all<Row>(statements.open).map(read),
    openSinceSeq: () => first<{ seq: number | null }>(statements.openSince)!.seq,
    list: (before, limit) => all<Row>(statements.list, before, limit).map(read),
    recentByCard: (totalMinor) => all<Row>(statements.recentByCard, totalMinor).map(read),
    lastNumber: () => first<{ number: number }>(statements.last)!.number,
    toShip: (afterSeq) => first(statements.toShip, afterSeq)!,
  };
}

function prepare(database: DatabaseSync) {
  const columns = 'SELECT number, state, begin_seq, end_seq FROM sale';
  return {
    byNumber: database.prepare(`${columns} WHERE number = ?`),
    byKey: database.prepare(`${columns} WHERE sale_key = ?`),
    unreadableByKey: database.prepare('SELECT number FROM unreadable_sale WHERE sale_key = ?'),
    open: database.prepare(
      `${columns} WHERE state = ${quoted<SaleState>('intended')}
       AND number NOT IN (SELECT number FROM unreadable_sale) ORDER BY number`,
    ),
    openSince: database.prepare(
      `SELECT min(begin_seq) AS seq FROM sale WHERE state = ${quoted<SaleState>('intended')}`,
    ),
    list: database.prepare(`${columns} WHERE number < ? ORDER BY number DESC LIMIT ?`),
    // Of a few hundred sales: nobody rings up more in the time in which a double is looked for.
    recentByCard: database.prepare(
      `${columns} WHERE number > (SELECT coalesce(max(number), 0) - 200 FROM sale) AND total_minor = ?
       AND state = ${quoted<SaleState>('accepted')} AND tender = ${quoted<Tender>('card')} ORDER BY number DESC LIMIT 20`,
    ),
    last: database.prepare(
      `SELECT max(coalesce((SELECT max(number) FROM sale), 0),
                  coalesce((SELECT max(number) FROM unreadable_sale), 0)) AS number`,
    ),
    toShip: database.prepare(
      `SELECT count(*) AS count, coalesce(sum(total_minor), 0) AS sumMinor, min(sold_at_ms) AS oldestAtMs
       FROM sale WHERE state = ${quoted<SaleState>('accepted')} AND tender = ${quoted<Tender>('card')} AND end_seq > ?`,
    ),
  };
}

function recordOf(journal: Journal, row: Row): SaleRecord {
  const begin = journal.entry(row.begin_seq);
  const end = row.end_seq === null ? null : journal.entry(row.end_seq);
  if (begin.kind !== 'sale.intent' && begin.kind !== 'sale.refused')
    throw new Error(`entry ${row.begin_seq} begins no sale: a bug`);
  return {
    contact: contactOf(journal, begin),
    saleId: begin.body.saleId,
    state: row.state,
    soldAt: begin.at,
    begun: begin.body,
    accepted: end?.kind === 'sale.accepted' ? end.body : null,
    reason: reasonOf(end),
    endSeq: row.end_seq,
  };
}

function contactOf(journal: Journal, { kind, seq, attachments }: Entry): SaleRecord['contact'] {
  if (kind === 'sale.refused') return 'unknown';
  if (attachments?.contact === undefined) return null;
  const kept = journal.attachment(seq, 'contact');
  return (kept && readContent(intentAttachments.contact, kept)) ?? 'unknown';
}

const reasonOf = (end: Entry | null): RefusalReason | null =>
  end?.kind === 'sale.refused' || end?.kind === 'sale.abandoned' ? end.body.reason : null;
