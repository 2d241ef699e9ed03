import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ApiServer, createApiServer, listen, Problem } from '@bivak/http-api';
import type { ProcessContext, RunningProcess } from '@bivak/process';
import fastifyStatic from '@fastify/static';
import type { ConsoleConfig } from './config.ts';

const screenFolder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist');

/**
 * Serves the console's screen and hands its reads on to the host. Only `GET` goes through: what changes money, debts
 * or the stop-list by hand comes with people and their rights.
 */
export async function startConsole(
  context: ProcessContext<ConsoleConfig>,
): Promise<RunningProcess & { port: number }> {
  const { config, clock, log } = context;
  const server = await createApiServer({ title: 'Bivak console', version: '1.0.0', log });
  server.get('/settings.json', { schema: { hide: true } }, () => ({
    sandboxUrl: config.sandboxUrl ?? null,
    timeZone: config.timeZone ?? null,
    tills: config.tills,
  }));
  server.get('/time.json', { schema: { hide: true } }, () => ({
    now: new Date(clock.nowMs()).toISOString(),
  }));
  handReadsOn(server, config.hostUrl);
  await serveScreen(server);
  const port = await listen(server, config.port);
  return { port, stop: () => server.close() };
}

function handReadsOn(server: ApiServer, hostUrl: string): void {
  const { origin } = new URL(hostUrl);
  server.get('/api/*', { schema: { hide: true } }, async (request, reply) => {
    // The origin is put before the path as text: resolved as a link, "//elsewhere/" would lead to another host.
    const target = `${origin}${request.url.slice('/api'.length)}`;
    const answer = await fetch(target, { signal: AbortSignal.timeout(10_000) }).catch((error: unknown) => {
      request.log.warn({ err: error }, 'the host does not answer');
      throw new Problem(
        502,
        'host-unreachable',
        'The payment host does not answer; the console tries again by itself.',
      );
    });
    return reply
      .code(answer.status)
      .type(answer.headers.get('content-type') ?? 'application/json')
      .serializer((payload: string) => payload)
      .send(await answer.text());
  });
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
    if (request.headers.accept?.includes('text/html') !== true)
      throw new Problem(404, 'not-found', `There is nothing at ${request.url}.`);
    return reply.sendFile('index.html');
  });
}
