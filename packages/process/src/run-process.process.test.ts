import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const runProcess = new URL('./run-process.ts', import.meta.url).href;
const zod = import.meta.resolve('zod');

describe('a process', () => {
  let folder: string;
  let outcome: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-process-'));
    outcome = join(folder, 'outcome');
    writeFileSync(join(folder, 'config.json'), '{}');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  /** A process that says "starting", then (when it is told to go on, on its standard input) "ready". */
  const start = (): ChildProcess => {
    const script = join(folder, 'main.mjs');
    writeFileSync(
      script,
      `import { writeFileSync } from 'node:fs';
       import { once } from 'node:events';
       import { z } from ${JSON.stringify(zod)};
       import { runProcess } from ${JSON.stringify(runProcess)};
       await runProcess('test', z.object({}), async () => {
         console.log('starting');
         await once(process.stdin, 'data');
         const timer = setInterval(() => {}, 1_000);
         return {
           stop: async () => {
             clearInterval(timer);
             writeFileSync(${JSON.stringify(outcome)}, 'stopped in order');
           },
         };
       });
       console.log('ready');`,
    );
    const child = spawn(process.execPath, [script, '--config', join(folder, 'config.json')], {
      stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
    });
    children.push(child);
    return child;
  };
  const hasSaid = async (child: ChildProcess, word: string): Promise<void> => {
    for await (const [chunk] of iterate(child)) if (chunk.toString().includes(word)) return;
  };
  async function* iterate(child: ChildProcess): AsyncGenerator<[Buffer]> {
    for (;;) yield (await once(child.stdout!, 'data')) as [Buffer];
  }

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('stops in order at %s', async (signal) => {
    const child = start();
    await hasSaid(child, 'starting');
    child.stdin!.write('go\n');
    await hasSaid(child, 'ready');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(readFileSync(outcome, 'utf8')).toBe('stopped in order');
  });

  it('stops in order when the process that started it goes away, also while it is starting', async () => {
    const child = start();
    await hasSaid(child, 'starting');
    const exit = once(child, 'exit');
    child.disconnect();
    // Time for it to notice; if it takes longer, it notices after its start, which is right as well.
    await new Promise((resolve) => setTimeout(resolve, 200));
    child.stdin!.write('go\n');
    expect(await exit).toEqual([0, null]);
    expect(readFileSync(outcome, 'utf8')).toBe('stopped in order');
  });
});
