import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { tillApi } from '@bivak/contracts';
import type { LineItem, ProblemCode, RefusalReason, SaleMode } from '@bivak/domain';
import { problemStatus } from '@bivak/http-api';
import { createRenderer } from '@bivak/messages';
import { receiptOf } from '../../apps/till/src/receipt/index.ts';
import { parseCatalogue } from '../../apps/till/src/sale/catalogue.ts';
import { root } from '../architecture/source-tree.ts';

const screenFolder = join(root, 'apps/till/dist');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};
const now = '2026-11-24T11:05:00.000Z';

/** An answer of the stand-in: a status and its JSON, or none (the connection is cut). */
export type Answer = { status: number; body: unknown } | 'cut';

/**
 * Stands in for the till behind its screen, so that a test can have states which a real till reaches rarely: it serves the
 * built screen and answers whatever `status` and `onSale` say.
 */
export class TillStandIn {
  status: tillApi.TillStatus = statusNow();
  sales: tillApi.Sale[] = [];
  /** What a sale is answered; a promise that is fulfilled later holds the buyer at the card prompt. */
  onSale: (newSale: tillApi.NewSale) => Answer | Promise<Answer> = (newSale) => sold(newSale, 'online');
  /** The sales that were requested, in order. */
  readonly requested: tillApi.NewSale[] = [];
  cancelled = 0;
  /** False: nothing is answered any more, as if the process were gone. */
  isAlive = true;
  readonly #made = new Map<string, tillApi.Sale>();
  #server: Server | undefined;

  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      if (!this.isAlive) return void response.destroy();
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const path = new URL(request.url!, 'http://till').pathname;
        void this.#answer(`${request.method} ${path}`, Buffer.concat(chunks).toString(), response);
      });
    });
    await new Promise<void>((resolve) => this.#server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise<void>((resolve) => this.#server?.close(() => resolve()));
  }

  async #answer(route: string, body: string, response: ServerResponse): Promise<void> {
    const answer = await this.#answerTo(route, body);
    if (answer === undefined) return serveFile(route, response);
    if (answer === 'cut' || !this.isAlive) return void response.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  }

  async #answerTo(route: string, body: string): Promise<Answer | undefined> {
    const ok = (value: unknown): Answer => ({ status: 200, body: value });
    if (route === 'GET /v1/status') return ok(this.status);
    if (route === 'GET /v1/catalogue') return ok({ currency: 'RUB', ...catalogue() });
    if (route === 'GET /v1/sales') return ok({ items: this.sales, nextCursor: null });
    if (route === 'GET /v1/reports/items') return ok(reportOf(this.sales));
    if (route === 'POST /v1/card-prompt/cancel') {
      this.cancelled += 1;
      return ok({ cancelled: true });
    }
    const made = this.#made.get(route.replace('GET /v1/sales/', ''));
    if (made !== undefined) return ok(made);
    if (route !== 'POST /v1/sales') return route.startsWith('POST') ? problem('internal-error') : undefined;
    const newSale = JSON.parse(body) as tillApi.NewSale;
    this.requested.push(newSale);
    const answer = await this.onSale(newSale);
    if (answer !== 'cut' && answer.status === 200) {
      const sale = answer.body as tillApi.Sale;
      this.#made.set(sale.saleId, sale);
    }
    return answer;
  }
}

function serveFile(route: string, response: ServerResponse): void {
  const path = route.replace('GET ', '');
  const file = join(screenFolder, path === '/' ? 'index.html' : path);
  if (!file.startsWith(screenFolder) || !existsSync(file)) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
  response.end(readFileSync(file));
}

const catalogue = () => {
  const { categories, items } = parseCatalogue(readFileSync(join(root, 'data/catalogue.csv'), 'utf8'));
  return { categories, items };
};

/** A problem as the till answers it. */
export const problem = (code: ProblemCode): Answer => ({
  status: problemStatus[code],
  body: {
    type: `urn:bivak:problem:${code}`,
    title: 'x',
    status: problemStatus[code],
    detail: `English: ${code}`,
    code,
    instance: '/',
  },
});

/** A till with a link that has sent everything. */
export function statusNow(): tillApi.TillStatus {
  return {
    tillId: 'till-1',
    merchant: 'ООО «Вагон-ресторан»',
    place: 'Поезд 020У, вагон 9',
    timeZone: 'Europe/Moscow',
    now,
    currency: 'RUB',
    link: { state: 'up', since: '2026-11-24T10:00:00.000Z', lastContactAt: now },
    queue: { entries: 0, sales: 0, sumMinor: 0, oldestAt: null },
    clocks: { bankDueAt: null, recoveryEndsAt: null, driveDueAt: null },
    limits: {
      perSaleMinor: 500_000,
      perCardMinor: 1_000_000,
      perCardCount: 5,
      tillMinorLeft: 29_412_000,
      tillCountLeft: 488,
    },
    stopList: { version: 12, entries: 3, issuedAt: now, ageMs: 300_000 },
    shift: { number: 3, open: true, openedAt: '2026-11-24T05:00:00.000Z' },
    drive: {
      number: '9999078902000001',
      state: 'ready',
      unsentDocuments: 0,
      oldestUnsentAt: null,
      daysLeftToSend: null,
    },
    cardPrompt: 'idle',
    isRolledBack: false,
  };
}

/** The sale that was requested, accepted. */
export function sold(newSale: tillApi.NewSale, mode: SaleMode, number = 12): Answer {
  const lineItems = lineItemsOf(newSale);
  const totalMinor = lineItems.reduce((sum, { sumMinor }) => sum + sumMinor, 0);
  const fiscal = {
    driveNumber: '9999078902000001',
    registrationNumber: '0000000001012345',
    documentNumber: 41 + number,
    fiscalSign: 2_837_465_019,
    shiftNumber: 3,
    receiptNumber: number,
    signedAt: now,
    qr: `t=20261124T1405&s=${totalMinor / 100}&fn=9999078902000001&i=${41 + number}&fp=2837465019&n=1`,
  };
  const saleId = `till-1-${String(number).padStart(6, '0')}`;
  const { tender } = newSale;
  const maskedPan = tender === 'card' ? '220220******1234' : null;
  const phone = newSale.contact?.phone ?? null;
  const { t } = createRenderer({ language: 'ru' });
  const sale = { saleId, lineItems, totalMinor, tender, mode, fiscal, phone, maskedPan };
  const receipt = receiptOf(sale, head, t);
  return {
    status: 200,
    body: { ...refusedSale(newSale, number), outcome: 'accepted', mode, receipt, fiscal },
  };
}

/** The sale that was requested, refused. */
export function refused(newSale: tillApi.NewSale, reason: RefusalReason): Answer {
  return { status: 200, body: { ...refusedSale(newSale, 13), reason } };
}

function refusedSale(newSale: tillApi.NewSale, number: number): tillApi.Sale {
  const { tender } = newSale;
  const lineItems = lineItemsOf(newSale);
  return {
    saleId: `till-1-${String(number).padStart(6, '0')}`,
    outcome: 'refused',
    mode: tender === 'cash' ? 'cash' : 'offline',
    reason: null,
    receipt: null,
    tender,
    totalMinor: lineItems.reduce((sum, { sumMinor }) => sum + sumMinor, 0),
    currency: 'RUB',
    lineItems,
    card: tender === 'card' ? { maskedPan: '220220******1234' } : null,
    checks: [],
    fiscal: null,
    soldAt: now,
    hostState: tender === 'cash' ? 'not-a-payment' : 'waiting',
  };
}

const head = {
  merchant: { name: 'ООО «Вагон-ресторан»', inn: '7700000000', address: 'Москва, Комсомольская пл., 2' },
  place: 'Поезд 020У, вагон 9',
  timeZone: 'Europe/Moscow',
  serialNumber: '0000000001',
  cashier: 'Петрова А. И.',
  taxSystem: 1,
};

function lineItemsOf({ items }: tillApi.NewSale): LineItem[] {
  const { items: known } = catalogue();
  return items.map(({ sku, quantity }) => {
    const { nameRu, priceMinor, vatRate } = known.find((item) => item.sku === sku)!;
    return { sku, name: nameRu, quantity, priceMinor, sumMinor: priceMinor * quantity, vatRate };
  });
}

function reportOf(sales: readonly tillApi.Sale[]): tillApi.ItemReport {
  const lineItems = sales.filter(({ outcome }) => outcome === 'accepted').flatMap((sale) => sale.lineItems);
  const rows = lineItems.map(({ sku, name, vatRate, quantity, sumMinor }) => ({
    sku,
    name,
    vatRate,
    cardQuantity: quantity,
    cardSumMinor: sumMinor,
    cashQuantity: 0,
    cashSumMinor: 0,
  }));
  const sumMinor = lineItems.reduce((sum, lineItem) => sum + lineItem.sumMinor, 0);
  const totals = { sales: 1, cardSales: 1, cashSales: 0, cardMinor: sumMinor, cashMinor: 0, sumMinor };
  const print = {
    widthChars: 42,
    qr: null,
    lines: ['          ОТЧЁТ ПО ТОВАРАМ', ...rows.map(({ name }) => name)],
  };
  return { tillId: 'till-1', from: now, to: now, currency: 'RUB', rows, vat: [], totals, print };
}
