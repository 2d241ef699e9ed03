import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '@bivak/clock';
import {
  type ChainPlace,
  type EntryDraft,
  type EntryPayload,
  readPayload,
  type SealedEntry,
  sealEntry,
} from '@bivak/journal';
import { all, first, inTransaction, JournalError, lockFolder, openDatabase } from './database.ts';
import { type Projection, prepareProjections, projectionTable } from './projection.ts';
import { verifyStored } from './verify.ts';

/** The till's journal: what happened at the counter, in order, signed, on the disk. */
export interface Journal {
  readonly tillId: string;
  /** For the projections and the other durable facts that live in the same file. */
  readonly database: DatabaseSync;
  /**
   * Chains, signs and stores an entry with its projections, and whatever `alongside` writes, in one transaction; it is
   * on the disk when this returns. Throws JournalError `not-written` where the disk does not take it: it is not in the
   * journal then, and the next one takes its place.
   */
  append(draft: EntryDraft, alongside?: () => void): EntryPayload;
  /** The entry of this number. Throws where there is none. */
  entry(seq: number): EntryPayload;
  /** The entries after `seq`, at most `maxBytes` of text, but one at least where there is one. */
  sealedAfter(seq: number, maxBytes: number): SealedEntry[];
  lastSeq(): number;
  /** The hash of the entry of this number, hex. Throws where there is none. */
  hashAt(seq: number): string;
  /** The newest instant that can be believed in the journal, milliseconds since 1970; 0 where it is empty. */
  newestAtMs(): number;
  /**
   * Somebody who knows the time says that the till's clock is right now: instants in the journal that are later come
   * from a clock that once stood ahead, and are not believed any more. True where there are such.
   */
  agreeClock(): boolean;
  /** Calls `listener` after each entry. */
  onAppend(listener: (entry: EntryPayload) => void): void;
  /**
   * Copies SQLite's log into the database where enough was written since the last time. It takes as long as a
   * sale or two, so that it is done between them; leaving it out costs time in a later sale, never data.
   */
  tidy(): void;
  close(): void;
}

export interface JournalOptions {
  dataDir: string;
  tillId: string;
  timeZone: string;
  keys: { privateKey: KeyObject; publicKey: KeyObject };
  clock: Clock;
  projections: readonly Projection[];
}

/** Some fifty sales. */
const entriesBetweenTidying = 100;

const tables = `
  CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, payload TEXT NOT NULL, signature TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER IF NOT EXISTS journal_is_not_changed BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is appended to and never changed'); END;
  CREATE TRIGGER IF NOT EXISTS journal_is_not_cut BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is appended to and never changed'); END;
  CREATE TABLE IF NOT EXISTS clock_agreed (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL) STRICT;
  ${projectionTable}`;

/**
 * Opens (or begins) the journal in `dataDir`. Throws {@link JournalError}: `in-use` where another till has the folder,
 * `not-durable` where the disk's promise cannot be had, `tampered` where what is stored is not what this till signed.
 */
export function openJournal(options: JournalOptions): Journal {
  const unlock = lockFolder(options.dataDir);
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(join(options.dataDir, 'till.db'));
    database.exec(tables);
    return journalIn(database, options, unlock);
  } catch (error) {
    database?.close();
    unlock();
    throw error;
  }
}

function journalIn(database: DatabaseSync, options: JournalOptions, unlock: () => void): Journal {
  const { tillId, timeZone, clock, keys } = options;
  const agreed = first<{ seq: number }>(database.prepare('SELECT seq FROM clock_agreed'))?.seq ?? 0;
  const agree = database.prepare('INSERT OR REPLACE INTO clock_agreed (id, seq) VALUES (1, ?)');
  const stored = verifyStored(database, { tillId, publicKey: keys.publicKey }, agreed);
  let place: ChainPlace = stored.place;
  let tidiedSeq = place.seq;
  let { newestAtMs } = stored;
  const select = database.prepare('SELECT payload FROM journal WHERE seq = ?');
  const selectHash = database.prepare('SELECT hash FROM journal WHERE seq = ?');
  const selectAfter = database.prepare(
    'SELECT seq, payload, signature FROM journal WHERE seq > ? ORDER BY seq LIMIT 500',
  );
  const entry = (seq: number): EntryPayload => {
    const payload = readPayload(first<{ payload: string }>(select, seq)?.payload ?? '');
    if (payload === undefined) throw new JournalError('tampered', `the journal has no readable entry ${seq}`);
    return payload;
  };
  const folds = prepareProjections(database, options.projections, () => entriesOf(place.seq, entry));
  const insert = database.prepare('INSERT INTO journal (seq, hash, payload, signature) VALUES (?, ?, ?, ?)');
  const listeners: ((entry: EntryPayload) => void)[] = [];
  return {
    tillId,
    database,
    append(draft, alongside) {
      const nowMs = clock.nowMs();
      const at = new Date(nowMs).toISOString();
      const sealed = sealEntry(draft, place, { tillId, at, timeZone }, keys.privateKey);
      inTransaction(database, () => {
        insert.run(sealed.place.seq, sealed.place.hash, sealed.payload, sealed.signature);
        for (const fold of folds) fold(sealed.payloadRead);
        alongside?.();
      });
      place = sealed.place;
      newestAtMs = Math.max(newestAtMs, nowMs);
      for (const listener of listeners) listener(sealed.payloadRead);
      return sealed.payloadRead;
    },
    entry,
    sealedAfter: (seq, maxBytes) =>
      upTo(all<SealedEntry>(selectAfter, seq), maxBytes).map(({ payload, signature }) => ({
        payload,
        signature,
      })),
    lastSeq: () => place.seq,
    hashAt(seq) {
      const row = first<{ hash: string }>(selectHash, seq);
      if (row === undefined) throw new RangeError(`the journal has no entry ${seq}`);
      return row.hash;
    },
    newestAtMs: () => newestAtMs,
    agreeClock() {
      const nowMs = clock.nowMs();
      if (newestAtMs <= nowMs) return false;
      agree.run(place.seq);
      newestAtMs = nowMs;
      return true;
    },
    onAppend: (listener) => void listeners.push(listener),
    tidy() {
      if (place.seq - tidiedSeq < entriesBetweenTidying) return;
      database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      tidiedSeq = place.seq;
    },
    close() {
      database.close();
      unlock();
    },
  };
}

function* entriesOf(lastSeq: number, entry: (seq: number) => EntryPayload): Iterable<EntryPayload> {
  for (let seq = 1; seq <= lastSeq; seq++) yield entry(seq);
}

function upTo(entries: readonly SealedEntry[], maxBytes: number): SealedEntry[] {
  let bytes = 0;
  return entries.filter(({ payload, signature }, index) => {
    bytes += Buffer.byteLength(payload) + signature.length;
    return index === 0 || bytes <= maxBytes;
  });
}
