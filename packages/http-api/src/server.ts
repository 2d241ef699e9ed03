import { STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Problem } from '@bivak/domain';
import swagger from '@fastify/swagger';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
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
import { type ProblemDocuments, problemDocuments } from './problem-document.ts';
import { problemStatus } from './problem-status.ts';
import { type ReadinessCheck, readinessOf } from './readiness.ts';

export type ApiServer = FastifyInstance<
  import('node:http').Server,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/**
 * An HTTP server whose routes are checked by zod schemas, described at `/openapi.json` (OpenAPI 3.1),
 * alive at `/healthz`, ready at `/readyz`, and whose every error is a problem document (RFC 9457). `currency`: of the sums in
 * its errors; `readiness`: what has to work so that it can do its own work (nothing: whoever answers is ready).
 */
export async function createApiServer(options: {
  title: string;
  version: string;
  log: FastifyBaseLogger;
  bodyLimitBytes?: number;
  currency?: string;
  readiness?: readonly ReadinessCheck[];
}): Promise<ApiServer> {
  const documents = problemDocuments(options.currency);
  const server = fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimitBytes ?? 1_048_576,
    forceCloseConnections: true,
    // What is wrong before a route is found: a broken address, one that is too long.
    frameworkErrors: (error, request, reply) => void sendProblem(documents, reply, asProblem(error), request),
    clientErrorHandler: (error, socket) => answerNoHttp(documents, error, socket),
  }).withTypeProvider<ZodTypeProvider>();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  await server.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: options.title, version: options.version } },
    transform: jsonSchemaTransform,
  });
  server.get('/openapi.json', { schema: { hide: true } }, () => server.swagger());
  server.get('/healthz', { schema: { hide: true } }, () => ({ status: 'ok' }));
  const readiness = options.readiness ?? [];
  server.get('/readyz', { schema: { hide: true } }, async (_, reply) => {
    const answer = await readinessOf(readiness);
    return reply.code(answer.status === 'ready' ? 200 : 503).send(answer);
  });
  answerErrorsAsProblems(server as unknown as ApiServer, documents);
  return server as unknown as ApiServer;
}

/** A problem, and HTTP's own status if HTTP itself refused the request. */
interface Refusal {
  problem: Problem;
  status: number;
}

const refusal = (problem: Problem, status = problemStatus[problem.code]): Refusal => ({ problem, status });

function answerErrorsAsProblems(server: ApiServer, documents: ProblemDocuments): void {
  server.setErrorHandler((error, request, reply) => {
    const refused = asProblem(error);
    if (refused.status >= 500) request.log.error({ err: error, url: pathOf(request.url) }, 'request failed');
    return sendProblem(documents, reply, refused, request);
  });
  server.setNotFoundHandler((request, reply) => {
    const { method, url } = request;
    return sendProblem(
      documents,
      reply,
      refusal(new Problem('no-such-address', { method, path: url })),
      request,
    );
  });
}

/** An address without what was searched for, which may be a card number that somebody typed whole. */
const pathOf = (url: string): string => url.split('?')[0]!;

function sendProblem(
  documents: ProblemDocuments,
  reply: FastifyReply,
  { problem, status }: Refusal,
  { url, headers }: { url: string; headers: FastifyRequest['headers'] },
): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(documents.of(problem.facts, url, headers['accept-language'], status));
}

/** Bytes that are no HTTP request: there is no reply to write to, only the connection. */
function answerNoHttp(documents: ProblemDocuments, error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { problem, status } = refusal(unreadable(error.code ?? ''));
  const body = JSON.stringify(documents.of(problem.facts, ''));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function unreadable(parserCode: string): Problem {
  if (parserCode === 'HPE_HEADER_OVERFLOW') return new Problem('headers-too-large', {});
  if (parserCode === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('too-slow', {});
  return new Problem('no-http', { parserCode });
}

function asProblem(error: unknown): Refusal {
  if (error instanceof Problem) return refusal(error);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map((issue) => ({
      where: `${error.validationContext ?? 'body'}${issue.instancePath}`,
      what: issue.message ?? 'is not valid',
    }));
    return refusal(new Problem('invalid-request', { errors }));
  }
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status >= 500) return refusal(new Problem('internal-error', {}));
  const errors = [{ where: 'request', what: (error as Error).message }];
  return refusal(new Problem('invalid-request', { errors }), status);
}

/** Binds the server to loopback; resolves with the port (`port`, or a free one for 0). */
export async function listen(server: ApiServer, port: number): Promise<number> {
  await server.listen({ host: '127.0.0.1', port });
  return (server.server.address() as AddressInfo).port;
}
