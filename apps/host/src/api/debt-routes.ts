import { hostApi } from '@bivak/contracts';
import { debtState } from '@bivak/domain';
import type { ApiServer } from '@bivak/http-api';
import { z } from 'zod';
import type { Queries } from '../store/index.ts';
import { listDebts, stopListView } from '../views/index.ts';
import { pageOf, pageQuery, readCursor } from './cursor.ts';

const listQuery = z.object({ state: debtState.optional(), ...pageQuery(200) });

/** Debts and the stop-list. */
export function addDebtRoutes(server: ApiServer, database: Queries): void {
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
  server.get(
    '/v1/stop-list',
    { schema: { summary: 'The cards that tills refuse', response: { 200: hostApi.stopList } } },
    () => stopListView(database),
  );
}
