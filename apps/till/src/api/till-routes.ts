import { tillApi } from '@bivak/contracts';
import { type ApiServer, Problem } from '@bivak/http-api';
import { z } from 'zod';
import type { CardReader } from '../card/index.ts';
import { FiscalError } from '../fiscal/port.ts';
import type { InTurn } from '../in-turn.ts';
import { JournalError } from '../journal/index.ts';
import type { Printer } from '../receipt/index.ts';
import { itemReport, type ReportOptions } from '../report/index.ts';
import type { Catalogue } from '../sale/index.ts';
import type { ShiftKeeper } from '../shift/index.ts';
import { type StatusOptions, tillStatus } from '../status/index.ts';
import { printNow, problems } from './problems.ts';

export interface TillRoutesOptions {
  status: StatusOptions;
  report: ReportOptions;
  catalogue: Catalogue;
  currency: string;
  reader: CardReader;
  shift: ShiftKeeper;
  printer: Printer;
  inTurn: InTurn;
}

const reportQuery = z.object({ shift: z.enum(['current', 'all']).default('current') });
const cancelled = z.object({ cancelled: z.boolean() });
const closedShift = z.object({
  shiftNumber: z.number().int(),
  documentNumber: z.number().int(),
  fiscalSign: z.number().int(),
  signedAt: z.string(),
});

export function addTillRoutes(server: ApiServer, options: TillRoutesOptions): void {
  const { status, catalogue, reader } = options;
  server.get(
    '/v1/status',
    { schema: { summary: 'The till now', response: { 200: tillApi.tillStatus, ...problems() } } },
    () => tillStatus(status),
  );
  server.get(
    '/v1/catalogue',
    { schema: { summary: 'The goods', response: { 200: tillApi.catalogue, ...problems() } } },
    () => ({ currency: options.currency, categories: catalogue.categories, items: catalogue.items }),
  );
  server.post(
    '/v1/card-prompt/cancel',
    { schema: { summary: 'Stop asking for a card', response: { 200: cancelled, ...problems() } } },
    () => ({ cancelled: reader.cancel() }),
  );
  addReportRoutes(server, options);
  addShiftRoute(server, options);
}

function addReportRoutes(server: ApiServer, { report, shift, status, printer }: TillRoutesOptions): void {
  const made = (which: 'current' | 'all'): tillApi.ItemReport =>
    itemReport(report, which === 'all' ? 'all' : shift.current().number, status.clock.nowMs());
  server.get(
    '/v1/reports/items',
    {
      schema: {
        summary: 'Sales by item',
        querystring: reportQuery,
        response: { 200: tillApi.itemReport, ...problems(400) },
      },
    },
    ({ query }) => made(query.shift),
  );
  server.post(
    '/v1/reports/items/print',
    {
      schema: {
        summary: 'Print the sales by item',
        querystring: reportQuery,
        response: { 200: tillApi.itemReport, ...problems(400, 503) },
      },
    },
    async ({ query }) => {
      const result = made(query.shift);
      await printNow(printer, result.print);
      return result;
    },
  );
}

function addShiftRoute(server: ApiServer, { shift, inTurn }: TillRoutesOptions): void {
  server.post(
    '/v1/shift/close',
    {
      schema: {
        summary: 'Close the shift; the next sale opens another',
        response: { 200: closedShift, ...problems(409, 503) },
      },
    },
    async () => {
      try {
        return await inTurn(() => shift.close());
      } catch (error) {
        throw asProblem(error);
      }
    },
  );
}

function asProblem(error: unknown): unknown {
  if (error instanceof JournalError && error.code === 'not-written')
    return new Problem(
      503,
      'data-not-written',
      `The shift is not closed, since ${error.message}. Mend that, then repeat this request.`,
    );
  if (!(error instanceof FiscalError)) return error;
  if (error.refusal === 'shift-not-open')
    return new Problem(409, 'shift-not-open', 'No shift is open; the next sale opens one.');
  const code = error.code === 'silent' ? 'fiscal-drive-silent' : 'fiscal-drive-refused';
  return new Problem(503, code, `The fiscal drive did not close the shift: ${error.message}`);
}
