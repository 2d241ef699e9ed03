import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@bivak/clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Journal, openJournal } from '../journal/index.ts';
import { readerKeys } from './reader-keys.ts';

const keys = generateKeyPairSync('ed25519');

describe('the key serial numbers of the readers', () => {
  let dataDir: string;
  let journal: Journal;
  const open = (): void => {
    journal = openJournal({
      dataDir,
      tillId: 'till-1',
      timeZone: 'UTC',
      keys,
      clock: systemClock,
      projections: [],
    });
  };
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'bivak-reader-keys-'));
    open();
  });
  afterEach(() => {
    journal.close();
    rmSync(dataDir, { recursive: true });
  });
  const [one, other] = ['b17a000000000001', 'b17a000000000002'];

  it('are used once each, in the order in which a reader counts, also after a restart', () => {
    const used = readerKeys(journal);
    expect(used.isUnused(`${one}00000005`)).toBe(true);
    used.use(`${one}00000005`);
    used.use(`${one}00000003`); // one that was used before moves nothing back
    journal.close();
    open();
    const later = readerKeys(journal);
    expect([1, 5, 6].map((counter) => later.isUnused(`${one}0000000${counter}`))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('are of each reader its own, up to the last that there is', () => {
    const used = readerKeys(journal);
    used.use(`${one}ffff0000`);
    expect(used.isUnused(`${one}ffff0000`)).toBe(false);
    expect(used.isUnused(`${other}00000001`)).toBe(true);
  });
});
