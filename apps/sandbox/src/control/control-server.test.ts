import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { sandboxApi } from '@bivak/contracts';
import { listen } from '@bivak/http-api';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeSetting } from '../clock/change.ts';
import { notPlayed } from '../scenario/kept-scenario.ts';
import { adminClient } from './admin.ts';
import { createControlServer } from './control-server.ts';

describe('the sandbox’s API', () => {
  let url: string;
  let admin: Server;
  let requests: { method: string; path: string; body: string }[];
  let answers: Record<string, { status?: number; json: unknown }>;
  let done: string[];
  let close: () => Promise<void>;

  beforeEach(async () => {
    requests = [];
    done = [];
    answers = {};
    admin = createServer(async (request, response) => {
      const path = request.url!;
      let body = '';
      for await (const chunk of request) body += chunk;
      requests.push({ method: request.method!, path, body });
      const { status = 200, json } = answers[`${request.method} ${path}`] ?? { json: {} };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    });
    await new Promise<void>((resolve) => admin.listen(0, '127.0.0.1', resolve));
    const adminUrl = `http://127.0.0.1:${(admin.address() as AddressInfo).port}`;
    let setting = { anchorRealMs: 0, anchorVirtualMs: Date.parse('2026-11-23T15:00:00.000Z'), speed: 0 };
    const process = { name: 'host', state: 'running', pid: 1, url: adminUrl, starts: 1 } as const;
    const server = await createControlServer({
      log: pino({ level: 'silent' }),
      panelFolder: '/nowhere',
      controlled: {
        sendToAdmin: adminClient((name) =>
          name === 'sms-centre' ? 'http://127.0.0.1:1' : `${adminUrl}/${name}`,
        ),
        clock: {
          nowMs: () => setting.anchorVirtualMs,
          setting: () => setting,
          change: (change) => {
            setting = changeSetting(setting, change, 0);
            return setting;
          },
        },
        processes: {
          list: (): sandboxApi.ProcessState[] => [process],
          start: async (name) => {
            done.push(`start ${name}`);
          },
          kill: async (name) => {
            done.push(`kill ${name}`);
          },
        },
        tills: [{ tillId: 'till-1', url: 'http://127.0.0.1:8731' }],
        banks: new Map([['north', { ru: 'Банк Север', en: 'North Bank' }]]),
        scenario: () => notPlayed,
      },
    });
    url = `http://127.0.0.1:${await listen(server, 0)}`;
    close = () => server.close();
  });
  afterEach(async () => {
    await close();
    admin.close();
  });

  const send = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  };

  it('hands a card to the reader of its till', async () => {
    expect((await send('POST', '/v1/reader/till-1/present', { card: 'buyer-01' })).status).toBe(200);
    expect(requests).toEqual([
      { method: 'POST', path: '/reader-till-1/v1/present', body: '{"card":"buyer-01"}' },
    ]);
  });

  it('switches a bank and answers how it is then', async () => {
    const setting = { mode: 'silent', mind: 'hostile', seed: 7, weights: {} };
    answers['GET /bank-north/v1/setting'] = { json: setting };
    const { json } = await send('PUT', '/v1/banks/north', { mode: 'silent' });
    expect(json).toEqual({
      bankId: 'north',
      name: { ru: 'Банк Север', en: 'North Bank' },
      ...setting,
    });
    expect(requests[0]).toMatchObject({ method: 'PUT', path: '/bank-north/v1/setting' });
  });

  it('hands a problem of a process on as it is', async () => {
    answers['PUT /issuers/v1/accounts/nobody'] = {
      status: 404,
      json: {
        type: 't',
        title: 't',
        status: 404,
        code: 'unknown-card',
        detail: 'no such card',
        instance: '/',
        card: 'nobody',
        known: ['buyer-01'],
      },
    };
    const { status, json } = await send('PUT', '/v1/accounts/nobody', { balanceMinor: 1 });
    expect(status).toBe(404);
    expect(json).toMatchObject({
      code: 'unknown-card',
      card: 'nobody',
      known: ['buyer-01'],
      instance: '/v1/accounts/nobody',
    });
  });

  it('says which process does not answer, and what to do', async () => {
    const { status, json } = await send('GET', '/v1/sms');
    expect(status).toBe(502);
    expect(json).toMatchObject({
      code: 'process-not-running',
      process: 'sms-centre',
      detail: expect.stringContaining('sms-centre'),
    });
  });

  it('does not take an answer in an unknown form for the truth', async () => {
    answers['GET /bank-north/v1/ledger'] = { json: { items: [{ pan: '2200000000000000' }] } };
    const { status, json } = await send('GET', '/v1/banks/north/ledger');
    expect(status).toBe(502);
    expect(JSON.stringify(json)).not.toContain('2200000000000000');
  });

  it.each([
    ['POST', '/v1/reader/till-9/present', { card: 'buyer-01' }, 404, 'unknown-till'],
    ['PUT', '/v1/link/till-1', { mode: 'sideways' }, 400, 'invalid-request'],
    ['PUT', '/v1/banks/south', { mode: 'up' }, 404, 'unknown-bank'],
    ['POST', '/v1/processes/ghost', { action: 'kill' }, 404, 'unknown-process'],
    ['POST', '/v1/clock', { at: '2026-11-01T00:00:00.000Z' }, 422, 'clock-cannot-go-back'],
    ['POST', '/v1/clock', { advanceMs: -1 }, 400, 'invalid-request'],
    ['POST', '/v1/clock', { at: '2150-01-01T00:00:00.000Z' }, 422, 'clock-too-far'],
  ])('refuses %s %s %j', async (method, path, body, status, code) => {
    const answer = await send(method, path, body);
    expect(answer).toMatchObject({ status, json: { code } });
    expect(requests).toEqual([]);
  });

  it('moves the clock ahead and sets its speed', async () => {
    const { json } = await send('POST', '/v1/clock', { advanceMs: 60_000, speed: 20 });
    expect(json).toEqual({ now: '2026-11-23T15:01:00.000Z', speed: 20 });
    expect((await send('GET', '/v1/clock')).json).toEqual(json);
  });

  it('pulls a plug and starts again', async () => {
    await send('POST', '/v1/processes/host', { action: 'kill' });
    const { json } = await send('POST', '/v1/processes/host', { action: 'start' });
    expect(done).toEqual(['kill host', 'start host']);
    expect(json).toMatchObject({ name: 'host', state: 'running' });
  });

  it('has tills, the scenario, its description, and says so if the panel is not built', async () => {
    expect((await send('GET', '/v1/tills')).json).toEqual({
      items: [{ tillId: 'till-1', url: 'http://127.0.0.1:8731' }],
    });
    expect((await send('GET', '/v1/scenario')).json).toMatchObject({ state: 'not-played' });
    expect(Object.keys((await send('GET', '/openapi.json')).json.paths as object)).toContain(
      '/v1/banks/{bank}/ledger',
    );
    expect(await (await fetch(url)).text()).toContain('npm run build');
  });
});
