import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { card } from './fake-reader.ts';
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

describe('the same sale again', () => {
  it('is the same sale: one after another, at the same time, after a restart', async () => {
    await world.startOffline();
    const [first, second] = await Promise.all([world.sell('key'), world.sell('key')]);
    expect(second).toEqual(first);
    expect(await world.sell('key')).toEqual(first);
    await world.stop();
    await world.start();
    expect(await world.sell('key')).toEqual(first);
    expect(world.drive.receipts).toHaveLength(1);
    expect(world.reader.requests).toHaveLength(1);
  });

  it('is refused with other contents', async () => {
    await world.startOffline();
    world.reader.next = null;
    const running = world.sell('key');
    await world.until(() => world.reader.requests.length === 1);
    const other = { saleKey: 'key', items: [{ sku: 'MILK', quantity: 1 }], tender: 'cash' };
    expect(await world.request('POST', '/v1/sales', other)).toMatchObject({
      status: 409,
      body: { code: 'sale-key-reused' },
    });
    expect((await world.status()).cardPrompt).toBe('present');
    await world.request('POST', '/v1/card-prompt/cancel');
    expect(await running).toMatchObject({ outcome: 'refused', reason: 'card-not-presented' });
    expect(await world.request('POST', '/v1/sales', other)).toMatchObject({
      status: 409,
      body: { code: 'sale-key-reused' },
    });
  });
});

describe('bad input', () => {
  it('is refused by name, and nothing is stored', async () => {
    await world.startOffline();
    const before = (await world.status()).queue.entries;
    const refused = async (items: unknown, tender = 'cash'): Promise<unknown> => {
      const { status, body } = await world.request('POST', '/v1/sales', { saleKey: 'bad', items, tender });
      return [status, body.code];
    };
    expect(await refused([{ sku: 'NOTHING', quantity: 1 }])).toEqual([422, 'unknown-sku']);
    expect(await refused([{ sku: 'TEA', quantity: -1 }])).toEqual([422, 'bad-quantity']);
    expect(await refused([{ sku: 'TEA', quantity: 1.5 }])).toEqual([422, 'bad-quantity']);
    expect(await refused([{ sku: 'TEA', quantity: 1e300 }])).toEqual([422, 'bad-quantity']);
    expect(await refused([{ sku: 'DIAMOND', quantity: 10_000 }])).toEqual([422, 'sum-overflow']);
    expect(await refused([])).toEqual([400, 'invalid-request']);
    expect(await refused([{ sku: 'TEA', quantity: 1 }], 'barter')).toEqual([400, 'invalid-request']);
    for (const saleKey of ['a\u0000b', '\ud800']) {
      const items = [{ sku: 'TEA', quantity: 1 }];
      const { status, body } = await world.request('POST', '/v1/sales', { saleKey, items, tender: 'cash' });
      expect([status, body.code]).toEqual([422, 'bad-sale-key']);
    }
    const response = await fetch(`http://127.0.0.1:${world.till!.port}/v1/sales`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"saleKey"',
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      400,
      'application/problem+json',
    ]);
    expect((await world.request('GET', '/v1/sales/till-1-000099')).status).toBe(404);
    expect((await world.status()).queue.entries).toBe(before);
    expect(await world.sell('good', { tender: 'cash' })).toMatchObject({ saleId: 'till-1-000001' });
  });

  it('from a page of another site is refused', async () => {
    await world.startOffline();
    const url = `http://127.0.0.1:${world.till!.port}/v1/shift/close`;
    const foreign = await fetch(url, { method: 'POST', headers: { origin: 'http://example.org' } });
    expect([foreign.status, ((await foreign.json()) as { code: string }).code]).toEqual([
      403,
      'foreign-page',
    ]);
    const own = await fetch(url, {
      method: 'POST',
      headers: { origin: `http://127.0.0.1:${world.till!.port}` },
    });
    expect(own.status).toBe(409); // no shift is open
    expect(own.headers.get('content-security-policy')).toBe("frame-ancestors 'none'");
    const otherName = await new Promise<number | undefined>((resolve) => {
      const headers = { host: `till.example.org:${world.till!.port}` }; // a name that was pointed at this machine
      get(`http://127.0.0.1:${world.till!.port}/v1/status`, { headers }, ({ statusCode }) =>
        resolve(statusCode),
      );
    });
    expect(otherName).toBe(403);
  });

  it('from the reader, or none at all, is put down to the reader and not to the card', async () => {
    await world.startOffline();
    world.reader.next = 'failed';
    expect(await world.sell('1')).toMatchObject({ outcome: 'refused', reason: 'card-unreadable' });
    world.reader.next = 'garbage';
    expect(await world.sell('2')).toMatchObject({ outcome: 'refused', reason: 'card-reader-silent' });
    world.reader.next = card('anna');
    expect(await world.sell('3')).toMatchObject({ outcome: 'accepted' });
    await world.reader.stop();
    expect(await world.sell('4')).toMatchObject({ outcome: 'refused', reason: 'card-reader-silent' });
    expect(await world.sell('5', { tender: 'cash' })).toMatchObject({ outcome: 'accepted' });
  });
});
