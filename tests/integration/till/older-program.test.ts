import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { tillApi } from '@bivak/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeAsNewerProgram } from './newer-program.ts';
import { World } from './world.ts';

// A slow machine takes its time; nothing here is about how long it takes.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await world.end();
});

const cash = { tender: 'cash' } as const;
/** Sells once, stops, and writes entries as a newer program would before the till is rolled back to this one. */
async function afterNewerProgram(
  ...entries: { kind: string; version: number; body: object }[]
): Promise<void> {
  await world.startOffline();
  await world.sell('1', cash);
  await world.stop();
  for (const entry of entries) writeAsNewerProgram(world.dataDir, entry);
  await world.start();
}
const intentOf = (saleId: string, saleKey: string) => ({
  kind: 'sale.intent',
  version: 2,
  body: { saleId, saleKey, seats: ['12A'] },
});

describe('a till that was rolled back to an older program', () => {
  it('starts, sells on, and ships what it cannot read', async () => {
    await afterNewerProgram({ kind: 'sale.returned', version: 1, body: { saleId: 'till-1-000001' } });
    expect((await world.request('GET', '/v1/sales/till-1-000001')).body).toMatchObject({
      outcome: 'accepted',
    });
    expect(await world.sell('2', cash)).toMatchObject({ saleId: 'till-1-000002', outcome: 'accepted' });
    const { body } = await world.request<tillApi.ItemReport>('GET', '/v1/reports/items?shift=all');
    expect(body.totals.sales).toBe(2);
    world.host.setLink(true);
    await world.until(async () => (await world.status()).queue.entries === 0, 2_000);
    expect(world.host.entries.map(({ kind }) => kind)).toContain('sale.returned');
    expect(world.host.entries.map(({ seq }) => seq)).toEqual(world.host.entries.map((_, index) => index + 1));
  });

  it('gives no number and no key twice, and ends no sale that it cannot read', async () => {
    await afterNewerProgram(intentOf('till-1-000002', 'newer'), {
      kind: 'sale.abandoned',
      version: 1,
      body: { saleId: 'till-1-000002', reason: 'interrupted' },
    });
    expect((await world.sell('3', cash)).saleId).toBe('till-1-000003');
    const again = { saleKey: 'newer', items: [{ sku: 'TEA', quantity: 2 }], ...cash };
    expect((await world.request('POST', '/v1/sales', again)).body).toMatchObject({
      code: 'sale-key-reused',
      saleId: 'till-1-000002',
    });
    await world.stop();
    writeAsNewerProgram(world.dataDir, intentOf('till-1-000004', 'open'));
    await world.start();
    expect((await world.sell('5', cash)).saleId).toBe('till-1-000005');
    world.host.setLink(true);
    await world.until(async () => (await world.status()).queue.entries === 0, 2_000);
    const ended = world.host.entries.filter(({ body }) => body.saleId === 'till-1-000004');
    expect(ended.map(({ kind, version }) => [kind, version])).toEqual([['sale.intent', 2]]);
  });

  it('leaves a sale alone whose end only the newer program can read', async () => {
    await world.startOffline();
    world.drive.nextSale = 'silent-after';
    const sale = { saleKey: '1', items: [{ sku: 'TEA', quantity: 2 }], ...cash };
    expect((await world.request('POST', '/v1/sales', sale)).body).toMatchObject({
      code: 'sale-outcome-unknown',
    });
    await world.stop();
    writeAsNewerProgram(world.dataDir, {
      kind: 'sale.accepted',
      version: 2,
      body: { saleId: 'till-1-000001' },
    });
    world.drive.mode = 'ready';
    await world.start();
    expect((await world.request('POST', '/v1/sales', sale)).body).toMatchObject({
      code: 'sale-outcome-unknown',
    });
    expect((await world.sell('2', cash)).saleId).toBe('till-1-000002');
  });

  it('refuses data that the newer program has changed the tables of, and leaves them as they are', async () => {
    await world.startOffline();
    await world.stop();
    const database = new DatabaseSync(join(world.dataDir, 'till.db'));
    database.exec("INSERT INTO migration (name, checksum, applied_at_ms) VALUES ('0099_seats', 'x', 0)");
    await expect(world.start()).rejects.toMatchObject({
      name: 'JournalError',
      facts: { code: 'store-newer', migration: '0099_seats' },
    });
    database.exec("DELETE FROM migration WHERE name = '0099_seats'");
    database.close();
    await world.start();
    expect(await world.sell('1', cash)).toMatchObject({ saleId: 'till-1-000001' });
  });
});
