import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bankIds } from '../../apps/sandbox/src/world/business.ts';
import { dataFolder, portBase, Sandbox, until } from './sandbox.ts';

describe('the sandbox by hand', () => {
  const folder = dataFolder();
  let sandbox: Sandbox;
  let url: string;
  let processes: { name: string; url: string; pid: number; state: string; starts: number }[];
  const squatter = createServer();

  beforeAll(async () => {
    // The panel's usual port is taken by somebody else.
    await new Promise<void>((resolve) =>
      squatter.once('error', () => resolve()).listen(portBase, '127.0.0.1', resolve),
    );
    sandbox = new Sandbox(folder.path, ['--no-scenario']);
    url = await sandbox.url();
    processes = await items('/v1/processes');
  });
  afterAll(async () => {
    await sandbox.stop();
    squatter.close();
    await folder.remove();
  });

  async function items<Item>(path: string, base = url): Promise<Item[]> {
    return ((await (await fetch(`${base}${path}`)).json()) as { items: Item[] }).items;
  }
  const send = async (method: string, address: string, body: unknown) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(address, {
      method,
      body: text,
      headers: { 'content-type': 'application/json' },
    });
    return {
      status: answer.status,
      json: (await answer.json().catch(() => ({}))) as Record<string, unknown>,
    };
  };
  const urlOf = (name: string): string => processes.find((one) => one.name === name)!.url;

  it('steps over a port that is taken', () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(url).not.toBe(`http://127.0.0.1:${portBase}`);
  });

  it('takes a sale with the link down, by the API alone, and collects it when the link is back', async () => {
    const till = urlOf('till-1');
    const status = async () =>
      (await (await fetch(`${till}/v1/status`)).json()) as {
        link: { state: string };
        stopList: { version: number };
        queue: { entries: number };
      };
    await until(
      'the till is enrolled and has a stop-list',
      async () => (await status()).stopList.version > 0,
    );
    await send('PUT', `${url}/v1/link/till-1`, { mode: 'down' });
    await until('the till has noticed', async () => (await status()).link.state === 'down');
    await send('POST', `${url}/v1/reader/till-1/present`, { card: 'buyer-01' });
    const [item] = ((await (await fetch(`${till}/v1/catalogue`)).json()) as { items: { sku: string }[] })
      .items;
    const sale = { saleKey: 'by-hand-1', items: [{ sku: item!.sku, quantity: 2 }], tender: 'card' };
    const sold = await send('POST', `${till}/v1/sales`, sale);
    expect(sold).toMatchObject({
      status: 200,
      json: { outcome: 'accepted', mode: 'offline', receipt: { lines: expect.any(Array) } },
    });
    expect((await send('POST', `${till}/v1/sales`, sale)).json.saleId).toBe(sold.json.saleId);
    expect(
      await send('POST', `${till}/v1/sales`, { ...sale, items: [{ sku: item!.sku, quantity: 3 }] }),
    ).toMatchObject({ status: 409, json: { code: 'sale-key-reused' } });
    await send('PUT', `${url}/v1/link/till-1`, { mode: 'up' });
    await until('the payment is collected', async () => {
      const answer = await fetch(`${urlOf('host')}/v1/payments/${String(sold.json.saleId)}`);
      return answer.ok && ((await answer.json()) as { state: string }).state === 'collected';
    });
    const ledgers = await Promise.all(
      bankIds.map((bank) => items<{ reference: string; kind: string }>(`/v1/banks/${bank}/ledger`)),
    );
    expect(
      ledgers
        .flat()
        .filter(({ reference }) => reference === sold.json.saleId)
        .map(({ kind }) => kind),
    ).toEqual(['debit']);
  });

  it.each([
    [
      'an unknown SKU',
      { saleKey: 'bad-1', items: [{ sku: 'NOTHING', quantity: 1 }], tender: 'cash' },
      'unknown-sku',
    ],
    [
      'a negative quantity',
      { saleKey: 'bad-2', items: [{ sku: 'BUF-001', quantity: -1 }], tender: 'cash' },
      'bad-quantity',
    ],
    [
      'a sum that overflows',
      {
        saleKey: 'bad-3',
        items: Array.from({ length: 200 }, () => ({ sku: 'BUF-001', quantity: 1e15 })),
        tender: 'cash',
      },
      'bad-quantity',
    ],
    ['no items', { saleKey: 'bad-4', items: [], tender: 'cash' }, 'invalid-request'],
    ['no JSON', '{"saleKey":', 'invalid-request'],
  ])('refuses %s by name and stores nothing', async (_, body, code) => {
    const before = (await items('/v1/sales', urlOf('till-1'))).length;
    const answer = await send('POST', `${urlOf('till-1')}/v1/sales`, body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.json).toMatchObject({ code, detail: expect.any(String), instance: '/v1/sales' });
    expect(await items('/v1/sales', urlOf('till-1'))).toHaveLength(before);
  });

  it('describes each API in OpenAPI 3.1', async () => {
    for (const base of [url, urlOf('host'), urlOf('till-1'), urlOf('console')]) {
      expect(await (await fetch(`${base}/openapi.json`)).json()).toMatchObject({ openapi: '3.1.0' });
    }
  });

  it('survives garbage on every port it listens on', async () => {
    const ports = JSON.parse(
      (await import('node:fs')).readFileSync(join(folder.path, 'sandbox', 'ports.json'), 'utf8'),
    ) as Record<string, number>;
    for (const garbage of [
      'GET / HTTP/1.1\r\n\r\n\r\n',
      '\u0000\u0001\u00ff\u00fe garbage',
      '{"type":"read"}\n',
      '9'.repeat(5_000),
    ]) {
      await Promise.all(
        Object.values(ports).map(
          (port) =>
            new Promise<void>((resolve) => {
              const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(garbage, 'latin1')));
              socket.on('error', () => {}).on('close', () => resolve());
              setTimeout(() => socket.destroy(), 200);
            }),
        ),
      );
    }
    const after = await items<{ name: string; state: string; pid: number; starts: number }>('/v1/processes');
    expect(after.map(({ name, state, pid, starts }) => [name, state, pid, starts])).toEqual(
      processes.map(({ name, state, pid, starts }) => [name, state, pid, starts]),
    );
  });

  it('brings every process back that is killed, and sells and collects as before', async () => {
    const states = () => items<{ name: string; state: string; pid: number; starts: number }>('/v1/processes');
    for (const { pid } of await states()) process.kill(pid, 'SIGKILL');
    await until(
      'all are up again',
      async () => (await states()).every(({ state, starts }) => state === 'running' && starts >= 2),
      120_000,
    );
    const till = urlOf('till-2');
    await send('POST', `${url}/v1/reader/till-2/present`, { card: 'buyer-02' });
    const sale = { saleKey: 'after-the-kill', items: [{ sku: 'BUF-001', quantity: 1 }], tender: 'card' };
    let sold: { status: number; json: Record<string, unknown> } | undefined;
    await until('the till sells', async () => {
      sold = await send('POST', `${till}/v1/sales`, sale);
      return sold.status === 200;
    });
    expect(sold!.json).toMatchObject({ outcome: 'accepted' });
    await until('the payment is collected', async () => {
      const answer = await fetch(`${urlOf('host')}/v1/payments/${String(sold!.json.saleId)}`).catch(
        () => null,
      );
      return answer?.ok === true && ((await answer.json()) as { state: string }).state === 'collected';
    });
    processes = await items('/v1/processes');
  });

  it.each([
    ['POST', '/v1/reader/till-1/present', { card: '' }, 400],
    ['POST', '/v1/reader/till-1/present', { card: 'nobody' }, 404],
    ['POST', '/v1/reader/till-9/present', { card: 'buyer-01' }, 404],
    ['PUT', '/v1/link/till-1', { mode: 'trace', samples: [{ duration_ms: -1 }] }, 400],
    ['PUT', '/v1/link/till-1', { mode: 'trace', samples: 'all' }, 400],
    ['PUT', '/v1/banks/north', { mode: 'asleep' }, 400],
    ['PUT', '/v1/banks/../north', { mode: 'up' }, 404],
    ['PUT', '/v1/accounts/buyer-01', { balanceMinor: 1.5 }, 400],
    ['PUT', '/v1/accounts/buyer-01', { balanceMinor: 1e300 }, 400],
    ['PUT', '/v1/accounts/nobody', { balanceMinor: 1 }, 404],
    ['POST', '/v1/clock', { at: 'yesterday' }, 400],
    ['POST', '/v1/clock', { at: '2001-01-01T00:00:00.000Z' }, 422],
    ['POST', '/v1/clock', { advanceMs: 1e15 }, 422],
    ['POST', '/v1/clock', { speed: -1 }, 400],
    ['POST', '/v1/processes/host', { action: 'dance' }, 400],
    ['POST', '/v1/clock', 'null', 400],
    ['POST', '/v1/clock', '[', 400],
  ])('refuses %s %s %j with a problem document', async (method, path, body, status) => {
    const answer = await send(method, `${url}${path}`, body);
    expect(answer).toMatchObject({ status, json: { code: expect.any(String), detail: expect.any(String) } });
  });

  it('goes on when the clock jumps a year ahead', async () => {
    const { status } = await send('POST', `${url}/v1/clock`, { advanceMs: 366 * 86_400_000 });
    expect(status).toBe(200);
    for (const name of ['host', 'till-1', 'till-2', 'console'])
      expect((await fetch(`${urlOf(name)}/healthz`)).status).toBe(200);
    expect((await fetch(`${urlOf('till-1')}/v1/status`)).status).toBe(200);
  });

  it('lets a second sandbox on the same folder not begin, and says why', async () => {
    const { code, output } = await new Sandbox(folder.path, ['--no-scenario']).finished;
    expect(code).toBe(1);
    expect(output).toContain('Another sandbox runs on');
  });

  it.each([
    [['--nonsense'], /nonsense/],
    [['--link', '/nowhere.json'], /there is no file/],
    [['--kill', 'bank'], /host, till/],
  ])('refuses %j and says what it takes', async (args, words) => {
    const { code, output } = await new Sandbox(folder.path, args).finished;
    expect(code).toBe(2);
    expect(output).toMatch(words);
  });

  it('refuses a file that is no recording', async () => {
    const file = join(folder.path, 'trace.json');
    writeFileSync(file, '[{"duration_ms":1}]');
    const { code, output } = await new Sandbox(folder.path, ['--link', file]).finished;
    expect(code).toBe(2);
    expect(output).toContain('a recorded link is a JSON list');
  });
});
