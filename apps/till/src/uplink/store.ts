import type { OfflineLimits } from '@bivak/domain';
import { first, type Journal } from '../journal/index.ts';

/** What is known of the host and from it; kept over a restart. */
export interface UplinkState {
  /** The last entry that the host's store has, in the epoch that is known. */
  acknowledgedSeq: number;
  /** The host's store, as it was known at the last contact; null before the first. */
  epochId: string | null;
  /** The last entry that was ever sent, perhaps without an answer: it may be in a store that was put back since. */
  shippedSeq: number;
  /** Null before the first contact. */
  limits: OfflineLimits | null;
  bankWindowMs: number;
  recoveryWindowMs: number;
  /** Initial key ids of readers whose card data the host does not open: with them no card is taken offline. */
  unreadableReaderKeys: readonly string[];
  /**
   * The last entry that the host had when it had others than this till: the till's data was rolled back to an old copy, so
   * that its next sales would bear identities that were used already. Null for a till that is whole.
   */
  hostAheadSeq: number | null;
  /** When the host last answered, as far as it was saved (see `linkWatch`). */
  lastContactMs: number | null;
}

export interface UplinkStore {
  state(): UplinkState;
  update(change: Partial<UplinkState>): void;
}

const dayMs = 86_400_000;

export function uplinkStore({ database }: Journal): UplinkStore {
  const row = first<{ state: string }>(database.prepare('SELECT state FROM uplink'));
  const save = database.prepare('INSERT OR REPLACE INTO uplink (id, state) VALUES (1, ?)');
  const initial: UplinkState = {
    acknowledgedSeq: 0,
    epochId: null,
    shippedSeq: 0,
    limits: null,
    bankWindowMs: dayMs,
    recoveryWindowMs: 7 * dayMs,
    unreadableReaderKeys: [],
    hostAheadSeq: null,
    lastContactMs: null,
  };
  let state = { ...initial, ...(row === undefined ? {} : (JSON.parse(row.state) as Partial<UplinkState>)) };
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
