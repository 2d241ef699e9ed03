import type { KeyObject } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Clock } from '@bivak/clock';
import { saleId, tillId, uplinkApi } from '@bivak/contracts';
import { type ApiServer, Problem } from '@bivak/http-api';
import { z } from 'zod';
import { enrolTill, noteContact, raiseAlarm } from '../fleet/fleet.ts';
import { signedIn } from '../fleet/sign-in.ts';
import { readArrival } from '../intake/arrival.ts';
import { acknowledgedPlace, type IntakeResult, takeBatch } from '../intake/intake.ts';
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

const anyAge = { atAnyAge: true } as const;
const longestBatchBytes = 4_194_304;

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
      const arrival = body instanceof Readable ? readArrival(body, longestBatchBytes) : undefined;
      // Its entries are signed and numbered themselves: an old request brings nothing new, and a wrong clock loses no sale.
      const { publicKey, clockOffMs } = await signedIn(
        database,
        tillId,
        headers.authorization,
        clock.nowMs(),
        anyAge,
      );
      if (arrival === undefined)
        throw new Problem(415, 'wrong-media-type', 'A batch is application/x-ndjson, one entry a line.');
      const { text, end } = await arrival;
      if (end === 'too-long') reply.header('connection', 'close');
      const result = await takeBatch(database, { tillId, publicKey }, text, clock.nowMs());
      // An old request may be another's copy: only what is new in it shows that the till was there.
      if (clockOffMs === 0 || result.taken > 0) await noteHeard(context, tillId, clockOffMs);
      if (result.taken > 0) context.onJournal(tillId);
      if (end === 'cut') log.info({ tillId, taken: result.taken }, 'a batch was cut off on its way');
      if (result.refused !== null) {
        if (result.refused.isNew)
          log.error({ tillId, refused: result.refused.what }, 'a journal entry was refused');
        await raiseAlarm(database, tillId, result.refused.what, clock.nowMs());
        throw refusedProblem(result, result.refused);
      }
      if (end === 'too-long')
        throw new Problem(
          413,
          'batch-too-long',
          `A batch has at most ${longestBatchBytes} bytes. Its entries within them are kept; send on after the acknowledged one.`,
          { acknowledgedSeq: result.acknowledgedSeq },
        );
      return { tillId, acknowledgedSeq: result.acknowledgedSeq };
    },
  );
}

async function noteHeard(
  { database, clock }: UplinkContext,
  tillId: string,
  clockOffMs: number,
): Promise<void> {
  await noteContact(database, tillId, clock.nowMs());
  if (clockOffMs === 0) return;
  const minutes = Math.round(Math.abs(clockOffMs) / 60_000);
  const what = `its clock is ${minutes} minutes ${clockOffMs > 0 ? 'fast' : 'slow'}`;
  await raiseAlarm(database, tillId, what, clock.nowMs());
}

const refusedProblem = (
  { acknowledgedSeq }: IntakeResult,
  { what }: NonNullable<IntakeResult['refused']>,
): Problem =>
  new Problem(
    409,
    'journal-refused',
    `${what}. The entries before it are kept; this one is kept apart as evidence.`,
    { acknowledgedSeq, refusedSeq: acknowledgedSeq + 1 },
  );

/** The store's integer. */
const highestVersion = 2_147_483_647;
const downlinkQuery = z.object({
  stopListVersion: z.coerce.number().int().min(0).max(highestVersion).default(0),
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
      await signedIn(database, params.tillId, headers.authorization, clock.nowMs());
      await noteContact(database, params.tillId, clock.nowMs(), query.stopListVersion);
      const list = await stopListMessage(database, context.hostKey.privateKey, query.stopListVersion);
      const { seq, hash } = await acknowledgedPlace(database, params.tillId);
      return {
        acknowledgedSeq: seq,
        acknowledgedHash: seq === 0 ? null : hash,
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
  const { database, clock } = context;
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
      await signedIn(database, params.tillId, headers.authorization, clock.nowMs());
      // Listened to before the first look: what is decided in between is not missed.
      const settled = context.settledWithin(params.saleId, query.waitMs);
      const first = await onlineState(database, params.tillId, params.saleId);
      if (first !== 'pending') return { saleId: params.saleId, state: first };
      await settled;
      return { saleId: params.saleId, state: await onlineState(database, params.tillId, params.saleId) };
    },
  );
}

async function onlineState(
  database: Database,
  till: string,
  sale: string,
): Promise<z.infer<typeof uplinkApi.onlineOutcome>['state']> {
  const [row] = await database.query<{ state: string }>(sql`
    select state from payments where payment_id = ${sale} and till_id = ${till}`);
  if (row?.state === 'collected') return 'approved';
  return row?.state === 'declined' ? 'declined' : 'pending';
}
