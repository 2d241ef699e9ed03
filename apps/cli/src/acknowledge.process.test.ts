import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('bivak host acknowledge', () => {
  let host: Server;
  let url: string;
  const requests: string[] = [];

  beforeAll(async () => {
    host = createServer(async (request, response) => {
      requests.push(`${request.method} ${request.url} ${await text(request)}`);
      const isOver = request.url!.includes('over');
      const problem = { type: 't', title: 'It is over', status: 409, code: 'alarm-ended', instance: 'i' };
      response.writeHead(isOver ? 409 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isOver ? { ...problem, detail: 'The alarm has ended.' } : {}));
    });
    host.listen(0, '127.0.0.1');
    await once(host, 'listening');
    url = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  });
  afterAll(() => host.close());

  const acknowledge = async (...args: string[]) => {
    const main = join(import.meta.dirname, 'main.ts');
    const child = spawn(process.execPath, [main, 'host', 'acknowledge', ...args], {
      env: { ...process.env, LC_ALL: 'C' },
    });
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { stdout, stderr, exitCode };
  };

  it('says to the host who has seen the alarm', async () => {
    const { stdout, exitCode } = await acknowledge('till-1:7', '--by', 'Anna', '--host', url);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Anna has seen alarm till-1:7');
    expect(requests).toEqual(['POST /v1/alarms/till-1%3A7/acknowledgement {"by":"Anna"}']);
  });

  it('says why the host did not record it', async () => {
    const over = await acknowledge('over', '--by', 'Anna', '--host', url);
    expect(over).toMatchObject({ exitCode: 1, stderr: 'bivak host acknowledge: The alarm has ended.\n' });
    const nobody = await acknowledge('7', '--by', ' ', '--host', url);
    expect(nobody).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('1 to 60 characters') });
    const away = await acknowledge('7', '--by', 'Anna', '--host', 'http://127.0.0.1:9');
    expect(away).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('does not answer') });
  });
});
