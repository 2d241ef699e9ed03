import type { Clock } from '@bivak/clock';
import { hostApi } from '@bivak/contracts';
import { paymentState, saleId, tillId } from '@bivak/domain';
import type { ApiServer } from '@bivak/http-api';
import type { Logger } from '@bivak/process';
import { z } from 'zod';
import { decideAttempt } from '../payments/decisions.ts';
import type { Database } from '../store/index.ts';
import { listPayments, paymentDetail } from '../views/index.ts';
import { pageOf, pageQuery, plainText, readCursor } from './cursor.ts';

const listQuery = z.object({
  state: paymentState.optional(),
  tillId: tillId.optional(),
  search: plainText.max(60).optional(),
  ...pageQuery(100),
});

export interface PaymentRoutesContext {
  database: Database;
  clock: Clock;
  log: Logger;
  /** ISO 4217. */
  currency: string;
  /** A person has decided about an attempt: its payment goes on. */
  onDecided: () => void;
}

/** Payments: a list with filters, one payment with its attempts and timeline, and what people decide about attempts. */
export function addPaymentRoutes(server: ApiServer, context: PaymentRoutesContext): void {
  const { database, clock, currency, onDecided } = context;
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
      const filter = { state, tillId, search: search?.trim() || null, currency };
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
    ({ params }) => paymentDetail(database, params.id, clock.nowMs()),
  );
  server.post(
    '/v1/payments/:id/attempts/:number/decision',
    {
      schema: {
        summary: 'Record what a person has decided about an attempt, by the bank’s books',
        params: z.object({ id: saleId, number: z.coerce.number().int().min(1).max(9_999) }),
        body: hostApi.decision,
        response: { 200: hostApi.paymentDetail },
      },
    },
    async ({ params: { id, number }, body }) => {
      await decideAttempt(context, { paymentId: id, attempt: number, ...body }, clock.nowMs());
      onDecided();
      return paymentDetail(database, id, clock.nowMs());
    },
  );
}
