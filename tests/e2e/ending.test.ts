import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { embeddedFolder } from '../../apps/host/src/store/index.ts';
import { dataFolder, Sandbox, until } from './sandbox.ts';

interface ProcessState {
  name: string;
  pid: number;
  url: string;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the end of a sandbox, in whatever way it comes', () => {
  const folder = dataFolder();
  const below = (...names: string[]): string => join(folder.path, 'sandbox', ...names);
  const running: Sandbox[] = [];
  afterAll(async () => {
    for (const sandbox of running) sandbox.process.kill('SIGKILL');
    await folder.remove();
  });

  const start = (...args: string[]): Sandbox => {
    const sandbox = new Sandbox(folder.path, args);
    running.push(sandbox);
    return sandbox;
  };
  const processesOf = async (url: string): Promise<ProcessState[]> =>
    ((await (await fetch(`${url}/v1/processes`)).json()) as { items: ProcessState[] }).items;
  const isDatabaseUp = (): boolean =>
    existsSync(join(embeddedFolder(below('data', 'host')), 'cluster', 'postmaster.pid'));

  it('is quiet and whole when Ctrl-C comes in the middle of the scenario', async () => {
    const sandbox = start();
    await until('the scenario is being played', () => /accepted offline/.test(sandbox.output()), 120_000);
    const url = /Sandbox panel\s+(http\S+)/.exec(sandbox.output())![1]!;
    const processes = await processesOf(url);
    const { code, output } = await sandbox.stop('SIGINT');
    expect(code, output).toBe(0);
    expect(output).not.toMatch(/broke off|Error|NOT TRUE/);
    expect(processes.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect(isDatabaseUp()).toBe(false);
  });

  it('leaves nothing behind when the sandbox itself is killed, also while it starts', async () => {
    const sandbox = start();
    await until(
      'processes are being started',
      () => existsSync(below('processes.json')) && /Starting/.test(sandbox.output()),
    );
    await until(
      'all have an id',
      () => (JSON.parse(readFileSync(below('processes.json'), 'utf8')) as unknown[]).length > 5,
    );
    const pids = (JSON.parse(readFileSync(below('processes.json'), 'utf8')) as ProcessState[]).map(
      ({ pid }) => pid,
    );
    await sandbox.stop('SIGKILL');
    await until('every process has ended by itself', () => pids.every((pid) => !isAlive(pid)));
  });

  it('goes on at the next start, says why it does not play the scenario again, and ends when its terminal is closed', async () => {
    // What a supervisor that was killed in the middle of writing it leaves.
    writeFileSync(below('processes.json'), '[{"name":"till-1","pid":');
    const sandbox = start();
    const url = await sandbox.url();
    expect(sandbox.output()).toMatch(/The scenario was interrupted; .*--reset/);
    const processes = await processesOf(url);
    const till = processes.find(({ name }) => name === 'till-1')!;
    const { items } = (await (await fetch(`${till.url}/v1/sales`)).json()) as { items: unknown[] };
    expect(items.length).toBeGreaterThan(0);
    sandbox.process.kill('SIGHUP');
    sandbox.process.kill('SIGINT'); // and somebody who is impatient
    const { code, output } = await sandbox.finished;
    expect(code, output).toBe(0);
    expect(processes.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect(isDatabaseUp()).toBe(false);
  });

  it('never empties a folder that is not its own', async () => {
    const other = dataFolder();
    mkdirSync(join(other.path, 'sandbox'));
    writeFileSync(join(other.path, 'sandbox', 'letter'), 'mine');
    const { code, output } = await new Sandbox(other.path, ['--reset', '--no-scenario']).finished;
    expect(code).toBe(1);
    expect(output).toMatch(/holds other things/);
    expect(output).not.toMatch(/^\s+at /m);
    expect(readdirSync(join(other.path, 'sandbox'))).toEqual(['letter']);
    await other.remove();
  });
});
