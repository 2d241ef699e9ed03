import { first, type Journal, type Projection } from '../journal/index.ts';

export interface Shift {
  /** 0 before the first. */
  number: number;
  open: boolean;
  openedAtMs: number | null;
}

export const shiftProjection: Projection = {
  name: 'shift',
  version: 1,
  tables: [
    {
      name: 'shift',
      sql: `CREATE TABLE shift (
          seq INTEGER PRIMARY KEY, number INTEGER NOT NULL, opened_at_ms INTEGER NOT NULL, closed_at_ms INTEGER
        ) STRICT;`,
    },
  ],
  fold(database) {
    const open = database.prepare('INSERT INTO shift (seq, number, opened_at_ms) VALUES (?, ?, ?)');
    const close = database.prepare('UPDATE shift SET closed_at_ms = ? WHERE closed_at_ms IS NULL');
    return (entry) => {
      if (entry.kind === 'shift.opened') open.run(entry.seq, entry.body.shiftNumber, Date.parse(entry.at));
      if (entry.kind === 'shift.closed') close.run(Date.parse(entry.at));
    };
  },
};

/** Reads the present shift, or the last one if none is open. */
export function shiftReader({ database }: Journal): () => Shift {
  const select = database.prepare(
    'SELECT number, opened_at_ms AS openedAtMs, closed_at_ms IS NULL AS open FROM shift ORDER BY seq DESC LIMIT 1',
  );
  return () => {
    const row = first<{ number: number; openedAtMs: number; open: number }>(select);
    if (row === undefined) return { number: 0, open: false, openedAtMs: null };
    return { number: row.number, open: row.open === 1, openedAtMs: row.open === 1 ? row.openedAtMs : null };
  };
}
