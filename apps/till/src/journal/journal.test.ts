import { generateKeyPairSync, sign } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '@bivak/clock';
import { commitmentTo, type EntryEnvelope, hashOf } from '@bivak/journal';
import canonicalize from 'canonicalize';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import { type Journal, JournalError, openJournal, type Projection } from './index.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'bivak-journal-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const keys = generateKeyPairSync('ed25519');
const counter = (version: number): Projection => ({
  name: 'counter',
  version,
  tables: [{ name: 'counter', sql: 'CREATE TABLE counter (version INTEGER NOT NULL) STRICT;' }],
  fold(database) {
    const insert = database.prepare('INSERT INTO counter (version) VALUES (?)');
    return (entry) => {
      if (entry.kind === 'stop-list.applied') insert.run(entry.body.version);
      if (entry.kind === 'stop-list.applied' && entry.body.version === 13) throw new Error('unlucky');
    };
  },
});
const open = (projections: readonly Projection[] = [counter(1)], tillId = 'till-1'): Journal =>
  openJournal({ dataDir, tillId, timeZone: 'Europe/Moscow', keys, clock: systemClock, projections });
const apply = (journal: Journal, version: number) =>
  journal.append({ kind: 'stop-list.applied', body: { version } });
const counted = (journal: Journal): number[] =>
  journal.database
    .prepare('SELECT version FROM counter ORDER BY rowid')
    .all()
    .map((row) => row.version as number);

/** Writes an entry as another program of the till would: chained, signed, of any kind and version. */
function appendForeign(journal: Journal, entry: { kind: string; version: number; body: object }): void {
  const { seq, hash } = journal.database
    .prepare('SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1')
    .get()! as { seq: number; hash: string };
  const when = { tillId: 'till-1', at: '2026-11-24T09:00:00.000Z', timeZone: 'Europe/Moscow' };
  const payload = canonicalize({ ...when, seq: seq + 1, prevHash: hash, ...entry })!;
  const signature = sign(null, Buffer.from(payload), keys.privateKey).toString('base64');
  journal.database
    .prepare('INSERT INTO journal (seq, hash, payload, signature) VALUES (?, ?, ?, ?)')
    .run(seq + 1, hashOf(payload), payload, signature);
}

describe('the journal', () => {
  it('is durable: log ahead, synchronous full, at every open', () => {
    for (let round = 0; round < 2; round++) {
      const journal = open();
      expect(journal.database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
      expect(journal.database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
      journal.close();
    }
    expect(() => openDatabase(':memory:')).toThrow(JournalError); // memory cannot be durable
  });

  it('believes no instant of a clock that stood ahead, once the clock is known to be right, also at the next open', () => {
    const rightMs = Date.UTC(2026, 10, 24);
    let nowMs = rightMs + 365 * 86_400_000;
    const clock = { ...systemClock, nowMs: () => nowMs };
    const openAt = (): Journal =>
      openJournal({ dataDir, tillId: 'till-1', timeZone: 'UTC', keys, clock, projections: [counter(1)] });
    let journal = openAt();
    apply(journal, 1);
    expect(journal.agreeClock()).toBe(false); // nothing is later than now
    nowMs = rightMs;
    expect(journal.newestAtMs()).toBeGreaterThan(nowMs);
    expect(journal.agreeClock()).toBe(true);
    expect(journal.newestAtMs()).toBe(rightMs);
    journal.close();
    journal = openAt();
    expect(journal.newestAtMs()).toBeLessThanOrEqual(rightMs);
    nowMs += 60_000;
    apply(journal, 2);
    journal.close();
    journal = openAt();
    expect(journal.newestAtMs()).toBe(rightMs + 60_000);
    journal.close();
  });

  it('says that the disk is full, keeps nothing of the entry, and goes on when there is room', () => {
    const journal = open();
    apply(journal, 1);
    const { page_count } = journal.database.prepare('PRAGMA page_count').get()!;
    journal.database.exec(`PRAGMA max_page_count = ${page_count}`);
    let fitted = 1;
    const fill = (): void => {
      for (;;) {
        apply(journal, 100 + fitted);
        fitted++;
      }
    };
    expect(fill).toThrow(
      expect.objectContaining({ facts: { code: 'not-written', storageFault: 'disk-full' } }),
    );
    expect([journal.lastSeq(), counted(journal).length]).toEqual([fitted, fitted]);
    journal.database.exec('PRAGMA max_page_count = 100000');
    apply(journal, 2);
    expect(journal.lastSeq()).toBe(fitted + 1);
    journal.close();
    open().close(); // verifies the chain
  });

  it('keeps an entry and its projections together, or neither', () => {
    const journal = open();
    apply(journal, 1);
    expect(() => apply(journal, 13)).toThrow('unlucky');
    expect(journal.lastSeq()).toBe(1);
    apply(journal, 2);
    expect(counted(journal)).toEqual([1, 2]);
    expect(() =>
      journal.append({ kind: 'stop-list.applied', body: { version: 3 } }, () => {
        throw new Error('alongside');
      }),
    ).toThrow('alongside');
    expect(counted(journal)).toEqual([1, 2]);
    journal.close();
    const again = open();
    expect(again.lastSeq()).toBe(2);
    expect(again.entry(2)).toMatchObject({ seq: 2, tillId: 'till-1', body: { version: 2 } });
    again.close();
  });

  it('folds a projection of a new version again', () => {
    const journal = open([]);
    for (const version of [4, 5, 6]) apply(journal, version);
    journal.close();
    const later = open([counter(1)]);
    expect(counted(later)).toEqual([4, 5, 6]);
    apply(later, 7);
    later.close();
    const newer = open([counter(2)]);
    expect(counted(newer)).toEqual([4, 5, 6, 7]);
    newer.close();
  });

  it('verifies, keeps and ships entries of a newer program, and leaves them out of its projections', () => {
    const journal = open();
    apply(journal, 1);
    const envelopes: EntryEnvelope[] = [];
    const watching: Projection = {
      ...counter(1),
      name: 'watching',
      tables: [],
      fold: () => () => {},
      foldUnreadable: () => (envelope) => void envelopes.push(envelope),
    };
    const newer = [
      { kind: 'sale.returned', version: 1 },
      { kind: 'stop-list.applied', version: 2 },
      { kind: 'stop-list.applied', version: 1 }, // with a body that it cannot have
    ];
    for (const entry of newer) appendForeign(journal, { ...entry, body: { saleId: 'till-1-000001' } });
    journal.close();
    const again = open([counter(2), watching]);
    expect(counted(again)).toEqual([1]);
    expect(envelopes.map(({ kind, version }) => ({ kind, version }))).toEqual(newer);
    expect(again.lastSeq()).toBe(4);
    apply(again, 2);
    expect(counted(again)).toEqual([1, 2]);
    expect(again.sealedAfter(0, 1e6)).toHaveLength(5);
    expect(() => again.entry(2)).toThrow(/does not know/);
    again.close();
  });

  it('folds its projections again if the program that folded them read other kinds of entries', () => {
    const journal = open();
    apply(journal, 1);
    journal.database.exec("UPDATE projection SET kinds = '[]'; DELETE FROM counter");
    journal.close();
    const again = open();
    expect(counted(again)).toEqual([1]);
    again.close();
  });

  it('gives what is to be shipped, as much as it may, one at least', () => {
    const journal = open();
    for (let version = 20; version < 30; version++) apply(journal, version);
    const size = Buffer.byteLength(journal.sealedAfter(0, 1)[0]!.payload) + 88;
    expect(journal.sealedAfter(0, 1)).toHaveLength(1);
    expect(journal.sealedAfter(0, size * 3 + 10)).toHaveLength(3);
    expect(journal.sealedAfter(8, 1e6)).toHaveLength(2);
    expect(journal.sealedAfter(10, 1e6)).toEqual([]);
    journal.close();
  });

  it('is opened by one till at a time', () => {
    const journal = open();
    expect(() => open()).toThrow(/another till works/);
    journal.close();
    open().close();
  });

  it.each([
    [
      'another text',
      'UPDATE journal SET payload = replace(payload, \'"version":2\', \'"version":9\') WHERE seq = 2',
    ],
    ['another hash', "UPDATE journal SET hash = '00' WHERE seq = 1"],
    [
      'another signature',
      'UPDATE journal SET signature = (SELECT signature FROM journal WHERE seq = 1) WHERE seq = 3',
    ],
    ['a gap', 'DELETE FROM journal WHERE seq = 2'],
    ['no JSON', "UPDATE journal SET payload = 'x' WHERE seq = 2"],
  ])('is refused with %s', (_, change) => {
    const journal = open();
    for (const version of [1, 2, 3]) apply(journal, version);
    journal.close();
    const database = new DatabaseSync(join(dataDir, 'till.db'));
    expect(() => database.exec(change)).toThrow('never changed');
    database.exec(`DROP TRIGGER journal_is_not_changed; DROP TRIGGER journal_is_not_cut; ${change}`);
    database.close();
    expect(() => open()).toThrow(/is not what this till wrote/);
  });

  it('is refused under another till’s name, or with another key', () => {
    const journal = open();
    apply(journal, 1);
    journal.close();
    expect(() => open([], 'till-2')).toThrow('wrong-till');
    const other = generateKeyPairSync('ed25519');
    expect(() =>
      openJournal({
        dataDir,
        tillId: 'till-1',
        timeZone: 'UTC',
        keys: other,
        clock: systemClock,
        projections: [],
      }),
    ).toThrow('bad-signature');
    open().close(); // a refusal leaves no lock behind
  });
});

describe('what lies beside the entries', () => {
  const beside = { card: { ciphertext: 'a5'.repeat(40) }, contact: { phone: '+79001234567' } };
  const draft = { kind: 'stop-list.applied', body: { version: 1 } } as const;
  /** Every byte that SQLite has on the disk: database and log. */
  const onDisk = (): string =>
    ['till.db', 'till.db-wal']
      .map((name) => join(dataDir, name))
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file, 'latin1'))
      .join();

  it('is shipped with its entry, committed to by it, and kept over a restart', () => {
    let journal = open();
    const { seq, attachments } = journal.append(draft, undefined, beside);
    apply(journal, 2);
    journal.close();
    journal = open();
    const [first, second] = journal.sealedAfter(0, 1_000_000);
    expect(second!.attachments).toEqual({});
    expect(JSON.parse(first!.attachments.card!.content)).toEqual(beside.card);
    expect(attachments).toEqual({
      card: commitmentTo('card', first!.attachments.card!),
      contact: commitmentTo('contact', first!.attachments.contact!),
    });
    expect(JSON.parse(journal.attachment(seq, 'contact')!.content)).toEqual(beside.contact);
    expect(first!.payload).not.toContain(beside.contact.phone);
    journal.close();
  });

  it('is gone from database and log once it is destroyed, and the chain still verifies', () => {
    let journal = open();
    const { seq } = journal.append(draft, undefined, beside);
    expect(onDisk()).toContain(beside.card.ciphertext);
    const { salt } = journal.sealedAfter(0, 1_000_000)[0]!.attachments.card!;
    journal.destroyAttachments('card', seq - 1);
    expect(journal.attachment(seq, 'card')).toBeDefined();
    journal.destroyAttachments('card', seq);
    journal.destroyAttachments('card', seq);
    expect(journal.attachment(seq, 'card')).toBeUndefined();
    expect(journal.sealedAfter(0, 1_000_000)[0]!.attachments).toMatchObject({ card: null, contact: {} });
    journal.tidy();
    expect(onDisk()).not.toContain(beside.card.ciphertext);
    expect(onDisk()).not.toContain(salt);
    expect(onDisk()).toContain(beside.contact.phone);
    journal.close();
    journal = open(); // verifies the chain
    expect(journal.sealedAfter(0, 1_000_000)[0]!.attachments).toMatchObject({ card: null, contact: {} });
    journal.close();
  });

  it('is gone from the log of a run that was killed before it was tidied', () => {
    const killed = open();
    killed.append(draft, undefined, beside);
    killed.destroyAttachments('card', 1);
    const copy = mkdtempSync(join(tmpdir(), 'bivak-journal-'));
    cpSync(dataDir, copy, { recursive: true });
    killed.close();
    rmSync(dataDir, { recursive: true });
    renameSync(copy, dataDir);
    expect(onDisk()).toContain(beside.card.ciphertext);
    const journal = open();
    journal.tidy();
    expect(onDisk()).not.toContain(beside.card.ciphertext);
    journal.close();
  });

  it('is not shipped if the entry no longer commits to it', () => {
    const journal = open();
    journal.append(draft, undefined, beside);
    journal.database.exec("UPDATE attachment SET content = '{}' WHERE name = 'card'");
    expect(journal.sealedAfter(0, 1_000_000)[0]!.attachments).toMatchObject({ card: null, contact: {} });
    journal.close();
  });

  it('is not written if the entry is not', () => {
    const journal = open();
    const unlucky = { kind: 'stop-list.applied', body: { version: 13 } } as const;
    expect(() => journal.append(unlucky, undefined, beside)).toThrow('unlucky');
    expect(journal.attachment(1, 'card')).toBeUndefined();
    journal.close();
  });
});
