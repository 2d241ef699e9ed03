import { Readable } from 'node:stream';
import type { Clock } from '@bivak/clock';
import { uplinkApi } from '@bivak/contracts';
import { type OfflineLimits, Problem, saleId, tillId } from '@bivak/domain';
import type { ApiServer } from '@bivak/http-api';
import { z } from 'zod';
import { currentEpoch } from '../epoch/epoch.ts';
import { recordContact } from '../fleet/contact.ts';
import { enrolWithinLimit } from '../fleet/enrolment.ts';
import { enrolmentLimit } from '../fleet/enrolment-limit.ts';
import { compareMemory } from '../fleet/memory.ts';
import { outcomesAfter } from '../fleet/outbox.ts';
import { signedIn } from '../fleet/sign-in.ts';
import { readArrival } from '../intake/arrival.ts';
import { acknowledgedPlace, takeBatch } from '../intake/intake.ts';
import { unreadableReaderKeys } from '../intake/progress.ts';
import type { Verify } from '../intake/verifier.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { SigningKey } from '../keys/signing-key.ts';
import { onlineOutcome } from '../payments/online-outcome.ts';
import { type HeldList, publishedHash, stopListMessage } from '../stoplist/publisher.ts';
import type { Database, Queries } from '../store/index.ts';

export interface UplinkContext {
  database: Database;
  /** They encrypt what arrives beside the entries. */
  keys: KeyStore;
  clock: Clock;
  limits: OfflineLimits;
  bankWindowMs: number;
  recoveryWindowMs: number;
  hostKey: SigningKey;
  /** Checks batches off the event loop; if it is missing, in slices on it. */
  verify?: Verify;
  onJournal: (tillId: string) => void;
  /** Resolves when the payment has been decided, or when `waitMs` have passed. */
  decidedWithin: (paymentId: string, waitMs: number) => Promise<void>;
}

const tillParams = z.object({ tillId });

/** What tills request of the host. Every request but enrolment is signed with the till's key. */
export function addUplinkRoutes(server: ApiServer, context: UplinkContext): void {
  const { database, clock } = context;
  const limit = enrolmentLimit();
  // Read by the route itself, as far as it arrives.
  server.addContentTypeParser('application/x-ndjson', (_, body, done) => done(null, body));
  server.post(
    '/v1/enrolment',
    {
      schema: {
        summary: 'Take a till’s key for its one-time code',
        body: uplinkApi.enrolment,
        response: { 200: uplinkApi.enrolled },
      },
    },
    async ({ body }) => {
      await enrolWithinLimit(database, limit, body, clock.nowMs());
      await recordContact(database, body.tillId, { clockOffMs: null }, clock.nowMs());
      const { epoch, epochId } = await currentEpoch(database);
      return { tillId: body.tillId, hostPublicKey: context.hostKey.publicKey, epoch, epochId };
    },
  );
  addJournalRoute(server, context);
  addDownlinkRoute(server, context);
  addOutcomeRoute(server, context);
}

const anyAge = { atAnyAge: true } as const;
const maxBatchBytes = 4_194_304;

function addJournalRoute(server: ApiServer, context: UplinkContext): void {
  const { database, clock } = context;
  server.post(
    '/v1/tills/:tillId/journal',
    {
      schema: {
        summary: 'Ship a batch of the till’s journal',
        description: 'application/x-ndjson, one entry a line; cut anywhere, its whole entries count',
        params: tillParams,
        response: { 200: uplinkApi.acknowledgement },
      },
    },
    async ({ params: { tillId }, headers, body, log }, reply) => {
      const arrival = body instanceof Readable ? readArrival(body, maxBatchBytes) : undefined;
      // Its entries are signed and numbered themselves: an old request brings nothing new, and a wrong clock loses no sale.
      const { publicKey, formerKeys, clockOffMs, memory } = await signedIn(
        database,
        tillId,
        headers.authorization,
        clock.nowMs(),
        anyAge,
      );
      if (arrival === undefined) throw new Problem('wrong-media-type', {});
      const { epoch, epochId, isKnown } = await compareMemory(database, tillId, memory, clock.nowMs());
      if (!isKnown) {
        const { seq: acknowledgedSeq } = await acknowledgedPlace(database, tillId);
        throw new Problem('store-epoch-changed', { epoch, epochId, acknowledgedSeq });
      }
      const { bytes, end } = await arrival;
      if (end === 'too-long') reply.header('connection', 'close');
      const result = await takeBatch(
        { database, keys: context.keys },
        { tillId, publicKey, formerKeys, epoch },
        bytes,
        clock.nowMs(),
        context.verify,
      );
      // An old request may be another's copy: only what is new in it shows that the till was there.
      if (clockOffMs === 0 || result.taken > 0)
        await recordContact(database, tillId, { clockOffMs }, clock.nowMs());
      if (result.taken > 0) context.onJournal(tillId);
      if (end === 'cut') log.info({ tillId, taken: result.taken }, 'a batch was cut off on its way');
      const { acknowledgedSeq, refused } = result;
      if (refused !== null) {
        const { fault, isNew } = refused;
        if (isNew) log.error({ tillId, afterSeq: acknowledgedSeq, fault }, 'a journal entry was refused');
        throw new Problem('journal-refused', { acknowledgedSeq, refusedSeq: acknowledgedSeq + 1, fault });
      }
      if (end === 'too-long')
        throw new Problem('batch-too-long', { acknowledgedSeq, maxBytes: maxBatchBytes });
      return { tillId, epoch, epochId, acknowledgedSeq };
    },
  );
}

/** The store's integer. */
const maxVersion = 2_147_483_647;
const downlinkQuery = z.object({
  stopListVersion: z.coerce.number().int().min(0).max(maxVersion).default(0),
  outcomesAfter: z.coerce.number().int().min(0).default(0),
});

function addDownlinkRoute(server: ApiServer, context: UplinkContext): void {
  const { database, clock } = context;
  server.get(
    '/v1/tills/:tillId/downlink',
    {
      schema: {
        summary: 'What the host has for a till',
        params: tillParams,
        querystring: downlinkQuery,
        response: { 200: uplinkApi.downlink },
      },
    },
    async ({ params, headers, query }) => {
      const { memory } = await signedIn(database, params.tillId, headers.authorization, clock.nowMs());
      const { epoch, epochId } = await compareMemory(database, params.tillId, memory, clock.nowMs());
      const stopListVersion = memory?.stopListVersion ?? query.stopListVersion;
      const contact = { clockOffMs: 0, stopListVersion };
      await recordContact(database, params.tillId, contact, clock.nowMs());
      const { privateKey } = context.hostKey;
      const held = await heldList(database, query.stopListVersion, memory);
      const list = await stopListMessage(database, { privateKey, epochId }, held);
      const { seq, hash } = await acknowledgedPlace(database, params.tillId);
      return {
        epoch,
        epochId,
        acknowledgedSeq: seq,
        acknowledgedHash: seq === 0 ? null : hash,
        hostNow: new Date(clock.nowMs()).toISOString(),
        limits: context.limits,
        bankWindowMs: context.bankWindowMs,
        recoveryWindowMs: context.recoveryWindowMs,
        stopList: list.message,
        stopListVersion: list.version,
        stopListHash: list.hash,
        unreadableReaderKeys: await unreadableReaderKeys(database, params.tillId),
        outcomes: await outcomesAfter(database, params.tillId, query.outcomesAfter, 500),
      };
    },
  );
}

/** The list that a till has, or the empty one if it asks for the whole list. */
async function heldList(
  queries: Queries,
  version: number,
  memory: uplinkApi.TillMemory | null,
): Promise<HeldList> {
  if (version === memory?.stopListVersion) return { version, hash: memory.stopListHash };
  return { version, hash: (await publishedHash(queries, version)).hash ?? '' };
}

const outcomeParams = z.object({ tillId, saleId });
const outcomeQuery = z.object({ waitMs: z.coerce.number().int().min(0).max(10_000).default(0) });

function addOutcomeRoute(server: ApiServer, context: UplinkContext): void {
  const { database, clock } = context;
  server.get(
    '/v1/tills/:tillId/sales/:saleId/outcome',
    {
      schema: {
        summary: 'The outcome of a sale that was requested online',
        params: outcomeParams,
        querystring: outcomeQuery,
        response: { 200: uplinkApi.onlineOutcome },
      },
    },
    async ({ params, headers, query }) => {
      const { memory } = await signedIn(database, params.tillId, headers.authorization, clock.nowMs());
      await compareMemory(database, params.tillId, memory, clock.nowMs());
      // Watched before the first look: what is decided in between is not missed.
      const decided = context.decidedWithin(params.saleId, query.waitMs);
      const first = await onlineOutcome(database, params.tillId, params.saleId);
      if (first !== 'pending') return { saleId: params.saleId, state: first };
      await decided;
      const state = await onlineOutcome(database, params.tillId, params.saleId);
      return { saleId: params.saleId, state };
    },
  );
}
