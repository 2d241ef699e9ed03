import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { tillApi } from '@bivak/contracts';
import { refusalWords } from '@bivak/words';
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
  /** What a sale is answered; a promise that is kept later holds the buyer at the card prompt. */
  onSale: (asked: tillApi.NewSale) => Answer | Promise<Answer> = (asked) => sold(asked, 'online');
  /** The sales that were asked for, in order. */
  readonly asked: tillApi.NewSale[] = [];
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

  async #answer(what: string, body: string, response: ServerResponse): Promise<void> {
    const answer = await this.#answerTo(what, body);
    if (answer === undefined) return serveFile(what, response);
    if (answer === 'cut' || !this.isAlive) return void response.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  }

  async #answerTo(what: string, body: string): Promise<Answer | undefined> {
    const ok = (value: unknown): Answer => ({ status: 200, body: value });
    if (what === 'GET /v1/status') return ok(this.status);
    if (what === 'GET /v1/catalogue') return ok({ currency: 'RUB', ...goods() });
    if (what === 'GET /v1/sales') return ok({ items: this.sales, nextCursor: null });
    if (what === 'GET /v1/reports/items') return ok(reportOf(this.sales));
    if (what === 'POST /v1/card-prompt/cancel') {
      this.cancelled += 1;
      return ok({ cancelled: true });
    }
    const made = this.#made.get(what.replace('GET /v1/sales/', ''));
    if (made !== undefined) return ok(made);
    if (what !== 'POST /v1/sales') return what.startsWith('POST') ? problem(500, 'internal') : undefined;
    const asked = JSON.parse(body) as tillApi.NewSale;
    this.asked.push(asked);
    const answer = await this.onSale(asked);
    if (answer !== 'cut' && answer.status === 200) {
      const sale = answer.body as tillApi.Sale;
      this.#made.set(sale.saleId, sale);
    }
    return answer;
  }
}

function serveFile(what: string, response: ServerResponse): void {
  const path = what.replace('GET ', '');
  const file = join(screenFolder, path === '/' ? 'index.html' : path);
  if (!file.startsWith(screenFolder) || !existsSync(file)) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
  response.end(readFileSync(file));
}

const goods = () => {
  const { categories, items } = parseCatalogue(readFileSync(join(root, 'data/catalogue.csv'), 'utf8'));
  return { categories, items };
};

export const problem = (status: number, code: string): Answer => ({
  status,
  body: {
    type: `urn:bivak:problem:${code}`,
    title: 'x',
    status,
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
    isOldCopy: false,
  };
}

/** The sale that was asked for, accepted. */
export function sold(asked: tillApi.NewSale, mode: tillApi.Sale['mode'], number = 12): Answer {
  const lines = linesOf(asked);
  const totalMinor = lines.reduce((sum, { sumMinor }) => sum + sumMinor, 0);
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
  const maskedPan = asked.tender === 'card' ? '220220******1234' : null;
  const { tender } = asked;
  const phone = asked.contact?.phone ?? null;
  const receipt = receiptOf({ saleId, lines, totalMinor, tender, mode, fiscal, phone, maskedPan }, head);
  return { status: 200, body: { ...plain(asked, number), outcome: 'accepted', mode, receipt, fiscal } };
}

/** The sale that was asked for, refused. */
export function refused(asked: tillApi.NewSale, reason: NonNullable<tillApi.Sale['reason']>): Answer {
  return { status: 200, body: { ...plain(asked, 13), reason, words: refusalWords[reason]! } };
}

function plain(asked: tillApi.NewSale, number: number): tillApi.Sale {
  const lines = linesOf(asked);
  return {
    saleId: `till-1-${String(number).padStart(6, '0')}`,
    outcome: 'refused',
    mode: asked.tender === 'cash' ? 'cash' : 'offline',
    reason: null,
    words: null,
    receipt: null,
    tender: asked.tender,
    totalMinor: lines.reduce((sum, { sumMinor }) => sum + sumMinor, 0),
    currency: 'RUB',
    lines,
    card: asked.tender === 'card' ? { maskedPan: '220220******1234' } : null,
    checks: [],
    fiscal: null,
    soldAt: now,
    hostState: asked.tender === 'cash' ? 'not-a-payment' : 'waiting',
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

function linesOf({ items }: tillApi.NewSale): tillApi.SaleLine[] {
  const { items: known } = goods();
  return items.map(({ sku, quantity }) => {
    const { nameRu, priceMinor, vatRate } = known.find((item) => item.sku === sku)!;
    return { sku, name: nameRu, quantity, priceMinor, sumMinor: priceMinor * quantity, vatRate };
  });
}

function reportOf(sales: readonly tillApi.Sale[]): tillApi.ItemReport {
  const lines = sales.filter(({ outcome }) => outcome === 'accepted').flatMap((sale) => sale.lines);
  const rows = lines.map(({ sku, name, vatRate, quantity, sumMinor }) => ({
    sku,
    name,
    vatRate,
    cardQuantity: quantity,
    cardSumMinor: sumMinor,
    cashQuantity: 0,
    cashSumMinor: 0,
  }));
  const sumMinor = lines.reduce((sum, line) => sum + line.sumMinor, 0);
  const totals = { sales: 1, cardSales: 1, cashSales: 0, cardMinor: sumMinor, cashMinor: 0, sumMinor };
  const print = {
    widthChars: 42,
    qr: null,
    lines: ['          ОТЧЁТ ПО ТОВАРАМ', ...rows.map(({ name }) => name)],
  };
  return { tillId: 'till-1', from: now, to: now, currency: 'RUB', rows, vat: [], totals, print };
}
