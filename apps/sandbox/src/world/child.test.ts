import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Child, superviseChild } from './child.ts';

const healthyProcess = `
  import { createServer } from 'node:http';
  import { readFileSync } from 'node:fs';
  const { port } = JSON.parse(readFileSync(process.argv[3], 'utf8'));
  createServer((request, response) => response.end('ok')).listen(port, '127.0.0.1');
  console.log('listening');
  process.on('disconnect', () => process.exit(0));
`;

describe('a supervised process', () => {
  let folder: string;
  let port: number;
  const children: Child[] = [];
  const deaths: string[] = [];
  let returned: () => void = () => {};

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-child-'));
    deaths.length = 0;
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    port = (probe.address() as AddressInfo).port;
    await new Promise((resolve) => probe.close(resolve));
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ port }));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await child.stop(2_000);
    rmSync(folder, { recursive: true });
  });

  const supervise = (source: string): Child => {
    writeFileSync(join(folder, 'main.mjs'), source);
    const child = superviseChild(
      {
        name: 'bank-north',
        script: join(folder, 'main.mjs'),
        configFile: join(folder, 'config.json'),
        logFile: join(folder, 'out.log'),
        url: `http://127.0.0.1:${port}`,
      },
      { onDeath: (_, how) => deaths.push(how), onReturn: () => returned(), onPid: () => {} },
    );
    children.push(child);
    return child;
  };

  it('is running when it answers, and its output is in its log', async () => {
    const child = supervise(healthyProcess);
    expect(child.state().state).toBe('stopped');
    await child.start();
    expect(child.state()).toMatchObject({ state: 'running', starts: 1, pid: expect.any(Number) });
    expect(readFileSync(join(folder, 'out.log'), 'utf8')).toContain('listening');
  });

  it('comes back after a death that nobody asked for', async () => {
    const child = supervise(healthyProcess);
    await child.start();
    const back = new Promise<void>((resolve) => {
      returned = resolve;
    });
    process.kill(child.state().pid!, 'SIGKILL');
    await back;
    expect(deaths).toEqual(['SIGKILL']);
    expect(child.state()).toMatchObject({ state: 'running', starts: 2 });
  });

  it('stays down when its plug is pulled, until it is started', async () => {
    const child = supervise(healthyProcess);
    await child.start();
    await child.kill();
    expect(child.state()).toMatchObject({ state: 'stopped', pid: null });
    expect(deaths).toEqual([]);
    await child.start();
    expect(child.state().state).toBe('running');
  });

  it('that cannot start says why, with the end of its log', async () => {
    const child = supervise("console.error('the port is taken'); process.exit(3);");
    await expect(child.start()).rejects.toThrow(/bank-north.*exit code 3[\s\S]*the port is taken/);
  });
});
