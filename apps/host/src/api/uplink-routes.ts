import type { KeyObject } from 'node:crypto';
import type { Clock } from '@bivak/clock';
import { saleId, tillId, uplinkApi } from '@bivak/contracts';
import { type ApiServer, Problem } from '@bivak/http-api';
import { jwtVerify } from 'jose';
import { z } from 'zod';
import { enrolTill, findTill, noteContact, raiseAlarm } from '../fleet/fleet.ts';
import { acknowledgedSeq, takeBatch } from '../intake/intake.ts';
import { outcomesAfter } from '../payments/outcomes.ts';
import { stopListMessage } from '../stoplist/publisher.ts';
import { type Database, sql } from '../store/index.ts';

export interface UplinkContext {
  database: Database;
  clock: Clock;
  limits: uplinkApi.OfflineLimits;
  bankWindowMs: number;
  recoveryWindowMs: number;
  hostKey: { privateKey: KeyObject; publicKey: string };
  onJournal: (tillId: string) => void;
  /** Resolves when the payment has been decided, or when `waitMs` have passed. */
  settledWithin: (paymentId: string, waitMs: number) => Promise<void>;
}

const tillParams = z.object({ tillId });
const enrolmentProblems = {
  'unknown-till': [404, 'The host knows no till of this name; ask the operator to add it.'],
  'wrong-code': [403, 'The enrolment code is another one; ask the operator for it.'],
  'enrolled-with-another-key': [
    409,
    'This till is enrolled with another key; ask the operator for a new code.',
  ],
  'bad-key': [400, 'publicKey has to be an Ed25519 key: SPKI, base64.'],
} as const;

/** What tills ask of the host. Every request but enrolment is signed with the till's key. */
export function addUplinkRoutes(server: ApiServer, context: UplinkContext): void {
  const { database, clock } = context;
  server.addContentTypeParser(
    'application/x-ndjson',
    { parseAs: 'string', bodyLimit: 4_194_304 },
    (_, body, done) => done(null, body),
  );
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
      const error = await enrolTill(database, body, clock.nowMs());
      if (error !== null) throw new Problem(enrolmentProblems[error][0], error, enrolmentProblems[error][1]);
      await noteContact(database, body.tillId, clock.nowMs());
      return { tillId: body.tillId, hostPublicKey: context.hostKey.publicKey };
    },
  );
  addJournalRoute(server, context);
  addDownlinkRoute(server, context);
  addOutcomeRoute(server, context);
}

async function authenticated(
  { database, clock }: UplinkContext,
  asked: string,
  authorization: string | undefined,
): Promise<KeyObject> {
  const till = await findTill(database, asked);
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (till?.publicKey == null || token === undefined)
    throw new Problem(401, 'not-authenticated', 'Enrol first; then sign each request with the till’s key.');
  try {
    await jwtVerify(token, till.publicKey, {
      algorithms: ['EdDSA'],
      subject: asked,
      currentDate: new Date(clock.nowMs()),
      maxTokenAge: '2 minutes',
      clockTolerance: '5 minutes',
    });
  } catch {
    throw new Problem(
      401,
      'not-authenticated',
      'The request is not signed with this till’s key, or its signature is too old.',
    );
  }
  return till.publicKey;
}

function addJournalRoute(server: ApiServer, context: UplinkContext): void {
  const { database, clock } = context;
  server.post(
    '/v1/tills/:tillId/journal',
    {
      schema: {
        summary: 'Ship a batch of the till’s journal',
        params: tillParams,
        response: { 200: uplinkApi.acknowledgement },
      },
    },
    async ({ params, headers, body, log }) => {
      const publicKey = await authenticated(context, params.tillId, headers.authorization);
      if (typeof body !== 'string')
        throw new Problem(415, 'wrong-media-type', 'A batch is application/x-ndjson, one entry a line.');
      const result = await takeBatch(database, { tillId: params.tillId, publicKey }, body, clock.nowMs());
      await noteContact(database, params.tillId, clock.nowMs());
      if (result.taken > 0) context.onJournal(params.tillId);
      if (result.refused === null) return { tillId: params.tillId, acknowledgedSeq: result.acknowledgedSeq };
      log.error({ tillId: params.tillId, refused: result.refused.what }, 'a journal entry was refused');
      await raiseAlarm(database, params.tillId, result.refused.what, clock.nowMs());
      throw new Problem(
        409,
        'journal-refused',
        `${result.refused.what}. The entries before it are kept; this one is kept apart as evidence.`,
        {
          acknowledgedSeq: result.acknowledgedSeq,
          refusedSeq: result.acknowledgedSeq + 1,
        },
      );
    },
  );
}

const downlinkQuery = z.object({
  stopListVersion: z.coerce.number().int().min(0).default(0),
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
      await authenticated(context, params.tillId, headers.authorization);
      await noteContact(database, params.tillId, clock.nowMs(), query.stopListVersion);
      const list = await stopListMessage(database, context.hostKey.privateKey, query.stopListVersion);
      return {
        acknowledgedSeq: await acknowledgedSeq(database, params.tillId),
        hostNow: new Date(clock.nowMs()).toISOString(),
        limits: context.limits,
        bankWindowMs: context.bankWindowMs,
        recoveryWindowMs: context.recoveryWindowMs,
        stopList: list.message,
        stopListVersion: list.version,
        outcomes: await outcomesAfter(database, params.tillId, query.outcomesAfter, 500),
      };
    },
  );
}

const outcomeParams = z.object({ tillId, saleId });
const outcomeQuery = z.object({ waitMs: z.coerce.number().int().min(0).max(10_000).default(0) });

function addOutcomeRoute(server: ApiServer, context: UplinkContext): void {
  server.get(
    '/v1/tills/:tillId/sales/:saleId/outcome',
    {
      schema: {
        summary: 'The outcome of a sale that was asked online',
        params: outcomeParams,
        querystring: outcomeQuery,
        response: { 200: uplinkApi.onlineOutcome },
      },
    },
    async ({ params, headers, query }) => {
      await authenticated(context, params.tillId, headers.authorization);
      await context.settledWithin(params.saleId, query.waitMs);
      const [row] = await context.database.query<{ state: string }>(sql`
        select state from payments where payment_id = ${params.saleId} and till_id = ${params.tillId}`);
      const state: z.infer<typeof uplinkApi.onlineOutcome>['state'] =
        row?.state === 'collected' ? 'approved' : row?.state === 'declined' ? 'declined' : 'pending';
      return { saleId: params.saleId, state };
    },
  );
}
