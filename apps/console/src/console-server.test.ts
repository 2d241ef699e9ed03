import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startConsole } from './console-server.ts';

describe('the console’s server', () => {
  let host: Server;
  let seen: string[];
  let consoleUrl: string;
  let stop: () => Promise<void>;

  beforeEach(async () => {
    seen = [];
    host = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
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

  it('hands a read on to the host with its filter, and the answer back with its status', async () => {
    const answer = await fetch(`${consoleUrl}/api/v1/payments?state=collected`);
    expect(await answer.json()).toEqual({ items: [], nextCursor: null });
    expect((await fetch(`${consoleUrl}/api/v1/payments/till-1-000001`)).status).toBe(404);
    expect(seen).toEqual(['GET /v1/payments?state=collected', 'GET /v1/payments/till-1-000001']);
  });

  it('never reaches another host', async () => {
    await fetch(`${consoleUrl}/api//example.org/v1/money`);
    expect(seen).toEqual(['GET //example.org/v1/money']);
  });

  it('tells the time by its own clock', async () => {
    expect(await (await fetch(`${consoleUrl}/time.json`)).json()).toEqual({
      now: '2026-11-24T11:05:00.000Z',
    });
  });

  it('lets no write through', async () => {
    expect((await fetch(`${consoleUrl}/api/v1/payments`, { method: 'POST', body: '{}' })).status).toBe(404);
    expect(seen).toEqual([]);
  });

  it('says so when the host does not answer', async () => {
    host.closeAllConnections();
    await new Promise((resolve) => host.close(resolve));
    const answer = await fetch(`${consoleUrl}/api/v1/money`);
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ code: 'host-unreachable' });
  });
});
