import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiServer, createApiServer } from '@bivak/http-api';
import { createRenderer } from '@bivak/messages';
import type { Logger } from '@bivak/process';
import fastifyStatic from '@fastify/static';
import type { Controlled } from './controlled.ts';
import { addMachineRoutes } from './machine-routes.ts';
import { addWorldRoutes } from './world-routes.ts';

/** The sandbox's own API and, at `/`, its panel. */
export async function createControlServer(options: {
  controlled: Controlled;
  log: Logger;
  /** Where the built panel lies. */
  panelFolder: string;
}): Promise<ApiServer> {
  const { controlled, log, panelFolder } = options;
  const server = await createApiServer({ title: 'Bivak sandbox', version: '1.0.0', log });
  addWorldRoutes(server, controlled);
  addMachineRoutes(server, controlled);
  if (existsSync(join(panelFolder, 'index.html'))) {
    await server.register(fastifyStatic, { root: panelFolder, wildcard: false });
  } else {
    const { t } = createRenderer({ language: 'en' });
    server.get('/', { schema: { hide: true } }, (_, reply) =>
      reply.type('text/plain').send(t('sandbox:panelNotBuilt')),
    );
  }
  return server;
}
