import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('bivak host decide', () => {
  let host: Server;
  let url: string;
  const requests: string[] = [];

  beforeAll(async () => {
    host = createServer(async (request, response) => {
      requests.push(`${request.method} ${request.url} ${await text(request)}`);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{}');
    });
    host.listen(0, '127.0.0.1');
    await once(host, 'listening');
    url = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  });
  afterAll(() => host.close());

  const decide = async (...args: string[]) => {
    const main = join(import.meta.dirname, 'main.ts');
    const child = spawn(process.execPath, [main, 'host', 'decide', ...args, '--host', url], {
      env: { ...process.env, LC_ALL: 'C' },
    });
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { stdout, stderr, exitCode };
  };
  const who = ['--by', 'Anna', '--why', 'day file, line 12'];

  it('records who decided what about which attempt, and why', async () => {
    const { stdout, exitCode } = await decide('till-1-000007', '2', '--decision', 'nothing-debited', ...who);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Anna decided about attempt 2 of payment till-1-000007: nothing-debited');
    expect(requests).toEqual([
      'POST /v1/payments/till-1-000007/attempts/2/decision {"decision":"nothing-debited","by":"Anna","why":"day file, line 12"}',
    ]);
  });

  it('records a decision about a payment’s debt if no attempt is named', async () => {
    const { stdout, exitCode } = await decide('till-1-000007', '--decision', 'list-card', ...who);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Anna decided about the debt of payment till-1-000007: list-card');
    expect(requests.at(-1)).toBe(
      'POST /v1/debts/till-1-000007/decision {"decision":"list-card","by":"Anna","why":"day file, line 12"}',
    );
    const sent = requests.length;
    for (const args of [
      ['till-1-000007', '2', '--decision', 'list-card'],
      ['till-1-000007', '--decision', 'given-back'],
    ])
      expect(await decide(...args, ...who)).toMatchObject({ exitCode: 1 });
    expect(requests).toHaveLength(sent);
  });

  it('asks the host nothing if the command line is wrong', async () => {
    const sent = requests.length;
    expect(await decide('till-1-000007', '2', '--decision', 'forget-it', ...who)).toMatchObject({
      exitCode: 2,
    });
    expect(await decide('till-1-000007', '2', '--decision', 'given-back', '--by', 'Anna')).toMatchObject({
      exitCode: 2,
    });
    expect(
      await decide('till-1-000007', '2', '--decision', 'given-back', '--by', ' ', '--why', 'x'),
    ).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('1 to 60 characters') });
    expect(requests).toHaveLength(sent);
  });
});
