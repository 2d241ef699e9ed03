import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '@bivak/clock';
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

  it('gives what is to be shipped, as much as fits, one at least', () => {
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
