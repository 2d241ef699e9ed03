import { spawn } from 'node:child_process';
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
  const silences: string[] = [];
  let returned: () => void = () => {};

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-child-'));
    deaths.length = silences.length = 0;
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

  const supervise = (source: string, silenceMs?: number): Child => {
    writeFileSync(join(folder, 'main.mjs'), source);
    const child = superviseChild(
      {
        name: 'bank-north',
        script: join(folder, 'main.mjs'),
        configFile: join(folder, 'config.json'),
        logFile: join(folder, 'out.log'),
        url: `http://127.0.0.1:${port}`,
      },
      {
        onDeath: (_, how) => deaths.push(how),
        onSilence: (name) => silences.push(name),
        onReturn: () => returned(),
        onPid: () => {},
      },
      silenceMs,
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

  it('that does not answer is named while it is waited for', async () => {
    const child = supervise('setInterval(() => {}, 1_000);', 20);
    const started = child.start().catch((error: Error) => error.message);
    while (silences.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(silences.slice(0, 2)).toEqual(['bank-north', 'bank-north']);
    await child.stop(2_000);
    expect(await started).toContain('bank-north ended at its start');
  });

  it('answers, and reaches others on loopback, though the environment names a proxy that is dead', async () => {
    const proxy = createServer();
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    writeFileSync(
      join(folder, 'main.mjs'),
      `${healthyProcess}
      console.log('it reads', await (await fetch('http://127.0.0.1:' + port)).text());`,
    );
    // The proxy is read when a process starts: so the supervisor is one of its own, begun as main.ts begins.
    const supervisor = `
      import { withoutProxyOnLoopback } from ${JSON.stringify(import.meta.resolve('@bivak/process'))};
      import { superviseChild } from ${JSON.stringify(new URL('./child.ts', import.meta.url).href)};
      Object.assign(process.env, withoutProxyOnLoopback(process.env));
      const none = () => {};
      const plan = ${JSON.stringify({
        name: 'bank-north',
        script: join(folder, 'main.mjs'),
        configFile: join(folder, 'config.json'),
        logFile: join(folder, 'out.log'),
        url: `http://127.0.0.1:${port}`,
      })};
      const child = superviseChild(plan, { onDeath: none, onSilence: none, onReturn: none, onPid: none });
      await child.start();
      console.log(child.state().state);
      while (!readFileSync(plan.logFile, 'utf8').includes('it reads')) await new Promise((done) => setTimeout(done, 20));
      await child.stop(2_000);`;
    const script = join(folder, 'supervisor.mjs');
    writeFileSync(script, `import { readFileSync } from 'node:fs';${supervisor}`);
    const { port: proxyPort } = proxy.address() as AddressInfo;
    const deadProxy = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: `http://127.0.0.1:${proxyPort}` };
    const running = spawn(process.execPath, [script], {
      env: { ...process.env, ...deadProxy },
      stdio: 'pipe',
    });
    let output = '';
    for (const stream of [running.stdout, running.stderr]) stream.on('data', (chunk) => (output += chunk));
    const code = await new Promise((resolve) => running.once('close', resolve));
    proxy.close();
    expect({ code, output }).toEqual({ code: 0, output: 'running\n' });
    expect(readFileSync(join(folder, 'out.log'), 'utf8')).toContain('it reads ok');
  });

  it('that cannot start says why, with the end of its log', async () => {
    const child = supervise("console.error('the port is taken'); process.exit(3);");
    await expect(child.start()).rejects.toThrow(/bank-north.*exit code 3[\s\S]*the port is taken/);
  });
});
