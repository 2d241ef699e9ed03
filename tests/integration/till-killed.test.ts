import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { tillApi } from '@bivak/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeDrive } from './till/fake-drive.ts';
import { World } from './till/world.ts';

/** What a killed till leaves behind: its folder as it was on the disk, and the drive that goes on living. */
interface Wreck {
  folder: string;
  drive: FakeDrive;
  nowMs: number;
}

const saleOf = (tender: 'card' | 'cash') => ({ items: [{ sku: 'TEA', quantity: 2 }], tender });

// A slow machine takes its time; nothing here is about how long it takes.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

describe('a till that is killed between any two steps of a sale', () => {
  let world: World;
  let wrecks: Wreck[];
  let folder: string;

  beforeEach(() => {
    world = new World();
    wrecks = [];
    folder = mkdtempSync(join(tmpdir(), 'bivak-wrecks-'));
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await world.end();
    rmSync(folder, { recursive: true });
  });

  /** Keeps a copy of folder and drive after each commit, and after each signature. */
  function keepWrecks(): void {
    const keep = (): void => {
      const wreck = { folder: join(folder, String(wrecks.length)), drive: world.drive.copy(world.clock) };
      cpSync(world.dataDir, wreck.folder, { recursive: true });
      wrecks.push({ ...wreck, nowMs: world.clock.nowMs() });
    };
    const exec = DatabaseSync.prototype.exec;
    vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql: string) {
      exec.call(this, sql);
      if (sql === 'COMMIT') keep();
    });
    world.drive.onSigned = keep;
    keep();
  }

  /** Starts another till from what was left, sells under the same key, and gives all that came of it. */
  async function goOn(wreck: Wreck, tender: 'card' | 'cash') {
    const next = new World();
    try {
      next.clock.jump(wreck.nowMs - next.clock.nowMs());
      next.drive = wreck.drive.copy(next.clock);
      next.host.tillKey = world.host.tillKey;
      cpSync(wreck.folder, next.dataDir, { recursive: true });
      next.host.isUp = false;
      await next.start();
      const sale = await next.sell('key', saleOf(tender));
      const again = await next.sell('key', saleOf(tender));
      next.host.setLink(true);
      await next.until(async () => (await next.status()).queue.entries === 0, 2_000);
      const { body: report } = await next.request<tillApi.ItemReport>('GET', '/v1/reports/items?shift=all');
      const kinds = next.host.entries.map(({ kind }) => kind);
      return { sale, again, receipts: next.drive.receipts, kinds, totals: report.totals };
    } finally {
      await next.end();
    }
  }

  it.each([
    ['card', 'offline'],
    ['card', 'online'],
    ['cash', 'offline'],
  ] as const)(
    '%s, %s: the sale is made once or not at all, and drive, journal and report agree',
    async (tender, link) => {
      if (link === 'offline') await world.startOffline();
      else {
        await world.start();
        world.host.onlineAnswer = 'approved';
        await world.until(async () => (await world.status()).stopList.ageMs !== null);
        await world.until(async () => (await world.status()).link.state === 'up', 20_000);
      }
      keepWrecks();
      expect(await world.sell('key', saleOf(tender))).toMatchObject({ outcome: 'accepted' });
      vi.restoreAllMocks();
      world.drive.onSigned = undefined;

      expect(wrecks.length).toBeGreaterThanOrEqual(4);
      const outcomes = new Set<string>();
      for (const wreck of wrecks) {
        const { sale, again, receipts, kinds, totals } = await goOn(wreck, tender);
        outcomes.add(sale.outcome);
        const made = sale.outcome === 'accepted' ? 1 : 0;
        expect(sale.reason).toBe(made === 1 ? null : 'interrupted');
        expect(again).toMatchObject({ saleId: sale.saleId, outcome: sale.outcome });
        expect(receipts.map(({ receipt }) => receipt.saleId)).toEqual(made === 1 ? [sale.saleId] : []);
        expect(kinds.filter((kind) => kind === 'sale.intent')).toHaveLength(1);
        expect(kinds.filter((kind) => kind === 'sale.accepted')).toHaveLength(made);
        expect(kinds.filter((kind) => kind === 'sale.abandoned')).toHaveLength(1 - made);
        expect(totals).toMatchObject({ sales: made, sumMinor: made * 24_000 });
      }
      expect(outcomes).toEqual(new Set(['accepted', 'refused']));
    },
  );
});
