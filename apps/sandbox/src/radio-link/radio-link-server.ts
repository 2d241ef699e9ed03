import { type AddressInfo, createServer, type Server } from 'node:net';
import { sandboxApi } from '@bivak/contracts';
import { Problem, tillId } from '@bivak/domain';
import { createApiServer, listen } from '@bivak/http-api';
import type { ProcessContext, RunningProcess } from '@bivak/process';
import { z } from 'zod';
import { RadioLink } from './link.ts';

export const radioLinkConfig = z.object({
  port: z.number().int(),
  seed: z.number().int(),
  links: z.array(
    z.object({
      tillId,
      routes: z.array(
        z.object({ name: z.string(), listenPort: z.number().int(), targetPort: z.number().int() }),
      ),
    }),
  ),
});

/** The radio between tills and the world: a port for each route of each till, and a switch for each till's link. */
export async function startRadioLink({
  config,
  clock,
  log,
}: ProcessContext<z.infer<typeof radioLinkConfig>>): Promise<
  RunningProcess & { port: number; listenPorts: number[] }
> {
  const links = new Map(
    config.links.map((link, index) => [link.tillId, new RadioLink(link.tillId, clock, config.seed + index)]),
  );
  const servers: Server[] = [];
  for (const { tillId: id, routes } of config.links) {
    for (const { listenPort, targetPort } of routes) {
      const server = createServer({ allowHalfOpen: true }, (socket) =>
        links.get(id)!.carry(socket, targetPort),
      );
      await new Promise<void>((resolve, reject) =>
        server.once('error', reject).listen(listenPort, '127.0.0.1', resolve),
      );
      servers.push(server);
    }
  }
  const admin = await createApiServer({
    title: 'Sandbox radio link',
    version: '1.0.0',
    log,
    bodyLimitBytes: 16_777_216,
  });
  const items = z.object({ items: z.array(sandboxApi.linkState) });
  admin.get('/v1/link', { schema: { response: { 200: items } } }, () => ({
    items: [...links.values()].map((link) => link.state()),
  }));
  admin.put(
    '/v1/link/:till',
    {
      schema: {
        params: z.object({ till: tillId }),
        body: sandboxApi.linkSetting,
        response: { 200: sandboxApi.linkState },
      },
    },
    ({ params, body }) => {
      const link = links.get(params.till);
      if (link === undefined)
        throw new Problem('unknown-till', { tillId: params.till, known: [...links.keys()] });
      link.set(body);
      return link.state();
    },
  );
  const port = await listen(admin, config.port);
  return {
    port,
    listenPorts: servers.map((server) => (server.address() as AddressInfo).port),
    stop: async () => {
      await admin.close();
      for (const link of links.values()) link.close();
      await Promise.all(
        servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
      );
    },
  };
}
