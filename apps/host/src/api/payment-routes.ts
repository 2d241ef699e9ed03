import { hostApi } from '@bivak/contracts';
import { paymentState, saleId, tillId } from '@bivak/domain';
import type { ApiServer } from '@bivak/http-api';
import { z } from 'zod';
import type { Queries } from '../store/index.ts';
import { listPayments, paymentDetail } from '../views/index.ts';
import { pageOf, pageQuery, plainText, readCursor } from './cursor.ts';

const listQuery = z.object({
  state: paymentState.optional(),
  tillId: tillId.optional(),
  search: plainText.max(60).optional(),
  ...pageQuery(100),
});

/** Payments: a list with filters, and one payment with its attempts and timeline. */
export function addPaymentRoutes(server: ApiServer, database: Queries): void {
  server.get(
    '/v1/payments',
    {
      schema: {
        summary: 'Payments, the newest first',
        querystring: listQuery,
        response: { 200: hostApi.paymentList },
      },
    },
    async ({ query: { state = null, tillId = null, search, limit, cursor } }) => {
      const filter = { state, tillId, search: search?.trim() || null };
      const items = await listPayments(database, filter, readCursor(cursor), limit);
      return pageOf(items, limit, ({ soldAt, id }) => ({ at: soldAt, id }));
    },
  );
  server.get(
    '/v1/payments/:id',
    {
      schema: {
        summary: 'A payment with its attempts and timeline',
        params: z.object({ id: saleId }),
        response: { 200: hostApi.paymentDetail },
      },
    },
    ({ params }) => paymentDetail(database, params.id),
  );
}
