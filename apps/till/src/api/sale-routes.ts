import { saleId, tillApi } from '@bivak/contracts';
import { type ApiServer, Problem } from '@bivak/http-api';
import { z } from 'zod';
import type { Printer } from '../receipt/index.ts';
import { outcomeUnknown, type SaleDesk, type SaleRecord, type SaleStore } from '../sale/index.ts';
import { printNow, problems } from './problems.ts';
import { type SaleViewOptions, saleReceipt, saleView } from './sale-view.ts';

export interface SaleRoutesOptions {
  desk: SaleDesk;
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

export function addSaleRoutes(server: ApiServer, options: SaleRoutesOptions): void {
  const { desk, sales, view, printer } = options;
  const ended = (record: SaleRecord | undefined, asked: string): SaleRecord => {
    if (record === undefined) throw new Problem(404, 'no-such-sale', `This till made no sale ${asked}.`);
    if (record.state === 'intended') throw outcomeUnknown(asked);
    return record;
  };
  server.post(
    '/v1/sales',
    {
      attachValidation: true,
      schema: {
        summary: 'Make a sale; the same saleKey gives the same sale',
        body: tillApi.newSale,
        // 409 sale-key-reused, till-data-old; 422 unknown-sku, bad-quantity, bad-sale-key, sale-too-long, sum-overflow; 503 sale-outcome-unknown, data-not-written.
        response: { 200: tillApi.sale, ...problems(400, 409, 413, 415, 422, 503) },
      },
    },
    async (request) => {
      if (request.validationError !== undefined)
        throw badQuantity(request.validationError) ?? request.validationError;
      const record = await desk.sell(request.body);
      return saleView(ended(record, record.saleId), view);
    },
  );
  server.get(
    '/v1/sales',
    {
      schema: {
        summary: 'The sales, newest first',
        querystring: listQuery,
        response: { 200: saleList, ...problems(400) },
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
        nextCursor: isFull ? String(Number(last.saleId.slice(last.saleId.lastIndexOf('-') + 1))) : null,
      };
    },
  );
  server.get(
    '/v1/sales/:saleId',
    {
      schema: {
        summary: 'One sale',
        params: saleParams,
        response: { 200: tillApi.sale, ...problems(400, 404, 503) },
      },
    },
    ({ params }) => saleView(ended(sales.byId(params.saleId), params.saleId), view),
  );
  server.post(
    '/v1/sales/:saleId/print',
    {
      schema: {
        summary: 'Print the receipt once more',
        params: saleParams,
        response: { 200: tillApi.receipt, ...problems(400, 404, 409, 503) },
      },
    },
    async ({ params }) => {
      const receipt = saleReceipt(ended(sales.byId(params.saleId), params.saleId), view.head);
      if (receipt === null)
        throw new Problem(409, 'no-receipt', `Sale ${params.saleId} was refused: it has no receipt.`);
      await printNow(printer, receipt);
      return receipt;
    },
  );
}

/** The quantity has a name of its own among what may be wrong with a sale. */
function badQuantity(error: {
  validation?: readonly { instancePath?: string; message?: string }[];
}): Problem | undefined {
  const issue = error.validation?.find(({ instancePath }) =>
    /^\/items\/\d+\/quantity$/.test(instancePath ?? ''),
  );
  if (issue === undefined) return undefined;
  const index = issue.instancePath!.split('/')[2];
  return new Problem(
    422,
    'bad-quantity',
    `items[${index}]: a quantity is 1 to 10 000 whole pieces (${issue.message})`,
  );
}
