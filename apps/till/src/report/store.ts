import type { DatabaseSync } from 'node:sqlite';
import type { EntryBody } from '@bivak/journal';
import { vatContainedMinor } from '@bivak/money';
import { first, type Projection } from '../journal/index.ts';
import { sumsByVat } from '../receipt/index.ts';

/** Accepted sales summed by shift: by item, by VAT rate, by tender. VAT is summed as the receipts state it, receipt by receipt. */
export const totalsProjection: Projection = {
  name: 'totals',
  version: 1,
  tables: [
    {
      // Sales that have not ended yet.
      name: 'pending_sale',
      sql: 'CREATE TABLE pending_sale (sale_id TEXT PRIMARY KEY, intent_seq INTEGER NOT NULL) STRICT;',
    },
    {
      name: 'item_total',
      sql: `CREATE TABLE item_total (
          shift INTEGER NOT NULL, sku TEXT NOT NULL, vat_rate TEXT NOT NULL, tender TEXT NOT NULL, name TEXT NOT NULL,
          quantity INTEGER NOT NULL, sum_minor INTEGER NOT NULL, PRIMARY KEY (shift, sku, vat_rate, tender)
        ) STRICT, WITHOUT ROWID;`,
    },
    {
      name: 'vat_total',
      sql: `CREATE TABLE vat_total (
          shift INTEGER NOT NULL, vat_rate TEXT NOT NULL, tender TEXT NOT NULL, sum_minor INTEGER NOT NULL,
          vat_minor INTEGER NOT NULL, PRIMARY KEY (shift, vat_rate, tender)
        ) STRICT, WITHOUT ROWID;`,
    },
    {
      name: 'sales_total',
      sql: `CREATE TABLE sales_total (
          shift INTEGER NOT NULL, tender TEXT NOT NULL, sales INTEGER NOT NULL, sum_minor INTEGER NOT NULL,
          first_at TEXT NOT NULL, PRIMARY KEY (shift, tender)
        ) STRICT, WITHOUT ROWID;`,
    },
  ],
  fold(database) {
    const pend = database.prepare('INSERT INTO pending_sale (sale_id, intent_seq) VALUES (?, ?)');
    const pending = database.prepare(
      `DELETE FROM pending_sale WHERE sale_id = ?
       RETURNING (SELECT payload FROM journal WHERE seq = intent_seq) AS payload`,
    );
    const add = adding(database);
    return (entry) => {
      if (entry.kind === 'sale.intent') pend.run(entry.body.saleId, entry.seq);
      if (entry.kind !== 'sale.accepted' && entry.kind !== 'sale.abandoned') return;
      const begun = first<{ payload: string }>(pending, entry.body.saleId);
      if (begun === undefined || entry.kind === 'sale.abandoned') return;
      const intent = JSON.parse(begun.payload) as { at: string; body: EntryBody<'sale.intent'> };
      add(entry.body.fiscal.shiftNumber, intent.body, intent.at);
    };
  },
};

function adding(database: DatabaseSync) {
  const item = database.prepare(
    `INSERT INTO item_total (shift, sku, vat_rate, tender, name, quantity, sum_minor) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET name = excluded.name, quantity = quantity + excluded.quantity,
       sum_minor = sum_minor + excluded.sum_minor`,
  );
  const vat = database.prepare(
    `INSERT INTO vat_total (shift, vat_rate, tender, sum_minor, vat_minor) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET sum_minor = sum_minor + excluded.sum_minor, vat_minor = vat_minor + excluded.vat_minor`,
  );
  const sales = database.prepare(
    `INSERT INTO sales_total (shift, tender, sales, sum_minor, first_at) VALUES (?, ?, 1, ?, ?)
     ON CONFLICT DO UPDATE SET sales = sales + 1, sum_minor = sum_minor + excluded.sum_minor,
       first_at = min(first_at, excluded.first_at)`,
  );
  return (shift: number, { lineItems, tender, totalMinor }: EntryBody<'sale.intent'>, at: string): void => {
    for (const { sku, vatRate, name, quantity, sumMinor } of lineItems)
      item.run(shift, sku, vatRate, tender, name, quantity, sumMinor);
    for (const [vatRate, sumMinor] of sumsByVat(lineItems))
      vat.run(shift, vatRate, tender, sumMinor, vatContainedMinor(sumMinor, vatRate));
    sales.run(shift, tender, totalMinor, at);
  };
}
