import { cpSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

const shipped = async (): Promise<boolean> => (await world.status()).queue.entries === 0;

describe('a till whose data was rolled back to an old copy', () => {
  it('sells nothing once the host has shown that: no number is given twice; the newer data sells again', async () => {
    await world.startOnline();
    await world.sell('1', { tender: 'cash' });
    await world.until(shipped);
    await world.stop();
    const [old, newer] = ['old', 'newer'].map((name) => join(world.folder, name)) as [string, string];
    cpSync(world.dataDir, old, { recursive: true });
    await world.start();
    for (const key of ['2', '3', '4']) await world.sell(key, { tender: 'cash' });
    await world.until(shipped);
    const known = world.host.entries.length;
    await world.stop();
    renameSync(world.dataDir, newer);
    cpSync(old, world.dataDir, { recursive: true });
    await world.start();
    const again = { saleKey: '5', items: [{ sku: 'TEA', quantity: 1 }], tender: 'cash' };
    const sellAgain = () => world.request('POST', '/v1/sales', again);
    await world.until(async () => (await world.status()).isRolledBack);
    expect((await sellAgain()).body).toMatchObject({ code: 'till-data-old' });
    expect(world.host.entries).toHaveLength(known);
    await world.stop();
    await world.start();
    expect((await sellAgain()).body).toMatchObject({ code: 'till-data-old' });
    await world.stop();
    rmSync(world.dataDir, { recursive: true });
    renameSync(newer, world.dataDir);
    await world.start();
    expect((await world.sell('6', { tender: 'cash' })).saleId).toBe('till-1-000005');
  });

  it('is found out even if it has sold more since than the host knows of', async () => {
    await world.startOnline();
    await world.sell('1', { tender: 'cash' });
    await world.until(shipped);
    await world.stop();
    const old = join(world.folder, 'old');
    cpSync(world.dataDir, old, { recursive: true });
    await world.start();
    await world.sell('2', { tender: 'cash' });
    await world.until(shipped);
    const known = world.host.entries.length;
    await world.stop();
    rmSync(world.dataDir, { recursive: true });
    cpSync(old, world.dataDir, { recursive: true });
    world.host.setLink(false);
    await world.start();
    for (const key of ['3', '4', '5', '6']) await world.sell(key, { tender: 'cash' });
    world.host.setLink(true);
    await world.until(async () => (await world.status()).isRolledBack, 5_000);
    expect(world.host.entries).toHaveLength(known);
  });
});
