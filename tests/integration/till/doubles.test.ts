import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { card } from './fake-reader.ts';
import { World } from './world.ts';

// A slow machine takes its time; nothing here is about how long it takes.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

describe('the same card and sum within a minute', () => {
  let world: World;
  beforeEach(async () => {
    world = new World(1);
    await world.start({ askAboutDoublesWithinMs: 60_000 });
    await world.until(async () => (await world.status()).stopList.ageMs !== null);
    await world.cutLink();
  });
  afterEach(() => world.end());

  it('is asked about, and sold if the cashier says that it is another purchase', async () => {
    expect(await world.sell('1')).toMatchObject({ outcome: 'accepted' });
    expect(await world.sell('2')).toMatchObject({ outcome: 'refused', reason: 'possible-double' });
    expect(world.drive.receipts).toHaveLength(1);
    expect(await world.sell('3', { isAnotherPurchase: true })).toMatchObject({ outcome: 'accepted' });
    // The same request once more is the same sale, and no question.
    expect(await world.sell('3', { isAnotherPurchase: true })).toMatchObject({ outcome: 'accepted' });
    expect(world.drive.receipts).toHaveLength(2);
  });

  it('is not asked about with another sum or card, for cash, or later', async () => {
    await world.sell('1');
    expect(await world.sell('2', { items: [{ sku: 'TEA', quantity: 1 }] })).toMatchObject({
      outcome: 'accepted',
    });
    expect(await world.sell('3', { tender: 'cash' })).toMatchObject({ outcome: 'accepted' });
    world.reader.next = card('boris');
    expect(await world.sell('4')).toMatchObject({ outcome: 'accepted' });
    world.reader.next = card('anna');
    world.clock.jump(61_000);
    expect(await world.sell('5')).toMatchObject({ outcome: 'accepted' });
  });
});
