import type { Clock } from '@bivak/clock';
import { hostApi } from '@bivak/contracts';
import { Problem, saleId, tillId } from '@bivak/domain';
import type { ApiServer } from '@bivak/http-api';
import type { Logger } from '@bivak/process';
import { z } from 'zod';
import { decideEntry } from '../intake/quarantine.ts';
import { decideSaleEnd } from '../payments/sale-end.ts';
import type { Database } from '../store/index.ts';
import { type LineEnd, listRejected, listUnaccounted, paymentDetail } from '../views/index.ts';
import { pageOf, pageQuery, readCursor } from './cursor.ts';

export interface AccountingRoutesContext {
  database: Database;
  clock: Clock;
  log: Logger;
  /** A person has decided: what follows from it is done next. */
  onDecided: () => void;
}

const lineQuery = z.object({
  tillId: tillId.optional(),
  state: z.enum(['open', 'ended']).default('open'),
  ...pageQuery(100),
});

/** What intake has accepted and no payment accounts for, entry by entry, and what people decide about it. */
export function addAccountingRoutes(server: ApiServer, context: AccountingRoutesContext): void {
  const { database, clock, log, onDecided } = context;
  server.get(
    '/v1/unaccounted',
    {
      schema: {
        summary: 'Accepted card sales that no payment accounts for, and every quarantined entry',
        querystring: lineQuery,
        response: { 200: hostApi.unaccountedList },
      },
    },
    async ({ query: { tillId = null, state, limit, cursor } }) => {
      const items = await listUnaccounted(database, { tillId, state }, readLineCursor(cursor), limit);
      const last = items.at(-1);
      const isLast = items.length < limit || last === undefined;
      return { items, nextCursor: isLast ? null : `${last.tillId} ${last.seq}` };
    },
  );
  server.post(
    '/v1/tills/:tillId/entries/:seq/decision',
    {
      schema: {
        summary: 'Record what a person has decided about a quarantined entry',
        params: z.object({ tillId, seq: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
        body: hostApi.entryDecisionMade,
        response: { 200: hostApi.entryDecided },
      },
    },
    async ({ params, body }) => {
      await decideEntry(database, { ...params, ...body }, clock.nowMs());
      log.info({ ...params, ...body }, 'a person has decided about a quarantined entry');
      onDecided();
      return { ...params, decision: body.decision };
    },
  );
  server.post(
    '/v1/payments/:id/decision',
    {
      schema: {
        summary: 'Record what a person has decided about a sale whose till never wrote its end',
        params: z.object({ id: saleId }),
        body: hostApi.endDecisionMade,
        response: { 200: hostApi.paymentDetail },
      },
    },
    async ({ params: { id }, body }) => {
      await decideSaleEnd(context, { paymentId: id, ...body }, clock.nowMs());
      onDecided();
      return paymentDetail(database, id, clock.nowMs());
    },
  );
  addRejectedRoute(server, database);
}

const rejectedQuery = z.object({ tillId: tillId.optional(), ...pageQuery(100) });

function addRejectedRoute(server: ApiServer, database: Database): void {
  server.get(
    '/v1/rejected-entries',
    {
      schema: {
        summary: 'Entries of journals that were not taken, the newest first',
        querystring: rejectedQuery,
        response: { 200: hostApi.rejectedList },
      },
    },
    async ({ query: { tillId = null, limit, cursor } }) => {
      const items = await listRejected(database, tillId, readCursor(cursor), limit);
      return pageOf(items, limit, ({ rejectedAt, entryHash }) => ({ at: rejectedAt, id: entryHash }));
    },
  );
}

/** Throws Problem `bad-cursor`. */
function readLineCursor(cursor: string | undefined): LineEnd | null {
  if (cursor === undefined) return null;
  const [, till = '', seq] = /^([a-z0-9-]{1,31}) (\d{1,15})$/.exec(cursor) ?? [];
  if (seq === undefined) throw new Problem('bad-cursor', {});
  return { tillId: till, seq: Number(seq) };
}
