import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostApi } from '@bivak/contracts';
import { Problem } from '@bivak/domain';
import { type ApiServer, createApiServer, listen } from '@bivak/http-api';
import type { ProcessContext, RunningProcess } from '@bivak/process';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ConsoleConfig } from './config.ts';

const screenFolder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist');
const hostTimeoutMs = 10_000;

/**
 * Serves the console's screen and hands its reads on to the host, and one write: that somebody has seen an alarm. What
 * changes money, debts or the stop-list by hand comes with people and their rights.
 */
export async function startConsole(
  context: ProcessContext<ConsoleConfig>,
): Promise<RunningProcess & { port: number }> {
  const { config, clock, log } = context;
  const readiness = [{ name: 'host', fault: () => hostFault(config.hostUrl) }];
  const server = await createApiServer({ title: 'Bivak console', version: '1.0.0', log, readiness });
  server.get('/settings.json', { schema: { hide: true } }, () => ({
    sandboxUrl: config.sandboxUrl ?? null,
    timeZone: config.timeZone ?? null,
    tills: config.tills,
  }));
  server.get('/time.json', { schema: { hide: true } }, () => ({
    now: new Date(clock.nowMs()).toISOString(),
  }));
  handOn(server, config.hostUrl);
  await serveScreen(server);
  const port = await listen(server, config.port);
  return { port, stop: () => server.close() };
}

/** Without its host the console has nothing to show. */
async function hostFault(hostUrl: string): Promise<string | null> {
  const { origin } = new URL(hostUrl);
  const answer = await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(hostTimeoutMs) }).catch(
    () => null,
  );
  if (answer === null) return 'does not answer';
  return answer.ok ? null : `answers ${answer.status}`;
}

/** Reads, and acknowledgements of alarms; nothing else reaches the host. */
function handOn(server: ApiServer, hostUrl: string): void {
  const { origin } = new URL(hostUrl);
  // The origin is put before the path as text: resolved as an address, "//elsewhere/" would lead to another host.
  const targetOf = (url: string): string => `${origin}${url.slice('/api'.length)}`;
  server.get('/api/*', { schema: { hide: true } }, (request, reply) =>
    exchange(targetOf(request.url), {}, request, reply),
  );
  const schema = {
    hide: true,
    params: z.object({ alarmId: z.string().regex(/^[\w:.-]{1,100}$/) }),
    body: hostApi.acknowledgement,
  };
  server.post(
    '/api/v1/alarms/:alarmId/acknowledgement',
    { schema, onRequest: refuseForeignPages },
    (request, reply) => {
      const sent = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request.body),
      };
      return exchange(targetOf(request.url), sent, request, reply);
    },
  );
}

/**
 * Only the console's own pages may write: not one of another site, in the name of whoever sits before the browser. The
 * browser itself says so, and says nothing to an address that was only pointed at this machine.
 */
async function refuseForeignPages({ headers }: FastifyRequest): Promise<void> {
  if (headers['sec-fetch-site'] !== 'same-origin') throw new Problem('foreign-page', {});
}

/** Sends a request to the host, and gives its answer back with its status. */
async function exchange(
  target: string,
  sent: RequestInit,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const answer = await fetch(target, { ...sent, signal: AbortSignal.timeout(hostTimeoutMs) }).catch(
    (error: unknown) => {
      request.log.warn({ err: error }, 'the host does not answer');
      throw new Problem('host-unreachable', {});
    },
  );
  return reply
    .code(answer.status)
    .type(answer.headers.get('content-type') ?? 'application/json')
    .serializer((payload: string) => payload)
    .send(await answer.text());
}

async function serveScreen(server: ApiServer): Promise<void> {
  const index = join(screenFolder, 'index.html');
  if (!existsSync(index)) {
    server.get('/', { schema: { hide: true } }, (_, reply) =>
      reply.type('text/plain').send('The screen is not built yet: run "npm run build", then start again.'),
    );
    return;
  }
  await server.register(fastifyStatic, { root: screenFolder, wildcard: false });
  // Every address of the screen is a page of one application: its own router finds it, or says that there is none.
  server.get('/*', { schema: { hide: true } }, (request, reply) => {
    if (request.headers.accept?.includes('text/html') !== true) throw new Problem('not-found', {});
    return reply.sendFile('index.html');
  });
}
