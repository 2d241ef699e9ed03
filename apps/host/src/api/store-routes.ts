import type { Clock } from '@bivak/clock';
import { hostApi } from '@bivak/contracts';
import { Problem } from '@bivak/domain';
import type { ApiServer } from '@bivak/http-api';
import type { Logger } from '@bivak/process';
import { z } from 'zod';
import { currentEpoch, decideStore, trustedEpoch } from '../epoch/epoch.ts';
import {
  type BankTerms,
  decideByBooks,
  decideNothingDebited,
  heldPayments,
} from '../payments/after-restore.ts';
import type { Database } from '../store/index.ts';
import { storeView } from '../views/index.ts';
import { plainText } from './cursor.ts';

export interface StoreRoutesContext {
  database: Database;
  clock: Clock;
  log: Logger;
  banks: readonly BankTerms[];
  /** The highest block of trace numbers of which this host knows. */
  witnessedBlock: () => number;
  /** A person has decided about the store. */
  onDecided: () => void;
  /** Payments go on. */
  onCleared: () => void;
}

/** The store itself: whether it is known to be as new as the world, and what people decide after it was put back. */
export function addStoreRoutes(server: ApiServer, context: StoreRoutesContext): void {
  const { database, clock, log, onDecided } = context;
  server.get(
    '/v1/store',
    { schema: { summary: 'The store: its epoch, and what is doubted', response: { 200: hostApi.store } } },
    () => storeView(database, clock.nowMs()),
  );
  server.post(
    '/v1/store/decision',
    {
      schema: {
        summary: 'Record what a person has decided about a store in doubt',
        body: hostApi.storeDecisionMade,
        response: { 200: hostApi.store },
      },
    },
    async ({ body }) => {
      await decideStore(database, body, context.witnessedBlock(), clock.nowMs());
      log.warn({ ...body }, 'a person has decided about the store');
      onDecided();
      return storeView(database, clock.nowMs());
    },
  );
  addHeldRoutes(server, context);
}

const heldQuery = z.object({
  cursor: plainText.max(100).default(''),
  limit: z.coerce.number().int().min(1).max(500).default(500),
});

function addHeldRoutes(server: ApiServer, context: StoreRoutesContext): void {
  const { database, clock } = context;
  server.get(
    '/v1/store/perhaps-debited',
    {
      schema: {
        summary: 'Payments that may have been debited before the store was put back',
        querystring: heldQuery,
        response: { 200: hostApi.heldPaymentList },
      },
    },
    async ({ query: { cursor, limit } }) => {
      const items = await heldPayments(database, cursor, limit);
      return { items, nextCursor: items.length < limit ? null : items.at(-1)!.paymentId };
    },
  );
  server.post(
    '/v1/store/books',
    {
      schema: {
        summary: 'Record what the banks’ books say of such payments',
        body: hostApi.booksRead,
        response: { 200: hostApi.heldResult },
      },
    },
    async ({ body: { payments, ...read } }) => {
      await refusePartialBooks(context, read);
      const result = await decideByBooks(context, payments, read, clock.nowMs());
      context.onCleared();
      return result;
    },
  );
  server.post(
    '/v1/store/nothing-debited',
    {
      schema: {
        summary: 'Record that nothing but what the store knows was debited for such payments',
        body: hostApi.nothingDebited,
        response: { 200: hostApi.heldResult },
      },
    },
    async ({ body: { paymentIds, ...decision } }) => {
      await trustedEpoch(database);
      const result = await decideNothingDebited(context, paymentIds, decision, clock.nowMs());
      context.onCleared();
      return result;
    },
  );
}

/** A payment may have been debited at any bank, until the store’s new epoch began. Throws Problem `banks-missing` or `books-too-early`. */
async function refusePartialBooks(
  { database, banks }: StoreRoutesContext,
  { bankIds, until }: Pick<hostApi.BooksRead, 'bankIds' | 'until'>,
): Promise<void> {
  await trustedEpoch(database);
  const missing = banks.map(({ bankId }) => bankId).filter((bankId) => !bankIds.includes(bankId));
  if (missing.length > 0) throw new Problem('banks-missing', { bankIds: missing });
  const beganAt = (await currentEpoch(database)).began?.began_at;
  if (beganAt !== undefined && Date.parse(until) < beganAt.getTime())
    throw new Problem('books-too-early', { notBefore: beganAt.toISOString() });
}
