import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { card } from './fake-reader.ts';
import { World } from './world.ts';

// A slow machine takes its time; nothing here is about how long it takes.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const phone = '+79001234567';
const ciphertext = 'c0ffee'.repeat(12);

let world: World;
beforeEach(() => {
  world = new World();
  world.reader.next = card('anna', { ciphertext });
});
afterEach(async () => {
  await world.end();
});

/** Every byte of the till's folder, but for what it has printed. */
const onDisk = (): string =>
  readdirSync(world.dataDir)
    .filter((name) => name.startsWith('till.db'))
    .map((name) => readFileSync(join(world.dataDir, name), 'latin1'))
    .join();
const shipped = async (): Promise<boolean> => (await world.status()).queue.entries === 0;

describe('card data at the till', () => {
  it('has the reader seal each card for its sale, sum, currency and till', async () => {
    await world.startOffline();
    await world.sell('1');
    expect(world.reader.requests).toEqual([
      { tillId: 'till-1', saleId: 'till-1-000001', amountMinor: 24_000, currency: 'RUB' },
    ]);
  });

  it('is kept until the host has acknowledged it, then destroyed with the phone: file, log and all', async () => {
    await world.startOffline();
    const sale = await world.sell('1', { contact: { phone } });
    expect(sale.receipt?.lines.join('\n')).toContain(phone);
    expect(onDisk()).toContain(ciphertext);
    expect(onDisk()).toContain(phone);
    world.host.setLink(true);
    await world.until(shipped, 2_000);
    // The host has got it, beside an entry that only commits to it.
    expect(world.host.attachments.map(({ content }) => content).join()).toContain(ciphertext);
    expect(JSON.stringify(world.host.entries)).not.toContain(ciphertext);
    expect(JSON.stringify(world.host.entries)).not.toContain(phone);
    await world.until(() => !onDisk().includes(ciphertext) && !onDisk().includes(phone), 11_000);
    // The sale is what it was, and its journal verifies.
    await world.stop();
    await world.start();
    expect(await world.sell('1', { contact: { phone } })).toMatchObject({
      saleId: sale.saleId,
      outcome: 'accepted',
    });
  });

  it('takes no card whose key serial number was used before, also after a restart', async () => {
    await world.startOffline();
    expect(await world.sell('1')).toMatchObject({ outcome: 'accepted' });
    const { ksn } = world.reader.sent.at(-1)!;
    await world.stop();
    await world.start();
    world.reader.ksn = ksn;
    const refused = { outcome: 'refused', reason: 'reader-key-reused' };
    expect(await world.sell('2')).toMatchObject(refused);
    world.reader.ksn = `${ksn.slice(0, 16)}00000000`; // a reader that counts from the beginning again
    expect(await world.sell('3')).toMatchObject(refused);
    world.reader.ksn = undefined;
    expect(await world.sell('4')).toMatchObject({ outcome: 'accepted' });
  });

  it('names a reader whose keys are used up', async () => {
    await world.startOffline();
    world.reader.next = 'used-up';
    expect(await world.sell('1')).toMatchObject({ outcome: 'refused', reason: 'reader-keys-used-up' });
  });

  it('lets no line that the reader repeats late pay for the next buyer', async () => {
    await world.startOffline();
    await world.sell('1');
    world.reader.repeatsLast = true;
    world.reader.next = card('boris', { ciphertext: 'ab'.repeat(40) });
    const next = await world.sell('2');
    expect(next).toMatchObject({ outcome: 'accepted' });
    world.host.setLink(true);
    await world.until(shipped, 2_000);
    const cards = world.host.attachments.filter(({ name }) => name === 'card');
    expect(cards.map(({ content }) => JSON.parse(content))).toEqual([
      { ciphertext },
      { ciphertext: 'ab'.repeat(40) },
    ]);
  });
});
