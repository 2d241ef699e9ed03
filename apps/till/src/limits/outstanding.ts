import type { PaymentOutcome, PaymentOutcomeState } from '@bivak/domain';
import { all, first, inTransaction, type Journal, type Projection, quoted } from '../journal/index.ts';

/** Sum (minor units) and number of sales. */
export interface Outstanding {
  sumMinor: number;
  count: number;
}

const declined = quoted<PaymentOutcomeState>('declined');

/**
 * Card sales that count against the limits: begun at this till, and neither abandoned, nor approved while the buyer
 * waited, nor reported by the host as collected. An open intent counts: it may have been signed. One that was declined
 * is `owed`: it counts on against its card, which would else buy up to the limit again after each decline until it is
 * stop-listed, and no more against the till.
 */
export const outstandingProjection: Projection = {
  name: 'outstanding',
  version: 2,
  tables: [
    {
      name: 'outstanding_sale',
      sql: `CREATE TABLE outstanding_sale (
          sale_id TEXT PRIMARY KEY, card_reference TEXT NOT NULL, sum_minor INTEGER NOT NULL, sold_at_ms INTEGER NOT NULL,
          owed INTEGER NOT NULL
        ) STRICT;`,
    },
  ],
  fold(database) {
    const insert = database.prepare(
      `INSERT INTO outstanding_sale (sale_id, card_reference, sum_minor, sold_at_ms, owed)
       SELECT ?1, ?2, ?3, ?4, EXISTS (SELECT 1 FROM payment_outcome WHERE sale_id = ?1)
       WHERE NOT EXISTS (SELECT 1 FROM payment_outcome WHERE sale_id = ?1 AND state <> ${declined})`,
    );
    const remove = database.prepare('DELETE FROM outstanding_sale WHERE sale_id = ?');
    return (entry) => {
      if (entry.kind === 'sale.intent' && entry.body.card !== null) {
        const { saleId, card, totalMinor } = entry.body;
        insert.run(saleId, card.cardReference, totalMinor, Date.parse(entry.at));
      }
      if (entry.kind === 'sale.abandoned') remove.run(entry.body.saleId);
      if (entry.kind === 'sale.accepted' && entry.body.mode === 'online') remove.run(entry.body.saleId);
    };
  },
};

export interface LimitsStore {
  /** What is not collected of this card, declined sales included. */
  onCard(cardReference: string): Outstanding;
  /** What is not known yet to be collected or declined. */
  onTill(): Outstanding;
  /** When the oldest sale was made whose payment the host has not reported; null if there is none. */
  oldestSoldAtMs(): number | null;
  /** When the oldest decline was reported whose recovery still runs, `windowMs` after it; null if none runs. */
  oldestDeclinedAtMs(nowMs: number, windowMs: number): number | null;
  /** What the host made of the sale's payment; undefined while it has reported nothing. */
  outcome(saleId: string): PaymentOutcomeState | undefined;
  /** The highest cursor stored: what the host is asked to go on after. */
  outcomesCursor(): number;
  /** Stores what the host reports, in one transaction. The same again changes nothing. */
  recordOutcomes(outcomes: readonly PaymentOutcome[]): void;
}

const upsert = `INSERT INTO payment_outcome (sale_id, state, at_ms, cursor) VALUES (?, ?, ?, ?)
  ON CONFLICT (sale_id) DO UPDATE SET state = excluded.state, at_ms = excluded.at_ms, cursor = excluded.cursor
  WHERE excluded.cursor > payment_outcome.cursor`;

export function limitsStore({ database }: Journal): LimitsStore {
  const sums = 'SELECT coalesce(sum(sum_minor), 0) AS sumMinor, count(*) AS count FROM outstanding_sale';
  const onCard = database.prepare(`${sums} WHERE card_reference = ?`);
  const onTill = database.prepare(`${sums} WHERE owed = 0`);
  const oldest = database.prepare('SELECT min(sold_at_ms) AS atMs FROM outstanding_sale WHERE owed = 0');
  const oldestDeclined = database.prepare(
    `SELECT min(at_ms) AS atMs FROM payment_outcome WHERE state = ${declined} AND at_ms > ?`,
  );
  const outcome = database.prepare('SELECT state FROM payment_outcome WHERE sale_id = ?');
  const cursor = database.prepare('SELECT coalesce(max(cursor), 0) AS cursor FROM payment_outcome');
  const record = database.prepare(upsert);
  const remove = database.prepare('DELETE FROM outstanding_sale WHERE sale_id = ?');
  const owe = database.prepare('UPDATE outstanding_sale SET owed = 1 WHERE sale_id = ?');
  return {
    onCard: (cardReference) => first<Outstanding>(onCard, cardReference)!,
    onTill: () => first<Outstanding>(onTill)!,
    oldestSoldAtMs: () => first<{ atMs: number | null }>(oldest)!.atMs,
    oldestDeclinedAtMs: (nowMs, windowMs) =>
      first<{ atMs: number | null }>(oldestDeclined, nowMs - windowMs)!.atMs,
    outcome: (saleId) => all<{ state: PaymentOutcomeState }>(outcome, saleId)[0]?.state,
    outcomesCursor: () => first<{ cursor: number }>(cursor)!.cursor,
    recordOutcomes(outcomes) {
      if (outcomes.length === 0) return;
      inTransaction(database, () => {
        for (const { saleId, state, at, cursor: atCursor } of outcomes) {
          if (record.run(saleId, state, Date.parse(at), atCursor).changes === 0) continue; // an older one, or the same again
          if (state === 'declined') owe.run(saleId);
          else remove.run(saleId);
        }
      });
    },
  };
}
