import type { DatabaseSync } from 'node:sqlite';
import type { EntryBody, EntryPayload } from '@bivak/journal';
import { assertMove } from '@bivak/lifecycle';
import { all, first, type Journal, type Projection } from '../journal/index.ts';
import { type SaleState, saleLife } from './lifecycle.ts';

/** A sale as the journal tells it: how it began (intent or refusal) and how it ended. */
export interface SaleRecord {
  saleId: string;
  state: Exclude<SaleState, 'rung-up'>;
  soldAt: string;
  begun: EntryBody<'sale.intent'> | EntryBody<'sale.refused'>;
  accepted: EntryBody<'sale.accepted'> | null;
  /** Why it was refused or abandoned. */
  reason: string | null;
  /** Number of the entry that ended it; null while it is open. */
  endSeq: number | null;
}

interface Row {
  number: number;
  state: Exclude<SaleState, 'rung-up'>;
  begin_seq: number;
  end_seq: number | null;
}

/** The sale's number in its identity: "till-1-000012" has 12. */
export const saleNumberOf = (saleId: string): number => Number(saleId.slice(saleId.lastIndexOf('-') + 1));
export const saleIdOf = (tillId: string, number: number): string =>
  `${tillId}-${String(number).padStart(6, '0')}`;

/** The sales by number and by key. What they hold is read from the journal; this knows where. */
export const salesProjection: Projection = {
  name: 'sales',
  version: 1,
  tables: [
    {
      name: 'sale',
      sql: `CREATE TABLE sale (
          number INTEGER PRIMARY KEY, sale_key TEXT NOT NULL UNIQUE, state TEXT NOT NULL, tender TEXT NOT NULL,
          total_minor INTEGER NOT NULL, sold_at_ms INTEGER NOT NULL, begin_seq INTEGER NOT NULL, end_seq INTEGER
        ) STRICT;
        CREATE INDEX sale_open ON sale (number) WHERE state = 'intended';
        CREATE INDEX sale_to_ship ON sale (end_seq) WHERE state = 'accepted' AND tender = 'card';`,
    },
  ],
  fold(database) {
    const begin = beginning(database);
    const end = ending(database);
    return (entry) => {
      if (entry.kind === 'sale.intent') begin(entry, entry.body, 'intended', null);
      if (entry.kind === 'sale.refused') begin(entry, entry.body, 'refused', entry.seq);
      if (entry.kind === 'sale.accepted') end(entry, entry.body.saleId, 'accepted');
      if (entry.kind === 'sale.abandoned') end(entry, entry.body.saleId, 'abandoned');
    };
  },
};

function beginning(database: DatabaseSync) {
  const insert = database.prepare(
    `INSERT INTO sale (number, sale_key, state, tender, total_minor, sold_at_ms, begin_seq, end_seq)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return (
    entry: EntryPayload,
    { saleId, saleKey, tender, totalMinor }: SaleRecord['begun'],
    state: SaleState,
    endSeq: number | null,
  ): void => {
    assertMove(saleLife, saleLife.initial, state);
    insert.run(
      saleNumberOf(saleId),
      saleKey,
      state,
      tender,
      totalMinor,
      Date.parse(entry.at),
      entry.seq,
      endSeq,
    );
  };
}

function ending(database: DatabaseSync) {
  const stateOf = database.prepare('SELECT state FROM sale WHERE number = ?');
  const update = database.prepare('UPDATE sale SET state = ?, end_seq = ? WHERE number = ?');
  return (entry: EntryPayload, saleId: string, state: SaleState): void => {
    const number = saleNumberOf(saleId);
    const before = first<{ state: SaleState }>(stateOf, number)?.state ?? saleLife.initial;
    assertMove(saleLife, before, state);
    update.run(state, entry.seq, number);
  };
}

/** Reads sales back. */
export interface SaleStore {
  byId(saleId: string): SaleRecord | undefined;
  byKey(saleKey: string): SaleRecord | undefined;
  /** Intents without an end, oldest first. */
  open(): SaleRecord[];
  /** Newest first, below the sale number `before`. */
  list(before: number, limit: number): SaleRecord[];
  lastNumber(): number;
  /** Accepted card sales that ended after this entry, which is the last that the host has. */
  toShip(afterSeq: number): { count: number; sumMinor: number; oldestAtMs: number | null };
}

export function saleStore(journal: Journal): SaleStore {
  const { database, tillId } = journal;
  const columns = 'SELECT number, state, begin_seq, end_seq FROM sale';
  const byNumber = database.prepare(`${columns} WHERE number = ?`);
  const byKey = database.prepare(`${columns} WHERE sale_key = ?`);
  const open = database.prepare(`${columns} WHERE state = 'intended' ORDER BY number`);
  const list = database.prepare(`${columns} WHERE number < ? ORDER BY number DESC LIMIT ?`);
  const last = database.prepare('SELECT coalesce(max(number), 0) AS number FROM sale');
  const toShip = database.prepare(
    `SELECT count(*) AS count, coalesce(sum(total_minor), 0) AS sumMinor, min(sold_at_ms) AS oldestAtMs
     FROM sale WHERE state = 'accepted' AND tender = 'card' AND end_seq > ?`,
  );
  const read = (row: Row | undefined): SaleRecord | undefined =>
    row === undefined ? undefined : recordOf(journal, row);
  return {
    byId: (saleId) => {
      const number = saleNumberOf(saleId);
      return saleIdOf(tillId, number) === saleId ? read(first<Row>(byNumber, number)) : undefined;
    },
    byKey: (saleKey) => read(first<Row>(byKey, saleKey)),
    open: () => all<Row>(open).map((row) => recordOf(journal, row)),
    list: (before, limit) => all<Row>(list, before, limit).map((row) => recordOf(journal, row)),
    lastNumber: () => first<{ number: number }>(last)!.number,
    toShip: (afterSeq) => first(toShip, afterSeq)!,
  };
}

function recordOf(journal: Journal, row: Row): SaleRecord {
  const begin = journal.entry(row.begin_seq);
  const end = row.end_seq === null ? null : journal.entry(row.end_seq);
  if (begin.kind !== 'sale.intent' && begin.kind !== 'sale.refused')
    throw new Error(`entry ${row.begin_seq} begins no sale: a bug`);
  const failed = end?.kind === 'sale.refused' || end?.kind === 'sale.abandoned' ? end.body.reason : null;
  return {
    saleId: begin.body.saleId,
    state: row.state,
    soldAt: begin.at,
    begun: begin.body,
    accepted: end?.kind === 'sale.accepted' ? end.body : null,
    reason: failed,
    endSeq: row.end_seq,
  };
}
