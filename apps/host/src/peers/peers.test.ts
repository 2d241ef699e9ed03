import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { peerApi } from '@bivak/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { handClock, until } from '../testing/clock.ts';
import { silentLog } from '../testing/log.ts';
import { openPeers } from './peers.ts';
import { peerTokens } from './token.ts';

const master = Buffer.alloc(32, 7);

describe('a token between hosts', () => {
  const nowMs = Date.parse('2026-11-24T09:00:00.000Z');
  const tokens = peerTokens(master);
  const signed = async (by = tokens): Promise<string> =>
    `Bearer ${await by.sign({ hostName: 'one', requestId: 'request-1' }, nowMs)}`;

  it('names the host and the request', async () => {
    expect(await tokens.verify(await signed(), nowMs)).toEqual({ hostName: 'one', requestId: 'request-1' });
    expect(await peerTokens(master).verify(await signed(), nowMs)).toBeDefined();
  });

  it('is none if a host with another key has made it, if it is altered, or old, or missing', async () => {
    expect(await tokens.verify(await signed(peerTokens(Buffer.alloc(32, 8))), nowMs)).toBeUndefined();
    expect(await tokens.verify(`${(await signed()).slice(0, -4)}AAAA`, nowMs)).toBeUndefined();
    expect(await tokens.verify(await signed(), nowMs + 10 * 60_000)).toBeUndefined();
    expect(await tokens.verify(await signed(), nowMs - 10 * 60_000)).toBeUndefined();
    expect(await tokens.verify(undefined, nowMs)).toBeUndefined();
    expect(await tokens.verify('Bearer nonsense', nowMs)).toBeUndefined();
  });
});

describe('hosts of one store', { timeout: 60_000 }, () => {
  const clock = handClock();
  const tokens = peerTokens(master);
  let databases: TestDatabases;
  let database: Database;
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
  });

  const open = (hostName: string) => openPeers({ database, clock, log: silentLog, hostName, tokens });
  const isHere = async (hostName: string): Promise<boolean> =>
    (await database.query(sql`select host_name from hosts where host_name = ${hostName}`)).length > 0;
  /** Another host, which answers as it is told. */
  const serve = async (
    answer: (path: string, body: unknown) => number | 'cut',
  ): Promise<{ server: Server; url: string }> => {
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', async () => {
        const token = await tokens.verify(request.headers.authorization, clock.nowMs());
        const status = token === undefined ? 401 : answer(request.url!, JSON.parse(text));
        if (status === 'cut') request.socket.destroy();
        else response.writeHead(status, { 'content-type': 'application/json' }).end('{"said":"so"}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  };
  const close = (server: Server): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });

  it('find each other, also at another address, and are gone after an orderly end', async () => {
    const [one, two] = [open('one'), open('two')];
    const first = await serve(() => 200);
    expect(await one.ask('two', '/v1/any', {}, 1_000)).toEqual({ kind: 'not-sent' });
    two.appear(first.url);
    await until(() => isHere('two'));
    expect(await one.ask('two', '/v1/any', {}, 1_000)).toEqual({ kind: 'answered', body: { said: 'so' } });
    await close(first.server);
    expect(await one.ask('two', '/v1/any', {}, 1_000)).toEqual({ kind: 'not-sent' });
    const second = await serve(() => 200);
    const again = open('two');
    again.appear(second.url);
    await until(async () => (await one.ask('two', '/v1/any', {}, 1_000)).kind === 'answered');
    await Promise.all([two.stop(), again.stop()]);
    expect(await isHere('two')).toBe(false);
    await Promise.all([one.stop(), close(second.server)]);
  });

  it('are sure that nothing was done only if that is certain', async () => {
    const answers: Record<string, number | 'cut'> = {
      '/refused': 401,
      '/taken': 409,
      '/failed': 500,
      '/cut': 'cut',
    };
    const { server, url } = await serve((path) => answers[path]!);
    const [one, two] = [open('one'), open('two')];
    two.appear(url);
    await until(() => isHere('two'));
    const asked = async (path: string): Promise<string> => (await one.ask('two', path, {}, 1_000)).kind;
    expect(await asked('/refused')).toBe('not-sent');
    expect(await asked('/taken')).toBe('unknown');
    expect(await asked('/failed')).toBe('unknown');
    expect(await asked('/cut')).toBe('unknown');
    await Promise.all([one.stop(), two.stop(), close(server)]);
  });

  it('are told the news, all of it before the host ends', async () => {
    const heard: peerApi.NewsItem[] = [];
    const { server, url } = await serve((_, body) => {
      heard.push(...(body as { items: peerApi.NewsItem[] }).items);
      return 200;
    });
    const [one, two] = [open('one'), open('two')];
    two.appear(url);
    await until(() => isHere('two'));
    one.appear('http://127.0.0.1:1');
    await until(() => isHere('one'));
    await until(
      () => heard.length > 0,
      () => one.tell({ kind: 'lines-free' }),
    );
    const keys = Array.from({ length: 700 }, (_, index) => `till-1-${index}`);
    for (const key of keys) one.tell({ kind: 'decided', key });
    await one.stop();
    expect(heard.flatMap((item) => (item.kind === 'decided' ? [item.key] : []))).toEqual(keys);
    await Promise.all([two.stop(), close(server)]);
  });
});
