import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopEmbedded } from '../../apps/host/src/store/index.ts';
import { root } from '../architecture/source-tree.ts';

/** A data folder of its own, removed (with its database) at the end. */
export function dataFolder(): { path: string; remove: () => Promise<void> } {
  const path = mkdtempSync(join(tmpdir(), 'bivak-e2e-'));
  return {
    path,
    remove: async () => {
      await stopEmbedded(join(path, 'sandbox', 'data', 'host'), { drop: true });
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Where this run's ports begin: away from a sandbox that somebody runs beside the tests, and from another run of them. */
export const portBase = 10_000 + (process.pid % 200) * 100;

export interface Finished {
  code: number | null;
  output: string;
  lines: string[];
}

/** A sandbox as `npm start` starts it, on a data folder. */
export class Sandbox {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  #output = '';

  constructor(dataDir: string, args: readonly string[]) {
    const command = [
      join(root, 'apps/sandbox/src/main.ts'),
      '--data-dir',
      join(dataDir, 'sandbox'),
      '--port-base',
      String(portBase),
      ...args,
    ];
    this.process = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
    this.finished = new Promise((resolve) => {
      this.process.on('close', (code) =>
        resolve({ code, output: this.#output, lines: this.#output.trimEnd().split('\n') }),
      );
    });
  }

  output(): string {
    return this.#output;
  }

  /** The panel's address, once everything is up. */
  async url(): Promise<string> {
    await until(
      'the sandbox is up',
      () => {
        if (this.process.exitCode !== null) throw new Error(`the sandbox ended: ${this.#output}`);
        return /Everything stays up/.test(this.#output);
      },
      120_000,
    );
    return /Sandbox panel\s+(http\S+)/.exec(this.#output)![1]!;
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<Finished> {
    this.process.kill(signal);
    return this.finished;
  }
}

/** Polls in real time: real processes are waited for. */
export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  maxMs = 60_000,
): Promise<void> {
  for (const endMs = Date.now() + maxMs; ; ) {
    if (await isTrue()) return;
    if (Date.now() > endMs) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The records of an append-only file of the simulated world. */
export function records<Row>(dataDir: string, process: string, file: string): Row[] {
  const text = readFileSync(join(dataDir, 'sandbox', 'data', process, file), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}
