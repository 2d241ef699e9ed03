import { tillApi } from '@bivak/contracts';
import { Problem, shiftMark } from '@bivak/domain';
import type { ApiServer } from '@bivak/http-api';
import { z } from 'zod';
import type { CardReader } from '../card/index.ts';
import { FiscalError } from '../fiscal/port.ts';
import type { InTurn } from '../in-turn.ts';
import { storageFaultOf } from '../journal/index.ts';
import type { Printer } from '../receipt/index.ts';
import { itemReport, type ReportOptions } from '../report/index.ts';
import type { Catalogue } from '../sale/index.ts';
import type { ShiftService } from '../shift/index.ts';
import { type StatusOptions, tillStatus } from '../status/index.ts';
import { printNow, problems } from './problems.ts';

export interface TillRoutesOptions {
  status: StatusOptions;
  report: ReportOptions;
  catalogue: Catalogue;
  currency: string;
  reader: CardReader;
  shift: ShiftService;
  printer: Printer;
  inTurn: InTurn;
}

const reportQuery = z.object({ shift: z.enum(['current', 'all']).default('current') });
const cancelled = z.object({ cancelled: z.boolean() });

export function addTillRoutes(server: ApiServer, options: TillRoutesOptions): void {
  const { status, catalogue, reader } = options;
  server.get(
    '/v1/status',
    { schema: { summary: 'The till now', response: { 200: tillApi.tillStatus, ...problems() } } },
    () => tillStatus(status),
  );
  server.get(
    '/v1/catalogue',
    {
      schema: {
        summary: 'The items that the till sells',
        response: { 200: tillApi.catalogue, ...problems() },
      },
    },
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
  const reportOf = (which: 'current' | 'all'): tillApi.ItemReport =>
    itemReport(report, which === 'all' ? 'all' : shift.current().number, status.clock.nowMs());
  server.get(
    '/v1/reports/items',
    {
      schema: {
        summary: 'Sales by item',
        querystring: reportQuery,
        response: { 200: tillApi.itemReport, ...problems('invalid-request') },
      },
    },
    ({ query }) => reportOf(query.shift),
  );
  server.post(
    '/v1/reports/items/print',
    {
      schema: {
        summary: 'Print the sales by item',
        querystring: reportQuery,
        response: { 200: tillApi.itemReport, ...problems('invalid-request', 'printer-failed') },
      },
    },
    async ({ query }) => {
      const made = reportOf(query.shift);
      await printNow(printer, made.print);
      return made;
    },
  );
}

const closeProblems = [
  'shift-not-open',
  'shift-not-closed',
  'fiscal-drive-silent',
  'fiscal-drive-refused',
] as const;

function addShiftRoute(server: ApiServer, { shift, inTurn }: TillRoutesOptions): void {
  server.post(
    '/v1/shift/close',
    {
      schema: {
        summary: 'Close the shift; the next sale opens another',
        response: { 200: shiftMark, ...problems(...closeProblems) },
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
  const options = { cause: error };
  const storageFault = storageFaultOf(error);
  if (storageFault !== undefined) return new Problem('shift-not-closed', { storageFault }, options);
  if (!(error instanceof FiscalError)) return error;
  if (error.refusal === 'shift-not-open') return new Problem('shift-not-open', {}, options);
  if (error.code === 'silent') return new Problem('fiscal-drive-silent', {}, options);
  return new Problem('fiscal-drive-refused', { refusal: error.refusal }, options);
}
