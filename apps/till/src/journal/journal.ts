import { type KeyObject, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '@bivak/clock';
import {
  type Attachment,
  attach,
  type ChainPlace,
  type Entry,
  type EntryDraft,
  type NewAttachments,
  readBody,
  readEnvelope,
  type SealedEntry,
  type SignedEntry,
  sealEntry,
} from '@bivak/journal';
import { type AttachmentStore, attachmentStore } from './attachments.ts';
import { all, first, inTransaction, lockFolder, openDatabase } from './database.ts';
import { JournalError } from './journal-error.ts';
import { migrate } from './migrate.ts';
import { type Projection, prepareProjections, type StoredEntry } from './projection.ts';
import { verifyStored } from './verify.ts';

/** The till's journal: what happened at the counter, in order, signed, on the disk. */
export interface Journal {
  readonly tillId: string;
  /** For the projections and the other durable facts that live in the same file. */
  readonly database: DatabaseSync;
  /**
   * Chains, signs and stores an entry with its attachments and projections, and whatever `alongside` writes, in one
   * transaction; it is on the disk when this returns. Throws JournalError `not-written` if the disk does not take it: it is
   * not in the journal then, and the next one takes its place.
   */
  append(draft: EntryDraft, alongside?: () => void, attachments?: AttachmentContents): Entry;
  /** What lies beside an entry under this name, as canonical JSON; undefined if nothing does (any more). */
  attachment(seq: number, name: string): Pick<Attachment, 'content'> | undefined;
  /**
   * Destroys what lies under this name beside the entries up to `throughSeq`: it is overwritten in the database, and gone from
   * SQLite's log after the next `tidy`. Once more is no error.
   */
  destroyAttachments(name: string, throughSeq: number): void;
  /** The entry of this number. Throws if there is none, or none that this program knows. */
  entry(seq: number): Entry;
  /** The entries after `seq` with what lies beside them, at most `maxBytes` of text, but one at least if there is one. */
  sealedAfter(seq: number, maxBytes: number): SealedEntry[];
  lastSeq(): number;
  /** The hash of the entry of this number, hex. Throws if there is none. */
  hashAt(seq: number): string;
  /** The newest instant that can be believed in the journal, milliseconds since 1970; 0 if it is empty. */
  newestAtMs(): number;
  /**
   * Somebody who knows the time has confirmed that the till's clock is right now: instants in the journal that are later
   * come from a clock that once stood ahead, and are not believed any more. True if there are such.
   */
  agreeClock(): boolean;
  /** Calls `listener` after each entry. */
  onAppend(listener: (entry: Entry) => void): void;
  /**
   * Copies SQLite's log into the database if enough was written since the last time, and empties it if it may hold what was
   * destroyed. It takes as long as a sale or two, so that it is done between them; leaving it out costs time in a later sale,
   * never data.
   */
  tidy(): void;
  close(): void;
}

/** What is to lie beside an entry, by name. */
export type AttachmentContents = Readonly<Record<string, object>>;

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

/**
 * Opens (or begins) the journal in `dataDir`. Throws {@link JournalError}: `in-use` if another till has the folder,
 * `store-newer` if a newer program has changed its tables, `not-durable` if the disk's promise cannot be had, `tampered` if
 * what is stored is not what this till signed.
 */
export function openJournal(options: JournalOptions): Journal {
  const unlock = lockFolder(options.dataDir);
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(join(options.dataDir, 'till.db'));
    migrate(database, options.clock.nowMs());
    return journalIn(database, options, unlock);
  } catch (error) {
    database?.close();
    unlock();
    throw error;
  }
}

function journalIn(database: DatabaseSync, options: JournalOptions, unlock: () => void): Journal {
  const { tillId, timeZone, clock, keys } = options;
  const clockAgreed = clockAgreement(database);
  const stored = verifyStored(database, { tillId, publicKey: keys.publicKey }, clockAgreed.seq());
  let place: ChainPlace = stored.place;
  let tidiedSeq = place.seq;
  let { newestAtMs } = stored;
  const attached = attachmentStore(database);
  const reader = entryReader(database, attached);
  // The log of an earlier run may hold what was destroyed in it.
  let logHoldsDestroyed = true;
  const fold = prepareProjections(database, options.projections, () => reader.upTo(place.seq));
  const insert = database.prepare('INSERT INTO journal (seq, hash, payload, signature) VALUES (?, ?, ?, ?)');
  const listeners: ((entry: Entry) => void)[] = [];
  return {
    tillId,
    database,
    append(draft, alongside, contents = {}) {
      const nowMs = clock.nowMs();
      const at = new Date(nowMs).toISOString();
      const when = { tillId, at, timeZone };
      const sealed = sealEntry(draft, place, when, keys.privateKey, salted(contents));
      inTransaction(database, () => {
        insert.run(sealed.place.seq, sealed.place.hash, sealed.payload, sealed.signature);
        attached.save(sealed.place.seq, sealed.attachments);
        fold(sealed);
        alongside?.();
      });
      place = sealed.place;
      newestAtMs = Math.max(newestAtMs, nowMs);
      for (const listener of listeners) listener(sealed.entry);
      return sealed.entry;
    },
    entry: reader.entry,
    sealedAfter: reader.sealedAfter,
    lastSeq: () => place.seq,
    hashAt: reader.hashAt,
    newestAtMs: () => newestAtMs,
    agreeClock() {
      const nowMs = clock.nowMs();
      if (newestAtMs <= nowMs) return false;
      clockAgreed.save(place.seq);
      newestAtMs = nowMs;
      return true;
    },
    onAppend: (listener) => void listeners.push(listener),
    attachment: attached.get,
    destroyAttachments(name, throughSeq) {
      const isDestroyed = inTransaction(database, () => attached.destroy(name, throughSeq));
      logHoldsDestroyed ||= isDestroyed;
    },
    tidy() {
      if (logHoldsDestroyed) database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      else if (place.seq - tidiedSeq < entriesBetweenTidying) return;
      else database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      logHoldsDestroyed = false;
      tidiedSeq = place.seq;
    },
    close() {
      database.close();
      unlock();
    },
  };
}

const saltBytes = 32;

const salted = (contents: AttachmentContents): NewAttachments =>
  Object.fromEntries(
    Object.entries(contents).map(([name, content]) => [name, attach(content, randomBytes(saltBytes))]),
  );

function clockAgreement(database: DatabaseSync): { seq(): number; save(seq: number): void } {
  const select = database.prepare('SELECT seq FROM clock_agreed');
  const insert = database.prepare('INSERT OR REPLACE INTO clock_agreed (id, seq) VALUES (1, ?)');
  return {
    seq: () => first<{ seq: number }>(select)?.seq ?? 0,
    save: (seq) => void insert.run(seq),
  };
}

function entryReader(database: DatabaseSync, attached: AttachmentStore) {
  const select = database.prepare('SELECT payload FROM journal WHERE seq = ?');
  const selectHash = database.prepare('SELECT hash FROM journal WHERE seq = ?');
  const selectAfter = database.prepare(
    'SELECT seq, payload, signature FROM journal WHERE seq > ? ORDER BY seq LIMIT 500',
  );
  const stored = (seq: number): StoredEntry => {
    const envelope = readEnvelope(first<{ payload: string }>(select, seq)?.payload ?? '');
    if (envelope === undefined) throw new JournalError({ code: 'tampered', seq, fault: 'malformed' });
    const body = readBody(envelope);
    return body.ok ? { entry: body.entry } : { envelope };
  };
  return {
    *upTo(lastSeq: number): Iterable<StoredEntry> {
      for (let seq = 1; seq <= lastSeq; seq++) yield stored(seq);
    },
    entry(seq: number): Entry {
      const found = stored(seq);
      if ('entry' in found) return found.entry;
      throw new Error(`this program does not know the kind or version of entry ${seq}`);
    },
    sealedAfter: (seq: number, maxBytes: number): SealedEntry[] =>
      withinBytes(all<SignedEntry>(selectAfter, seq), maxBytes).map(({ payload, signature }) => ({
        payload,
        signature,
        attachments: attached.of(readEnvelope(payload) ?? { seq: 0 }),
      })),
    hashAt(seq: number): string {
      const row = first<{ hash: string }>(selectHash, seq);
      if (row === undefined) throw new RangeError(`the journal has no entry ${seq}`);
      return row.hash;
    },
  };
}

function withinBytes(entries: readonly SignedEntry[], maxBytes: number): SignedEntry[] {
  let bytes = 0;
  return entries.filter(({ payload, signature }, index) => {
    bytes += Buffer.byteLength(payload) + signature.length;
    return index === 0 || bytes <= maxBytes;
  });
}
