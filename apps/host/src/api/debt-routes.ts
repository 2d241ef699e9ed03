import type { Clock } from '@bivak/clock';
import { hostApi } from '@bivak/contracts';
import { debtState, saleId } from '@bivak/domain';
import type { ApiServer } from '@bivak/http-api';
import type { Logger } from '@bivak/process';
import { z } from 'zod';
import { decideDebt } from '../recovery/decisions.ts';
import type { Database } from '../store/index.ts';
import { listDebts, readDebtView, stopListView } from '../views/index.ts';
import { pageOf, pageQuery, readCursor } from './cursor.ts';

const listQuery = z.object({ state: debtState.optional(), ...pageQuery(200) });

export interface DebtRoutesContext {
  database: Database;
  clock: Clock;
  log: Logger;
  /** A person has decided about a debt: recovery carries it out. */
  onDecided: () => void;
}

/** Debts, what people decide about them, and the stop-list. */
export function addDebtRoutes(server: ApiServer, context: DebtRoutesContext): void {
  const { database, clock, onDecided } = context;
  server.get(
    '/v1/debts',
    {
      schema: {
        summary: 'Debts, the newest first',
        querystring: listQuery,
        response: { 200: hostApi.debtList },
      },
    },
    async ({ query: { state = null, limit, cursor } }) => {
      const items = await listDebts(database, { state }, readCursor(cursor), limit);
      return pageOf(items, limit, ({ openedAt, id }) => ({ at: openedAt, id }));
    },
  );
  server.post(
    '/v1/debts/:id/decision',
    {
      schema: {
        summary: 'Record what a person has decided about a debt whose holder was not told as was promised',
        params: z.object({ id: saleId }),
        body: hostApi.debtDecisionMade,
        response: { 200: hostApi.debt },
      },
    },
    async ({ params: { id }, body }) => {
      await decideDebt(context, { paymentId: id, ...body }, clock.nowMs());
      onDecided();
      return readDebtView(database, id);
    },
  );
  server.get(
    '/v1/stop-list',
    { schema: { summary: 'The cards that tills refuse', response: { 200: hostApi.stopList } } },
    () => stopListView(database),
  );
}
