import type { DatabaseSync } from 'node:sqlite';
import { type SaleState, saleLifecycle, type Tender } from '@bivak/domain';
import type { Entry, EntryEnvelope } from '@bivak/journal';
import { assertMove } from '@bivak/lifecycle';
import { first, type Projection, quoted } from '../journal/index.ts';
import { type SaleRecord, saleNumberOf } from './store.ts';

const intended = quoted<SaleState>('intended');
const accepted = quoted<SaleState>('accepted');
const card = quoted<Tender>('card');

/** The sales by number and by key. What they hold is read from the journal; this knows where. */
export const salesProjection: Projection = {
  name: 'sales',
  version: 2,
  tables: [
    {
      name: 'sale',
      sql: `CREATE TABLE sale (
          number INTEGER PRIMARY KEY, sale_key TEXT NOT NULL UNIQUE, state TEXT NOT NULL, tender TEXT NOT NULL,
          total_minor INTEGER NOT NULL, sold_at_ms INTEGER NOT NULL, begin_seq INTEGER NOT NULL, end_seq INTEGER
        ) STRICT;
        CREATE INDEX sale_open ON sale (number) WHERE state = ${intended};
        CREATE INDEX sale_to_ship ON sale (end_seq) WHERE state = ${accepted} AND tender = ${card};`,
    },
    {
      // Sales that an entry of a newer program names: numbers and keys are used, and this program ends none of them.
      name: 'unreadable_sale',
      sql: 'CREATE TABLE unreadable_sale (number INTEGER PRIMARY KEY, sale_key TEXT) STRICT;',
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
  foldUnreadable(database) {
    const insert = database.prepare(
      `INSERT INTO unreadable_sale (number, sale_key) VALUES (?, ?)
       ON CONFLICT (number) DO UPDATE SET sale_key = coalesce(sale_key, excluded.sale_key)`,
    );
    return (envelope) => {
      const number = numberNamedIn(envelope);
      if (number === undefined) return;
      const { saleKey } = envelope.body;
      insert.run(number, typeof saleKey === 'string' ? saleKey : null);
    };
  },
};

function numberNamedIn({ body, tillId }: EntryEnvelope): number | undefined {
  const { saleId } = body;
  if (typeof saleId !== 'string' || !saleId.startsWith(`${tillId}-`)) return undefined;
  const number = saleNumberOf(saleId);
  return Number.isSafeInteger(number) ? number : undefined;
}

function beginning(database: DatabaseSync) {
  const insert = database.prepare(
    `INSERT INTO sale (number, sale_key, state, tender, total_minor, sold_at_ms, begin_seq, end_seq)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return (
    entry: Entry,
    { saleId, saleKey, tender, totalMinor }: SaleRecord['begun'],
    state: SaleState,
    endSeq: number | null,
  ): void => {
    assertMove(saleLifecycle, saleLifecycle.initial, state);
    const soldAtMs = Date.parse(entry.at);
    insert.run(saleNumberOf(saleId), saleKey, state, tender, totalMinor, soldAtMs, entry.seq, endSeq);
  };
}

function ending(database: DatabaseSync) {
  const stateOf = database.prepare('SELECT state FROM sale WHERE number = ?');
  const isUnreadable = database.prepare('SELECT 1 FROM unreadable_sale WHERE number = ?');
  const update = database.prepare('UPDATE sale SET state = ?, end_seq = ? WHERE number = ?');
  return (entry: Entry, saleId: string, state: SaleState): void => {
    const number = saleNumberOf(saleId);
    const before = first<{ state: SaleState }>(stateOf, number)?.state ?? saleLifecycle.initial;
    // How such a sale began, or what became of it since, is known to a newer program alone.
    if (before !== 'intended' && isUnreadable.get(number) !== undefined) return;
    assertMove(saleLifecycle, before, state);
    update.run(state, entry.seq, number);
  };
}
