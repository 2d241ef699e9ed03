import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { readWhole, writeWhole } from './whole-file.ts';

const written = z.array(z.object({ name: z.string(), pid: z.number().int(), configFile: z.string() }));
export type WrittenProcess = z.infer<typeof written>[number];

const wait = (realMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, realMs));

/** Writes down which processes run, for a start after this supervisor was killed. */
export function writeProcesses(file: string, processes: readonly WrittenProcess[]): void {
  writeWhole(file, JSON.stringify(processes));
}

/**
 * Ends what an earlier supervisor that was killed has left running. Its processes end by themselves when it goes;
 * one that is still there after `patienceMs` is ended hard. A process id that meanwhile belongs to something else is
 * left alone: its command line does not name our configuration.
 */
export async function endLeftovers(file: string, patienceMs = 10_000): Promise<string[]> {
  const left = (readWhole(file, written) ?? []).filter(isStillRunning);
  const deadlineMs = performance.now() + patienceMs;
  for (const { pid } of left) signal(pid, 'SIGTERM');
  while (left.some(isStillRunning) && performance.now() < deadlineMs) await wait(50);
  for (const one of left.filter(isStillRunning)) signal(one.pid, 'SIGKILL');
  while (left.some(isStillRunning)) await wait(50);
  return left.map(({ name }) => name);
}

function isStillRunning({ pid, configFile }: WrittenProcess): boolean {
  return commandLine(pid).includes(configFile);
}

function commandLine(pid: number): string {
  try {
    if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  } catch {
    return '';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended meanwhile
  }
}
