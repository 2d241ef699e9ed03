import { buildSnapshot } from '@bivak/stoplist';
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

describe('a till with a link', () => {
  beforeEach(async () => {
    await world.end();
    world = new World(4);
    await world.startOnline();
  });

  it('asks the host while the buyer waits', async () => {
    world.host.onlineAnswer = 'approved';
    expect(await world.sell('1')).toMatchObject({ outcome: 'accepted', mode: 'online' });
    expect((await world.status()).limits.tillCountLeft).toBe(limits.perTillCount);
    world.host.onlineAnswer = 'declined';
    expect(await world.sell('2')).toMatchObject({
      outcome: 'refused',
      mode: 'online',
      reason: 'declined-online',
    });
    expect(world.drive.receipts).toHaveLength(1);
    await world.until(shipped);
    expect(kinds().filter((kind) => kind === 'sale.abandoned')).toHaveLength(1);
  });

  it('accepts offline if the host does not answer in time and the limits permit, and says by which checks', async () => {
    world.host.onlineAnswer = 'pending';
    const sale = await world.sell('1');
    expect(sale).toMatchObject({ outcome: 'accepted', mode: 'offline' });
    expect(sale.checks.map(({ name }) => name)).toContain('till-sum');
    const dear = await world.sell('2', { items: [{ sku: 'CAVIAR', quantity: 2 }] });
    expect(dear).toMatchObject({ outcome: 'refused', mode: 'online', reason: 'over-sale-limit' });
  });
});

describe('a till that the host refuses', () => {
  it('gives its fiscal documents to the operator all the same', async () => {
    world.host.refuses = 'enrolment';
    await world.start();
    expect(await world.sell('1', { tender: 'cash' })).toMatchObject({ outcome: 'accepted' });
    await world.until(() => world.drive.drained === 2, 2_000);
    expect((await world.status()).queue.entries).toBeGreaterThan(0);
  });

  it('fetches the stop-list although its journal is not taken', async () => {
    await world.start();
    await world.until(async () => (await world.status()).stopList.ageMs !== null);
    world.host.refuses = 'journal';
    await world.sell('1', { tender: 'cash' });
    const list = {
      epochId: world.host.epoch.epochId,
      version: 2,
      issuedAtMs: world.clock.nowMs(),
      entries: [],
    };
    world.host.stopList = { version: 2, message: buildSnapshot(list, world.host.keys.privateKey) };
    await world.until(async () => (await world.status()).stopList.version === 2, 5_000);
    expect((await world.status()).queue.entries).toBeGreaterThan(0);
    world.host.refuses = 'nothing';
    await world.until(shipped, 2_000);
  });
});
