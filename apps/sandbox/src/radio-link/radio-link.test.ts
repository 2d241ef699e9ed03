import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@bivak/clock';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRadioLink } from './radio-link-server.ts';

describe('the radio link', () => {
  let host: Server;
  let link: Awaited<ReturnType<typeof startRadioLink>>;
  let requests: number;

  beforeEach(async () => {
    requests = 0;
    host = createServer((request, response) => {
      requests++;
      request.resume();
      request.on('end', () => response.end('x'.repeat(2_000)));
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    const targetPort = (host.address() as AddressInfo).port;
    link = await startRadioLink({
      config: {
        port: 0,
        seed: 1,
        links: [{ tillId: 'till-1', routes: [{ name: 'host', listenPort: 0, targetPort }] }],
      },
      clock: systemClock,
      log: pino({ level: 'silent' }),
    });
  });
  afterEach(async () => {
    await link.stop();
    host.closeAllConnections();
    host.close();
  });

  const through = (signal?: AbortSignal) =>
    fetch(`http://127.0.0.1:${link.listenPorts[0]}/`, {
      headers: { connection: 'close' },
      ...(signal === undefined ? {} : { signal }),
    });
  const set = (body: object, till = 'till-1') =>
    fetch(`http://127.0.0.1:${link.port}/v1/link/${till}`, {
      method: 'PUT',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const state = async () =>
    (
      (await (await fetch(`http://127.0.0.1:${link.port}/v1/link`)).json()) as {
        items: { passing: boolean; bytesDown: number; changesAt: string | null }[];
      }
    ).items[0]!;

  it('carries both ways and counts', async () => {
    expect(await (await through()).text()).toHaveLength(2_000);
    expect((await state()).bytesDown).toBeGreaterThan(2_000);
  });

  it('passes nothing while it is down, and what waited when it is up again', async () => {
    await set({ mode: 'down' });
    await expect(through(AbortSignal.timeout(150))).rejects.toThrow();
    expect(requests).toBe(0);
    const waiting = through();
    await set({ mode: 'up' });
    expect(await (await waiting).text()).toHaveLength(2_000);
  });

  it('plays a recording', async () => {
    await set({ mode: 'trace', samples: [{ duration_ms: 100_000, bandwidth_kbps: 0, latency_ms: 0 }] });
    expect(await state()).toMatchObject({ passing: false, changesAt: expect.any(String) });
    await set({ mode: 'model', seed: 5 });
    expect((await state()).passing).toBe(true);
    await set({ mode: 'trace', samples: [{ duration_ms: 0.00001, bandwidth_kbps: 900, latency_ms: 0 }] });
    expect(await (await through()).text()).toHaveLength(2_000);
    await set({ mode: 'down' });
    expect((await state()).changesAt).toBeNull();
  });

  it.each([
    [{ mode: 'sideways' }, 400],
    [{ mode: 'trace', samples: [] }, 400],
    [{ mode: 'trace', samples: [{ duration_ms: 0, bandwidth_kbps: 1, latency_ms: 1 }] }, 400],
    [{ mode: 'up', kbps: -1 }, 400],
  ])('refuses %j', async (body, status) => {
    expect((await set(body)).status).toBe(status);
    expect(await (await through()).text()).toHaveLength(2_000);
  });

  it('knows its tills', async () => {
    expect((await set({ mode: 'up' }, 'till-9')).status).toBe(404);
  });
});
