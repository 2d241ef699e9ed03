import type { AddressInfo, Socket } from 'node:net';
import swagger from '@fastify/swagger';
import {
  type ConnectionError,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  fastify,
  LogController,
} from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { Problem } from './problem.ts';

export type ApiServer = FastifyInstance<
  import('node:http').Server,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/**
 * An HTTP server whose routes are checked by zod schemas, described at `/openapi.json` (OpenAPI 3.1),
 * alive at `/healthz`, and whose every error is a problem document (RFC 9457).
 */
export async function createApiServer(options: {
  title: string;
  version: string;
  log: FastifyBaseLogger;
  bodyLimitBytes?: number;
}): Promise<ApiServer> {
  const server = fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimitBytes ?? 1_048_576,
    forceCloseConnections: true,
    // What fails before a route is found: an address that cannot be read, and bytes that are no HTTP.
    frameworkErrors: (error, request, reply) => {
      const problem = asProblem(error).toDocument(request.url);
      const answer = reply as unknown as FastifyReply; // no route, so that its type knows no answer
      void answer.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
    },
    clientErrorHandler: answerNoHttp,
  }).withTypeProvider<ZodTypeProvider>();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  await server.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: options.title, version: options.version } },
    transform: jsonSchemaTransform,
  });
  server.get('/openapi.json', { schema: { hide: true } }, () => server.swagger());
  server.get('/healthz', { schema: { hide: true } }, () => ({ status: 'ok' }));
  answerErrorsAsProblems(server as unknown as ApiServer);
  return server as unknown as ApiServer;
}

/** Answers bytes that are no HTTP request with a problem document and ends the connection. */
function answerNoHttp(error: ConnectionError, socket: Socket): void {
  if (socket.destroyed || !socket.writable) return;
  const [status, words] = noHttp[error.code] ?? [400, 'Bad Request'];
  const detail = `What came is no HTTP request that can be read (${error.code})`;
  const body = JSON.stringify(new Problem(status, 'invalid-request', detail).toDocument('/'));
  const head = [
    `HTTP/1.1 ${status} ${words}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const noHttp: Readonly<Record<string, [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
};

function answerErrorsAsProblems(server: ApiServer): void {
  server.setErrorHandler((error, request, reply) => {
    const problem = asProblem(error);
    if (problem.status >= 500) request.log.error({ err: error, url: request.url }, 'request failed');
    return reply
      .code(problem.status)
      .type('application/problem+json')
      .serializer((payload: unknown) => JSON.stringify(payload))
      .send(problem.toDocument(request.url));
  });
  server.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type('application/problem+json')
      .send(
        new Problem(
          404,
          'no-such-address',
          `There is no ${request.method} ${request.url} here; see /openapi.json`,
        ).toDocument(request.url),
      ),
  );
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map((issue) => ({
      where: `${error.validationContext ?? 'body'}${issue.instancePath}`,
      what: issue.message ?? 'is not valid',
    }));
    const detail = errors.map(({ where, what }) => `${where}: ${what}`).join('; ');
    return new Problem(400, 'invalid-request', detail, { errors });
  }
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status < 500) return new Problem(status, 'invalid-request', (error as Error).message);
  return new Problem(500, 'internal-error', 'An unexpected error; the log of this process has its cause.');
}

/** Binds the server to loopback; resolves with the port (the one asked for, or a free one where 0 is asked). */
export async function listen(server: ApiServer, port: number): Promise<number> {
  await server.listen({ host: '127.0.0.1', port });
  return (server.server.address() as AddressInfo).port;
}
