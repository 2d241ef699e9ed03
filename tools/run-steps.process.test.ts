import { afterEach, describe, expect, it, vi } from 'vitest';
import { command, runSteps, type Step } from './run-steps.ts';

const lines: string[] = [];
const run = async (steps: Step[]): Promise<{ code: number; last: string | undefined }> => {
  lines.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(String(line)));
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const code = await runSteps(steps);
  return { code, last: lines.at(-1) };
};
const counted = (name: string, passed: number, failed: number): Step => ({
  name,
  run: async () => ({ passed, failed }),
});
const node = (code: string): Step => command('command', '--eval', [code]);

describe('a run of steps', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('ends with what it counted', async () => {
    expect(await run([counted('a', 3, 0), counted('b', 2, 0)])).toEqual({
      code: 0,
      last: '5 passed, 0 failed',
    });
    expect(await run([counted('a', 3, 1), counted('b', 2, 0)])).toEqual({
      code: 1,
      last: '5 passed, 1 failed',
    });
  });

  it('counts a step that breaks off as one failure and goes on', async () => {
    const broken: Step = { name: 'broken', run: () => Promise.reject(new Error('no such module')) };
    expect(await run([broken, counted('b', 2, 0)])).toEqual({ code: 1, last: '2 passed, 1 failed' });
  });

  it('counts a step that ran no test as a failure', async () => {
    expect(await run([counted('empty', 0, 0)])).toEqual({ code: 1, last: '0 passed, 1 failed' });
  });

  it('counts a command by how it ends, also by a signal', async () => {
    expect(await run([node('')])).toEqual({ code: 0, last: '1 passed, 0 failed' });
    expect(await run([node('process.exit(3)')])).toEqual({ code: 1, last: '0 passed, 1 failed' });
    expect(await run([node('process.kill(process.pid, "SIGKILL")')])).toEqual({
      code: 1,
      last: '0 passed, 1 failed',
    });
  });
});
