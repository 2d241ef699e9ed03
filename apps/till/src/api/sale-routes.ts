import { tillApi } from '@bivak/contracts';
import { Problem, saleId } from '@bivak/domain';
import type { ApiServer } from '@bivak/http-api';
import { z } from 'zod';
import type { Printer } from '../receipt/index.ts';
import {
  outcomeUnknown,
  type SaleRecord,
  type SaleService,
  type SaleStore,
  saleNumberOf,
} from '../sale/index.ts';
import { printNow, problems } from './problems.ts';
import { type SaleViewOptions, saleReceipt, saleView } from './sale-view.ts';

export interface SaleRoutesOptions {
  saleService: SaleService;
  sales: SaleStore;
  view: SaleViewOptions;
  printer: Printer;
}

const saleParams = z.object({ saleId });
const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.coerce.number().int().min(1).optional(),
});
const saleList = z.object({ items: z.array(tillApi.sale), nextCursor: z.string().nullable() });

const sellProblems = [
  'invalid-request',
  'unknown-sku',
  'bad-quantity',
  'bad-sale-key',
  'sale-too-long',
  'sum-overflow',
  'sale-key-reused',
  'till-data-old',
  'sale-outcome-unknown',
  'data-not-written',
] as const;
const printProblems = [
  'invalid-request',
  'no-such-sale',
  'no-receipt',
  'sale-outcome-unknown',
  'printer-failed',
] as const;

export function addSaleRoutes(server: ApiServer, options: SaleRoutesOptions): void {
  const { saleService, sales, view, printer } = options;
  server.post(
    '/v1/sales',
    {
      attachValidation: true,
      schema: {
        summary: 'Make a sale; the same saleKey gives the same sale',
        body: tillApi.newSale,
        response: { 200: tillApi.sale, ...problems(...sellProblems) },
      },
    },
    async (request) => {
      if (request.validationError !== undefined)
        throw badQuantity(request.validationError) ?? request.validationError;
      const record = await saleService.sell(request.body);
      return saleView(ended(record), view);
    },
  );
  server.get(
    '/v1/sales',
    {
      schema: {
        summary: 'The sales, newest first',
        querystring: listQuery,
        response: { 200: saleList, ...problems('invalid-request') },
      },
    },
    ({ query }) => {
      const records = sales.list(query.cursor ?? Number.MAX_SAFE_INTEGER, query.limit);
      const items = records
        .filter(({ state }) => state !== 'intended')
        .map((record) => saleView(record, view));
      const last = records.at(-1);
      const isFull = records.length === query.limit && last !== undefined;
      return {
        items,
        nextCursor: isFull ? String(saleNumberOf(last.saleId)) : null,
      };
    },
  );
  server.get(
    '/v1/sales/:saleId',
    {
      schema: {
        summary: 'One sale',
        params: saleParams,
        response: {
          200: tillApi.sale,
          ...problems('invalid-request', 'no-such-sale', 'sale-outcome-unknown'),
        },
      },
    },
    ({ params }) => saleView(ended(saleOf(params.saleId, sales)), view),
  );
  server.post(
    '/v1/sales/:saleId/print',
    {
      schema: {
        summary: 'Print the receipt once more',
        params: saleParams,
        response: { 200: tillApi.receipt, ...problems(...printProblems) },
      },
    },
    async ({ params }) => {
      const receipt = saleReceipt(ended(saleOf(params.saleId, sales)), view);
      if (receipt === null) throw new Problem('no-receipt', { saleId: params.saleId });
      await printNow(printer, receipt);
      return receipt;
    },
  );
}

function saleOf(id: string, sales: SaleStore): SaleRecord {
  const record = sales.byId(id);
  if (record === undefined) throw new Problem('no-such-sale', { saleId: id });
  return record;
}

/** Throws Problem `sale-outcome-unknown` if the sale has no end yet. */
function ended(record: SaleRecord): SaleRecord {
  if (record.state === 'intended') throw outcomeUnknown(record.saleId);
  return record;
}

/** Of what may be wrong with the body of a sale, the quantity has a code of its own. */
function badQuantity(error: {
  validation?: readonly { instancePath?: string; message?: string }[];
}): Problem | undefined {
  const paths = (error.validation ?? []).map(({ instancePath = '' }) => instancePath.split('/'));
  const path = paths.find(([, items, , member]) => items === 'items' && member === 'quantity');
  if (path === undefined) return undefined;
  return new Problem('bad-quantity', { index: Number(path[2]), maxQuantity: tillApi.maxQuantity });
}
