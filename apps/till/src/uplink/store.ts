import type { uplinkApi } from '@bivak/contracts';
import { first, type Journal } from '../journal/index.ts';

/** What the host has told this till last; kept over a restart. */
export interface UplinkState {
  acknowledgedSeq: number;
  /** Null before the first contact. */
  limits: uplinkApi.OfflineLimits | null;
  bankWindowMs: number;
  recoveryWindowMs: number;
  /**
   * The highest entry that the host had when it had more than this till: the till's data was put back to an old copy, so
   * that its next sales would bear identities that were used already. Null for a till that is whole.
   */
  aheadSeq: number | null;
}

export interface UplinkStore {
  state(): UplinkState;
  update(change: Partial<UplinkState>): void;
}

const dayMs = 86_400_000;

export function uplinkStore({ database }: Journal): UplinkStore {
  database.exec(`CREATE TABLE IF NOT EXISTS uplink (
    id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL
  ) STRICT;`);
  const row = first<{ state: string }>(database.prepare('SELECT state FROM uplink'));
  const save = database.prepare('INSERT OR REPLACE INTO uplink (id, state) VALUES (1, ?)');
  const atFirst: UplinkState = {
    acknowledgedSeq: 0,
    limits: null,
    bankWindowMs: dayMs,
    recoveryWindowMs: 7 * dayMs,
    aheadSeq: null,
  };
  let state = { ...atFirst, ...(row === undefined ? {} : (JSON.parse(row.state) as Partial<UplinkState>)) };
  let saved = JSON.stringify(state);
  return {
    state: () => state,
    update(change) {
      const next = { ...state, ...change };
      const text = JSON.stringify(next);
      if (text !== saved) save.run(text);
      [state, saved] = [next, text];
    },
  };
}
