import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiServer } from '@bivak/http-api';
import fastifyStatic from '@fastify/static';

/** Serves the touch screen at `/` from the folder into which it was built, or a text that says how to build it. */
export async function serveScreen(server: ApiServer, folder: string): Promise<void> {
  if (existsSync(join(folder, 'index.html'))) {
    await server.register(fastifyStatic, { root: folder, prefix: '/' });
    return;
  }
  server.get('/', { schema: { hide: true } }, (_, reply) =>
    reply
      .type('text/plain; charset=utf-8')
      .send('The till works; its screen is not built yet: npm run build\n'),
  );
}
