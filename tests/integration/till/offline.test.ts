import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { tillApi } from '@bivak/contracts';
import { buildSnapshot, entriesOf } from '@bivak/stoplist';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { card } from './fake-reader.ts';
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

describe('a till without a link', () => {
  it('accepts a card offline, signs, prints, and ships all exactly once when the link is back', async () => {
    await world.startOffline();
    const sales: tillApi.Sale[] = [];
    for (let number = 1; number <= 5; number++) {
      world.reader.next = card(`buyer ${number}`);
      sales.push(await world.sell(`key ${number}`));
    }
    const cash = await world.sell('cash', { tender: 'cash', items: [{ sku: 'MILK', quantity: 3 }] });

    expect(sales[0]).toMatchObject({
      saleId: 'till-1-000001',
      outcome: 'accepted',
      mode: 'offline',
      totalMinor: 24_000,
      card: { maskedPan: '220220******1234' },
      hostState: 'waiting',
      fiscal: { shiftNumber: 1, receiptNumber: 1 },
    });
    expect(cash).toMatchObject({ mode: 'cash', card: null, hostState: 'not-a-payment', totalMinor: 22_650 });
    expect(await world.status()).toMatchObject({
      link: { state: 'down' },
      queue: { sales: 5, sumMinor: 120_000, oldestAt: sales[0]!.soldAt },
      limits: { tillMinorLeft: limits.perTillMinor - 120_000, tillCountLeft: limits.perTillCount - 5 },
      shift: { number: 1, open: true },
    });
    const paper = join(world.dataDir, 'printer.escpos');
    await world.until(() => existsSync(paper) && readFileSync(paper).includes('till-1-000006'));

    world.host.loseAnswers = 2; // the host takes two batches, and its answers are lost
    world.host.setLink(true);
    await world.until(shipped, 2_000);
    expect(kinds().filter((kind) => kind === 'sale.accepted')).toHaveLength(6);
    expect(world.host.entries.map(({ seq }) => seq)).toEqual(world.host.entries.map((_, index) => index + 1));
    expect((await world.request('GET', `/v1/sales/${sales[0]!.saleId}`)).body).toMatchObject({
      hostState: 'shipped',
    });
    await world.until(() => world.drive.drained === 7); // six receipts and the opening of the shift
  });

  it('knows after a restart when the host last answered', async () => {
    await world.startOffline();
    const { lastContactAt } = (await world.status()).link;
    expect(lastContactAt).not.toBeNull();
    await world.stop();
    await world.start();
    expect((await world.status()).link).toMatchObject({ state: 'down', lastContactAt });
  });

  it('takes no card before it has had a stop-list, and cash all the same', async () => {
    world.host.isUp = false;
    await world.start();
    expect(await world.sell('1')).toMatchObject({ outcome: 'refused', reason: 'stop-list-too-old' });
    expect(await world.sell('2', { tender: 'cash' })).toMatchObject({ outcome: 'accepted' });
    world.host.setLink(true);
    await world.until(shipped, 2_000);
    expect(kinds()).toContain('sale.refused');
  });

  it('takes no card offline from a reader whose card data the host does not open, and asks the host all the same', async () => {
    world.host.unreadableReaderKeys = ['0123456789abcdef'];
    await world.startOffline();
    expect(await world.sell('1')).toMatchObject({ outcome: 'refused', reason: 'reader-key-unknown' });
    expect(await world.sell('2', { tender: 'cash' })).toMatchObject({ outcome: 'accepted' });
    world.host.onlineAnswer = 'approved';
    world.host.setLink(true);
    await world.until(async () => (await world.status()).link.state === 'up', 5_000);
    expect(await world.sell('3')).toMatchObject({ outcome: 'accepted', mode: 'online' });
  });

  it('refuses by name: listed, expired, over each limit', async () => {
    await world.start();
    const listed = card('listed');
    world.host.stopList = {
      version: 3,
      message: buildSnapshot(
        {
          epochId: world.host.epoch.epochId,
          version: 3,
          issuedAtMs: world.clock.nowMs(),
          entries: entriesOf([listed.cardReference]),
        },
        world.host.keys.privateKey,
      ),
    };
    await world.until(async () => (await world.status()).stopList.version === 3, 5_000);
    await world.until(() => kinds().includes('stop-list.applied'), 2_000);
    await world.cutLink();

    const refusal = async (key: string, tap: typeof listed, quantity = 1): Promise<string | null> => {
      world.reader.next = tap;
      return (await world.sell(key, { items: [{ sku: 'CAVIAR', quantity }] })).reason;
    };
    expect(await refusal('a', listed)).toBe('stop-listed');
    expect(await refusal('b', card('old', { expiry: '2610', maskedPan: '476173******0119' }))).toBe(
      'expired-card',
    );
    expect(await refusal('c', card('online only', { serviceCode: '221' }))).toBe('offline-not-permitted');
    expect(await refusal('d', card('rich'), 2)).toBe('over-sale-limit');
    expect(await refusal('e', card('eager'))).toBeNull();
    expect(await refusal('f', card('eager'))).toBeNull();
    expect(await refusal('g', card('eager'))).toBe('over-card-limit');
    const { body } = await world.request<tillApi.Sale>('GET', '/v1/sales/till-1-000001');
    expect(body.checks).toContainEqual({ name: 'stop-list', isListed: true, passed: false });
    const tooMuch = await world.request<tillApi.Sale>('GET', '/v1/sales/till-1-000004');
    expect(tooMuch.body.checks).toContainEqual({
      name: 'sale-sum',
      valueMinor: 600_000,
      limitMinor: limits.perSaleMinor,
      passed: false,
    });
    expect(world.drive.receipts).toHaveLength(2);
  });

  it('gives room again when the host reports an outcome', async () => {
    await world.startOffline();
    await world.sell('1', { items: [{ sku: 'CAVIAR', quantity: 1 }] });
    await world.sell('2', { items: [{ sku: 'CAVIAR', quantity: 1 }] });
    const at = new Date(world.clock.nowMs()).toISOString();
    world.host.outcomes = [
      { cursor: 1, saleId: 'till-1-000001', state: 'collected', at },
      { cursor: 2, saleId: 'till-1-000002', state: 'declined', at },
    ];
    expect((await world.status()).clocks.bankDueAt).not.toBeNull();
    world.host.setLink(true);
    await world.until(async () => (await world.status()).limits.tillCountLeft === limits.perTillCount, 2_000);
    const { clocks } = await world.status();
    expect(clocks).toMatchObject({ bankDueAt: null });
    expect(clocks.recoveryEndsAt).toBe(new Date(Date.parse(at) + 604_800_000).toISOString());
    expect((await world.request('GET', '/v1/sales/till-1-000002')).body).toMatchObject({
      hostState: 'declined',
    });
  });

  it('counts what a card owes against the card, and no more against the till, until it is paid', async () => {
    await world.startOffline();
    const caviar = { items: [{ sku: 'CAVIAR', quantity: 1 }] };
    await world.sell('1', caviar);
    await world.sell('2', caviar);
    const reported = async (outcomes: ('declined' | 'recovered')[]): Promise<void> => {
      const at = new Date(world.clock.nowMs()).toISOString();
      const from = world.host.outcomes.length;
      for (const [index, state] of outcomes.entries())
        world.host.outcomes.push({
          cursor: from + index + 1,
          saleId: `till-1-00000${index + 1}`,
          state,
          at,
        });
      world.host.setLink(true);
      const last = `/v1/sales/till-1-00000${outcomes.length}`;
      await world.until(
        async () => (await world.request<tillApi.Sale>('GET', last)).body.hostState === outcomes.at(-1),
        2_000,
      );
      await world.cutLink();
    };
    await reported(['declined', 'declined']);
    expect((await world.status()).limits.tillCountLeft).toBe(limits.perTillCount);
    expect(await world.sell('3', caviar)).toMatchObject({ outcome: 'refused', reason: 'over-card-limit' });
    await world.stop();
    const database = new DatabaseSync(join(world.dataDir, 'till.db'));
    database.exec('DELETE FROM projection'); // folded anew
    database.close();
    await world.start();
    expect(await world.sell('4', caviar)).toMatchObject({ reason: 'over-card-limit' });
    await reported(['recovered', 'recovered']);
    expect(await world.sell('5', caviar)).toMatchObject({ outcome: 'accepted' });
  });
});
