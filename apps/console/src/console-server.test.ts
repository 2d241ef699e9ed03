import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startConsole } from './console-server.ts';

describe('the console’s server', () => {
  let host: Server;
  let requests: string[];
  let bodies: string[];
  let consoleUrl: string;
  let stop: () => Promise<void>;

  beforeEach(async () => {
    requests = [];
    bodies = [];
    host = createServer(async (request, response) => {
      requests.push(`${request.method} ${request.url}`);
      if (request.method === 'POST') bodies.push(await text(request));
      response.writeHead(request.url?.startsWith('/v1/payments/') ? 404 : 200, {
        'content-type': 'application/json',
      });
      response.end('{"items":[],"nextCursor":null}');
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    const hostUrl = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
    const started = await startConsole({
      config: { port: 0, hostUrl, tills: [] },
      clock: { nowMs: () => Date.UTC(2026, 10, 24, 11, 5), at: () => ({ cancel: () => {} }) },
      log: pino({ level: 'silent' }),
    });
    consoleUrl = `http://127.0.0.1:${started.port}`;
    stop = started.stop;
  });
  afterEach(async () => {
    await stop();
    host.close();
  });

  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(`${consoleUrl}/api${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const fromOwnPage = { 'sec-fetch-site': 'same-origin' };
  const acknowledgement = '/v1/alarms/till-1:7/acknowledgement';

  it('hands a read on to the host with its filter, and the answer back with its status', async () => {
    const answer = await fetch(`${consoleUrl}/api/v1/payments?state=collected`);
    expect(await answer.json()).toEqual({ items: [], nextCursor: null });
    expect((await fetch(`${consoleUrl}/api/v1/payments/till-1-000001`)).status).toBe(404);
    expect(requests).toEqual(['GET /v1/payments?state=collected', 'GET /v1/payments/till-1-000001']);
  });

  it('is ready as long as its host answers', async () => {
    expect((await fetch(`${consoleUrl}/readyz`)).status).toBe(200);
    host.closeAllConnections();
    await new Promise<void>((resolve) => host.close(() => resolve()));
    const answer = await fetch(`${consoleUrl}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ checks: [{ name: 'host', fault: 'does not answer' }] });
    expect((await fetch(`${consoleUrl}/healthz`)).status).toBe(200);
  });

  it('never reaches another host', async () => {
    await fetch(`${consoleUrl}/api//example.org/v1/money`);
    expect(requests).toEqual(['GET //example.org/v1/money']);
  });

  it('tells the time by its own clock', async () => {
    expect(await (await fetch(`${consoleUrl}/time.json`)).json()).toEqual({
      now: '2026-11-24T11:05:00.000Z',
    });
  });

  it('hands on that somebody has seen an alarm', async () => {
    expect((await post(acknowledgement, { by: ' Anna ' }, fromOwnPage)).status).toBe(200);
    expect(requests).toEqual([`POST ${acknowledgement}`]);
    expect(bodies).toEqual(['{"by":"Anna"}']);
  });

  it.each([
    ['a page of another site', acknowledgement, { by: 'Anna' }, { 'sec-fetch-site': 'cross-site' }, 403],
    ['whoever is no page of its own', acknowledgement, { by: 'Anna' }, {}, 403],
    ['nobody’s name', acknowledgement, { by: ' ' }, fromOwnPage, 400],
    ['a name of two lines', acknowledgement, { by: 'An\nna' }, fromOwnPage, 400],
    ['a name that turns the text around', acknowledgement, { by: 'An\u202ena' }, fromOwnPage, 400],
    ['another address by dots', '/v1/alarms/..%2f..%2fdebts/acknowledgement', { by: 'A' }, fromOwnPage, 400],
    ['any other write', '/v1/payments', {}, fromOwnPage, 404],
  ])('lets no write through of %s', async (_, path, body, headers, status) => {
    expect((await post(path, body, headers as Record<string, string>)).status).toBe(status);
    expect(requests).toEqual([]);
  });

  it('says so when the host does not answer', async () => {
    host.closeAllConnections();
    await new Promise((resolve) => host.close(resolve));
    const answer = await fetch(`${consoleUrl}/api/v1/money`);
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ code: 'host-unreachable' });
  });
});
