import { connect } from 'node:net';
import { Problem, problemCodes } from '@bivak/domain';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ApiServer, createApiServer, listen, problemStatus } from './index.ts';

describe('an API server', () => {
  let server: ApiServer;
  let url: string;

  beforeAll(async () => {
    server = await createApiServer({ title: 'Test', version: '1.0.0', log: pino({ level: 'silent' }) });
    const schema = {
      body: z.strictObject({ quantity: z.number().int().min(1) }),
      response: { 200: z.object({ quantity: z.number() }) },
    };
    server.post('/v1/echo', { schema }, (request) => request.body);
    server.get('/v1/things/:name', () => ({}));
    server.get('/v1/problem', () => {
      throw new Problem('sale-key-reused', { saleKey: 'k', saleId: 'till-1-000001' });
    });
    server.get('/v1/bug', () => {
      throw new Error('secret detail of the machine');
    });
    url = `http://127.0.0.1:${await listen(server, 0)}`;
  });
  afterAll(() => server.close());

  const post = (body: string, type = 'application/json') =>
    fetch(`${url}/v1/echo`, { method: 'POST', body, headers: { 'content-type': type } });

  it('is ready if nothing keeps it from its work, and says what does', async () => {
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const readiness = [{ name: 'drive', fault: () => 'silent' }];
    const other = await createApiServer({
      title: 'Test',
      version: '1.0.0',
      log: pino({ level: 'silent' }),
      readiness,
    });
    const answer = await other.inject({ method: 'GET', url: '/readyz' });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({
      status: 'not-ready',
      checks: [{ name: 'drive', ok: false, fault: 'silent' }],
    });
    expect((await other.inject({ method: 'GET', url: '/healthz' })).statusCode).toBe(200);
    await other.close();
  });

  it('answers what a route answers', async () => {
    expect(await (await post('{"quantity":2}')).json()).toEqual({ quantity: 2 });
  });

  it.each([
    ['a field of the wrong kind', '{"quantity":"two"}', /body\/quantity/],
    ['a negative quantity', '{"quantity":-1}', /body\/quantity/],
    ['a field too many', '{"quantity":1,"pan":"x"}', /pan/],
    ['no JSON', '{"quantity":', /JSON/],
  ])('refuses %s with a problem document that names the place', async (_, body, detail) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({
      code: 'invalid-request',
      status: 400,
      detail: expect.stringMatching(detail),
    });
  });

  it.each([
    ['an address that cannot be read', 'GET /v1/% HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'invalid-request'],
    ['a part of one that cannot', 'GET /v1/things/%zz HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'invalid-request'],
    [
      'a part of one that is too long',
      `GET /v1/things/${'a'.repeat(300)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      414,
      'invalid-request',
    ],
    ['no HTTP', 'hello\r\n\r\n', 400, 'no-http'],
    [
      'a broken chunk',
      'POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
      400,
      'no-http',
    ],
    [
      'an endless header',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
  ])('answers %s with a problem document', async (_, bytes, status, code) => {
    const answer = await new Promise<string>((resolve) => {
      let received = '';
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes));
      socket.setEncoding('utf8').on('data', (text: string) => {
        received += text;
        if (/\}$/.test(received)) socket.destroy();
      });
      socket.on('error', () => {}).on('close', () => resolve(received));
    });
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({
      status,
      code,
      detail: expect.any(String),
    });
  });

  it('refuses another media type', async () => {
    expect((await post('<a/>', 'application/xml')).status).toBe(415);
  });

  it('gives a problem its status, its code and its facts', async () => {
    const response = await fetch(`${url}/v1/problem`);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      code: 'sale-key-reused',
      saleKey: 'k',
      saleId: 'till-1-000001',
      instance: '/v1/problem',
    });
    expect(Object.keys(problemStatus).toSorted()).toEqual(problemCodes.toSorted());
  });

  it.each([
    [undefined, /belongs to sale/],
    ['ru-RU,ru;q=0.9', /продаж/],
    ['xx,zz', /belongs to sale/],
    ['xx,ru;q=0.5,en;q=0.3', /продаж/],
  ])('says to a caller of %s what is wrong', async (accepted, detail) => {
    const headers = accepted === undefined ? {} : { 'accept-language': accepted };
    const document = (await (await fetch(`${url}/v1/problem`, { headers })).json()) as object;
    expect(document).toMatchObject({ title: expect.any(String), detail: expect.stringMatching(detail) });
  });

  it('keeps the cause of a bug to the log', async () => {
    const response = await fetch(`${url}/v1/bug`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
  });

  it('names the address that there is not', async () => {
    const response = await fetch(`${url}/v2/nothing`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: 'no-such-address',
      method: 'GET',
      path: '/v2/nothing',
      detail: expect.stringContaining('/v2/nothing'),
    });
  });

  it('describes itself in OpenAPI 3.1', async () => {
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
      openapi: string;
      paths: object;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/v1/echo');
  });
});
