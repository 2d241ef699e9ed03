import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { tillApi } from '@bivak/contracts';
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

describe('reports and papers', () => {
  it('sums by item, by VAT rate, card and cash apart, without a link', async () => {
    await world.startOffline();
    const items = [
      { sku: 'TEA', quantity: 2 },
      { sku: 'MILK', quantity: 1 },
    ];
    await world.sell('1', { items });
    await world.sell('2', { items, tender: 'cash' });
    world.reader.next = card('old', { expiry: '2001', maskedPan: '476173******0119' });
    await world.sell('3', { items }); // refused: not in the report
    const { body } = await world.request<tillApi.ItemReport>('GET', '/v1/reports/items');
    expect(body.rows).toEqual([
      {
        sku: 'MILK',
        name: 'Молоко',
        vatRate: '10',
        cardQuantity: 1,
        cardSumMinor: 7_550,
        cashQuantity: 1,
        cashSumMinor: 7_550,
      },
      {
        sku: 'TEA',
        name: 'Чай чёрный',
        vatRate: '22',
        cardQuantity: 2,
        cardSumMinor: 24_000,
        cashQuantity: 2,
        cashSumMinor: 24_000,
      },
    ]);
    expect(body.vat).toEqual([
      { vatRate: '10', cardSumMinor: 7_550, cashSumMinor: 7_550, vatMinor: 1_372 },
      { vatRate: '22', cardSumMinor: 24_000, cashSumMinor: 24_000, vatMinor: 8_656 },
    ]);
    expect(body.totals).toEqual({
      sales: 2,
      cardSales: 1,
      cashSales: 1,
      cardMinor: 31_550,
      cashMinor: 31_550,
      sumMinor: 63_100,
    });
    expect(Math.max(...body.print.lines.map((line) => line.length))).toBe(42);
    const printed = body.print.lines.map((line) => line.replaceAll(/\s+/g, ' ').trim());
    const at10 = printed.indexOf('ПРОДАЖИ, НДС 10% =151.00');
    expect(printed.slice(at10 + 1, at10 + 4)).toEqual([
      'картой =75.50',
      'наличными =75.50',
      'в т.ч. налог =13.72',
    ]);
    await world.request('POST', '/v1/shift/close');
    await world.sell('4', { tender: 'cash' });
    const next = await world.request<tillApi.ItemReport>('GET', '/v1/reports/items');
    expect(next.body.totals.sales).toBe(1);
    const all = await world.request<tillApi.ItemReport>('GET', '/v1/reports/items?shift=all');
    expect(all.body.totals.sales).toBe(3);
  });

  it('sells without a printer, says so, and prints once more when it is there again', async () => {
    await world.startOffline();
    const paper = join(world.dataDir, 'printer.escpos');
    mkdirSync(paper); // nothing can be written there
    const { saleId } = await world.sell('1', { tender: 'cash' });
    const print = `/v1/sales/${saleId}/print`;
    expect(await world.request('POST', print)).toMatchObject({
      status: 503,
      body: { code: 'printer-failed', errorCode: 'EISDIR' },
    });
    expect(await world.request('POST', '/v1/reports/items/print')).toMatchObject({ status: 503 });
    rmSync(paper, { recursive: true });
    expect((await world.request('POST', print)).status).toBe(200);
    expect(readFileSync(paper).includes(saleId)).toBe(true);
  });

  it('gives sales in pages, the catalogue, the description of the API, and a word if the screen is not built', async () => {
    await world.startOffline();
    for (const key of ['1', '2', '3']) await world.sell(key, { tender: 'cash' });
    type Page = { items: tillApi.Sale[]; nextCursor: string | null };
    const { body } = await world.request<Page>('GET', '/v1/sales?limit=2');
    expect(body.items.map(({ saleId }) => saleId)).toEqual(['till-1-000003', 'till-1-000002']);
    const rest = await world.request<Page>('GET', `/v1/sales?limit=2&cursor=${body.nextCursor}`);
    expect(rest.body).toMatchObject({ items: [{ saleId: 'till-1-000001' }], nextCursor: null });
    const catalogue = await world.request<tillApi.Catalogue>('GET', '/v1/catalogue');
    expect(catalogue.body.categories.map(({ ru }) => ru)).toEqual(['Напитки', 'Еда', 'Сувениры']);
    type Operation = { responses: Record<string, { content?: object }> };
    type OpenApi = { openapi: string; paths: Record<string, Record<string, Operation>> };
    const { body: openapi } = await world.request<OpenApi>('GET', '/openapi.json');
    expect(openapi.openapi).toBe('3.1.0');
    expect(Object.keys(openapi.paths)).toContain('/v1/sales/{saleId}');
    for (const operation of Object.values(openapi.paths).flatMap((path) => Object.values(path)))
      for (const [status, { content }] of Object.entries(operation.responses))
        expect(Object.keys(content!)).toEqual([
          status === '200' ? 'application/json' : 'application/problem+json',
        ]);
    expect(Object.keys(openapi.paths['/v1/sales']!.post!.responses)).toEqual(
      expect.arrayContaining(['200', '400', '409', '422', '503']),
    );
    const screen = await fetch(`http://127.0.0.1:${world.till!.port}/`);
    expect(await screen.text()).toContain('not built yet');
  });
});
