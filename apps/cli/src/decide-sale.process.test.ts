import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('bivak host', () => {
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

  const run = async (...args: string[]) => {
    const main = join(import.meta.dirname, 'main.ts');
    const child = spawn(process.execPath, [main, 'host', ...args, '--host', url], {
      env: { ...process.env, LC_ALL: 'C' },
    });
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { stdout, stderr, exitCode };
  };
  const who = ['--by', 'Anna', '--why', 'receipt 12 is in the drawer'];
  const said = '"by":"Anna","why":"receipt 12 is in the drawer"}';

  it('decide-sale records who decided what about a sale without an end, and why', async () => {
    const { stdout, exitCode } = await run('decide-sale', 'till-1-000007', '--decision', 'keep', ...who);
    expect([exitCode, stdout]).toEqual([0, 'Anna decided about sale till-1-000007: keep. Recorded.\n']);
    expect(requests.at(-1)).toBe(`POST /v1/payments/till-1-000007/decision {"decision":"keep",${said}`);
  });

  it('decide-entry records who decided what about a quarantined entry, and why', async () => {
    const { stdout, exitCode } = await run('decide-entry', 'till-1', '12', '--decision', 'collect', ...who);
    expect([exitCode, stdout]).toEqual([
      0,
      'Anna decided about entry 12 of till till-1: collect. Recorded.\n',
    ]);
    expect(requests.at(-1)).toBe(`POST /v1/tills/till-1/entries/12/decision {"decision":"collect",${said}`);
  });

  it('asks the host nothing if the command line is wrong', async () => {
    const sent = requests.length;
    expect(await run('decide-entry', 'till-1', '12', '--decision', 'forget-it', ...who)).toMatchObject({
      exitCode: 2,
    });
    expect(
      await run('decide-sale', 'till-1-000007', '--decision', 'keep', '--by', ' ', '--why', 'x'),
    ).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('1 to 60 characters') });
    expect(requests).toHaveLength(sent);
  });
});
