import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const ids = ['till-1-000001', 'till-1-000002'];
const store = {
  epoch: 2,
  epochId: 'second',
  beganAt: '2026-11-24T09:00:00.000Z',
  decidedBy: 'Anna',
  why: 'disk',
  doubts: [],
  atStake: { count: 0, sumMinor: 0 },
  perhapsDebited: { count: 2, sumMinor: 900 },
  options: [],
};

describe('bivak host decide-store, read-books, nothing-debited', () => {
  let host: Server;
  let url: string;
  let folder: string;
  let requests: { path: string; body: unknown }[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-books-'));
    host = createServer(async (request, response) => {
      const body = await text(request);
      requests.push({ path: request.url!, body: body === '' ? null : JSON.parse(body) });
      const answers: Record<string, object> = {
        '/v1/store/decision': store,
        '/v1/store/perhaps-debited?limit=200&cursor=': {
          items: [{ paymentId: ids[0], amountMinor: 1 }],
          nextCursor: ids[0],
        },
        [`/v1/store/perhaps-debited?limit=200&cursor=${ids[0]}`]: {
          items: [{ paymentId: ids[1], amountMinor: 1 }],
          nextCursor: null,
        },
        '/v1/store/books': body.includes(ids[0]!)
          ? { cleared: [ids[0]], unclear: [] }
          : { cleared: [], unclear: [ids[1]] },
        '/v1/store/nothing-debited': { cleared: ids, unclear: [] },
      };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answers[request.url!] ?? {}));
    });
    host.listen(0, '127.0.0.1');
    await once(host, 'listening');
    url = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    requests = [];
  });
  afterAll(() => {
    host.close();
    rmSync(folder, { recursive: true });
  });

  const who = { by: 'Anna', why: 'day files of 24 November' };
  const bivak = async (...args: string[]) => {
    const main = join(import.meta.dirname, 'main.ts');
    const command = [main, 'host', ...args, '--by', who.by, '--why', who.why, '--host', url];
    const child = spawn(process.execPath, command, { env: { ...process.env, LC_ALL: 'C' } });
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { stdout, stderr, exitCode };
  };

  it('records a decision about the store, and says what is held', async () => {
    const { stdout, exitCode } = await bivak('decide-store', '--decision', 'restored');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('epoch 2; 2 payments are held');
    expect(requests).toEqual([{ path: '/v1/store/decision', body: { decision: 'restored', ...who } }]);
    expect(await bivak('decide-store', '--decision', 'forget-it')).toMatchObject({ exitCode: 2 });
  });

  it('gives the host each held payment with its lines of every day file, and says what is not clear', async () => {
    const line = { kind: 'debit', amountMinor: 500, stan: '000007', rrn: '632800000007', at: 'x' };
    const [north, volga] = ['north', 'volga'].map((bank) => join(folder, bank)) as [string, string];
    const lines = [
      { ...line, reference: ids[0] },
      { ...line, reference: 'till-9-000009' },
    ];
    writeFileSync(north, lines.map((one) => `${JSON.stringify(one)}\n`).join(''));
    writeFileSync(volga, '');
    const until = '2026-11-25T03:00:00.000Z';
    const files = ['--file', `north=${north}`, '--file', `volga=${volga}`, '--until', until];
    const { stdout, exitCode, stderr } = await bivak('read-books', ...files);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      `1 payment goes on.\nFor 1 payment the books give no clear answer; it stays held: ${ids[1]}\n`,
    );
    const { kind, amountMinor, stan, rrn } = line;
    const sent = requests.filter(({ path }) => path === '/v1/store/books').map(({ body }) => body);
    expect(sent).toEqual([
      {
        ...who,
        until,
        bankIds: ['north', 'volga'],
        payments: [{ paymentId: ids[0], lines: [{ bankId: 'north', kind, amountMinor, stan, rrn }] }],
      },
      { ...who, until, bankIds: ['north', 'volga'], payments: [{ paymentId: ids[1], lines: [] }] },
    ]);
    writeFileSync(volga, '{"kind":"debit"}\n');
    expect(await bivak('read-books', ...files)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('line 1, is no line of a day file'),
    });
  });

  it('clears payments by name, or all, and never by mistake', async () => {
    expect(await bivak('nothing-debited', ...ids)).toMatchObject({ stdout: '2 payments go on.\n' });
    expect(requests.map(({ body }) => body)).toEqual([{ ...who, paymentIds: ids }]);
    expect(await bivak('nothing-debited')).toMatchObject({ exitCode: 1 });
    expect(await bivak('nothing-debited', '--all', ids[0]!)).toMatchObject({ exitCode: 1 });
    expect(await bivak('nothing-debited', '--all')).toMatchObject({ exitCode: 0 });
  });
});
