import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { tillApi } from '@bivak/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limits, World } from './world.ts';

// A slow machine takes its time; nothing here is about how long it takes.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await world.end();
});

const kinds = (): string[] => world.host.entries.map(({ kind }) => kind);
const shipped = async (): Promise<boolean> => (await world.status()).queue.entries === 0;

describe('when something breaks in the middle', () => {
  it.each([
    ['silent-after', 'accepted', 1],
    ['silent-before', 'refused', 0],
  ] as const)(
    'drive %s signing, till killed: resolved once at the next start',
    async (how, outcome, receipts) => {
      await world.startOffline();
      world.drive.nextSale = how;
      const { status, body } = await world.request('POST', '/v1/sales', {
        saleKey: 'key',
        items: [{ sku: 'TEA', quantity: 2 }],
        tender: 'card',
      });
      expect([status, body.code]).toEqual([503, 'sale-outcome-unknown']);
      expect((await world.request('GET', '/v1/sales/till-1-000001')).status).toBe(503);
      await world.stop(); // the intent stands open in the journal, as after a kill
      world.drive.mode = 'ready';
      await world.start();
      const { body: sale } = await world.request<tillApi.Sale>('GET', '/v1/sales/till-1-000001');
      expect(sale).toMatchObject({ outcome, reason: outcome === 'accepted' ? null : 'interrupted' });
      expect(await world.sell('key')).toEqual(sale);
      expect(world.drive.receipts).toHaveLength(receipts);
      await world.stop();
      world.host.setLink(true);
      await world.start();
      await world.until(shipped, 2_000);
      const ends = kinds().filter((kind) => kind === 'sale.accepted' || kind === 'sale.abandoned');
      expect(ends).toHaveLength(1);
    },
  );

  it.each([
    ['silent-after', { outcome: 'accepted' }],
    ['silent-before', { outcome: 'refused', reason: 'fiscal-drive-silent' }],
  ] as const)('drive %s signing, then back: the same key gives the sale’s end', async (how, end) => {
    await world.startOffline();
    world.drive.nextSale = how;
    const sale = { saleKey: 'key', items: [{ sku: 'TEA', quantity: 1 }], tender: 'card' };
    expect((await world.request('POST', '/v1/sales', sale)).status).toBe(503);
    expect((await world.request('POST', '/v1/sales', sale)).status).toBe(503);
    world.drive.mode = 'ready';
    expect(await world.request('POST', '/v1/sales', sale)).toMatchObject({ status: 200, body: end });
    expect(world.drive.receipts).toHaveLength(end.outcome === 'accepted' ? 1 : 0);
  });

  it('keeps the checks of an acceptance whose end is known later', async () => {
    await world.end();
    world = new World(4);
    await world.startOnline();
    world.host.onlineAnswer = 'pending';
    world.drive.nextSale = 'silent-after';
    const sale = { saleKey: 'key', items: [{ sku: 'TEA', quantity: 1 }], tender: 'card' };
    expect((await world.request('POST', '/v1/sales', sale)).status).toBe(503);
    world.drive.mode = 'ready';
    const { body } = await world.request<tillApi.Sale>('POST', '/v1/sales', sale);
    expect(body).toMatchObject({ outcome: 'accepted', mode: 'offline' });
    expect(body.checks.map(({ name }) => name)).toContain('till-sum');
  });

  it('says that its data cannot be written; a sale that was signed meanwhile is found under its key', async () => {
    await world.startOffline();
    const other = new DatabaseSync(join(world.dataDir, 'till.db'));
    const make = (saleKey: string) =>
      world.request('POST', '/v1/sales', { saleKey, items: [{ sku: 'TEA', quantity: 1 }], tender: 'card' });
    other.exec('BEGIN IMMEDIATE');
    expect(await make('1')).toMatchObject({
      status: 503,
      body: { code: 'data-not-written', storageFault: 'in-use' },
    });
    expect(await world.request('POST', '/v1/shift/close')).toMatchObject({ status: 503 });
    other.exec('ROLLBACK');
    world.drive.onSigned = () => other.exec('BEGIN IMMEDIATE');
    expect(await make('2')).toMatchObject({ status: 503, body: { code: 'sale-outcome-unknown' } });
    world.drive.onSigned = undefined;
    expect(await make('2')).toMatchObject({ status: 503, body: { code: 'sale-outcome-unknown' } });
    other.exec('ROLLBACK');
    other.close();
    expect(await make('2')).toMatchObject({ status: 200, body: { outcome: 'accepted' } });
    expect(await make('1')).toMatchObject({ status: 200, body: { outcome: 'accepted' } });
    expect(world.drive.receipts).toHaveLength(2);
  });

  it('refuses, and asks for no card, while the drive is silent; goes on when it is back', async () => {
    await world.startOffline();
    world.drive.mode = 'silent';
    const before = world.reader.requests.length;
    expect(await world.sell('1')).toMatchObject({ outcome: 'refused', reason: 'fiscal-drive-silent' });
    expect(world.reader.requests).toHaveLength(before);
    world.drive.mode = 'ready';
    world.drive.nextSale = 'refuse';
    expect(await world.sell('2')).toMatchObject({ outcome: 'refused', reason: 'fiscal-drive-refused' });
    expect(await world.sell('3')).toMatchObject({ outcome: 'accepted' });
  });

  it('closes the shift by itself before 24 hours, even if the clock jumps over them', async () => {
    await world.startOffline();
    await world.sell('1', { tender: 'cash' });
    world.clock.jump(23.6 * 3_600_000);
    await world.until(async () => !(await world.status()).shift.open);
    expect(await world.sell('2', { tender: 'cash' })).toMatchObject({ fiscal: { shiftNumber: 2 } });
    world.clock.jump(30 * 3_600_000);
    expect(await world.sell('3', { tender: 'cash' })).toMatchObject({
      outcome: 'accepted',
      fiscal: { shiftNumber: 3 },
    });
    expect((await world.request('POST', '/v1/shift/close')).status).toBe(200);
    expect(await world.request('POST', '/v1/shift/close')).toMatchObject({
      status: 409,
      body: { code: 'shift-not-open' },
    });
  });

  it('goes on if the shift was closed by another program', async () => {
    await world.startOffline();
    await world.sell('1', { tender: 'cash' });
    await world.drive.closeShift();
    expect(await world.sell('2', { tender: 'cash' })).toMatchObject({
      outcome: 'accepted',
      fiscal: { shiftNumber: 2 },
    });
    expect((await world.status()).shift).toMatchObject({ number: 2, open: true });
  });

  it('opens no journal that somebody changed, and no folder in which another till works', async () => {
    await world.startOffline();
    await world.sell('1');
    await expect(world.start()).rejects.toThrow(/another till works/);
    await world.stop();
    const database = new DatabaseSync(join(world.dataDir, 'till.db'));
    expect(() => database.exec("UPDATE journal SET payload = '' WHERE seq = 2")).toThrow(/never changed/);
    database.exec('DROP TRIGGER journal_is_not_changed');
    database.exec("UPDATE journal SET payload = replace(payload, '24000', '14000')");
    database.close();
    await expect(world.start()).rejects.toThrow(/entry \d+ of the journal is not what this till wrote/);
  });

  it('folds its tables again from the journal if they are gone', async () => {
    await world.startOffline();
    const sale = await world.sell('1');
    const report = await world.request<tillApi.ItemReport>('GET', '/v1/reports/items?shift=all');
    await world.stop();
    const database = new DatabaseSync(join(world.dataDir, 'till.db'));
    database.exec(
      'DELETE FROM projection; DELETE FROM sale; DELETE FROM item_total; DELETE FROM outstanding_sale',
    );
    database.close();
    await world.start();
    expect((await world.request('GET', `/v1/sales/${sale.saleId}`)).body).toEqual(sale);
    const again = await world.request<tillApi.ItemReport>('GET', '/v1/reports/items?shift=all');
    expect(again.body.rows).toEqual(report.body.rows);
    expect((await world.status()).limits.tillCountLeft).toBe(limits.perTillCount - 1);
  });
});
