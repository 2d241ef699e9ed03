import type { AddressInfo, Socket } from 'node:net';
import swagger from '@fastify/swagger';
import {
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
import { Problem, problemTitles } from './problem.ts';

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
    // What is wrong before a route is found: a broken address, one that is too long.
    frameworkErrors: (error, request, reply) => void sendProblem(reply, asProblem(error), request.url),
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

function answerErrorsAsProblems(server: ApiServer): void {
  server.setErrorHandler((error, request, reply) => {
    const problem = asProblem(error);
    if (problem.status >= 500) request.log.error({ err: error, url: pathOf(request.url) }, 'request failed');
    return sendProblem(reply, problem, request.url);
  });
  server.setNotFoundHandler((request, reply) => {
    const detail = `There is no ${request.method} ${request.url} here; see /openapi.json`;
    return sendProblem(reply, new Problem(404, 'no-such-address', detail), request.url);
  });
}

/** An address without what was searched for, which may be a card number that somebody typed whole. */
const pathOf = (url: string): string => url.split('?')[0]!;

function sendProblem(reply: FastifyReply, problem: Problem, instance: string): FastifyReply {
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(problem.toDocument(instance));
}

/** Bytes that are no HTTP request: there is no reply to write to, only the connection. */
function answerNoHttp(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = unreadable(error.code ?? '');
  const body = JSON.stringify(problem.toDocument(''));
  const head = [
    `HTTP/1.1 ${problem.status} ${problemTitles[problem.status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function unreadable(code: string): Problem {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Problem(431, 'headers-too-large', 'The headers of a request may have 16 KiB.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Problem(408, 'too-slow', 'The request did not arrive whole in time; send it again.');
  return new Problem(400, 'no-http', `What came is no HTTP request that can be read (${code}).`);
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
