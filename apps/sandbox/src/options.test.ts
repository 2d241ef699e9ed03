import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOptions, type SandboxOptions } from './options.ts';

/** What the command line says, or what is written about it and the exit code. */
function read(...args: string[]): SandboxOptions | { exitCode: number; text: string } {
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  try {
    return readOptions(args, { writeOut: write, writeErr: write });
  } catch (error) {
    return { exitCode: (error as CommanderError).exitCode, text };
  }
}
const refused = (words: RegExp) => ({ exitCode: 2, text: expect.stringMatching(words) });

describe('the command line', () => {
  it('begins by hand with the scenario, in a folder of the project', () => {
    expect(read()).toMatchObject({
      isOnce: false,
      isReset: false,
      hasScenario: true,
      language: 'en',
      trace: null,
    });
    expect(read('--once')).toMatchObject({ isOnce: true, isReset: true });
  });

  it.each([
    [['--nonsense'], /nonsense/],
    [['stray'], /too many arguments/],
    [['--lang', 'xx'], /--lang.*ru, en/],
    [['--kill', 'bank'], /--kill.*host, till/],
    [['--port-base', '80'], /--port-base.*1024/],
    [['--port-base', 'x'], /--port-base.*1024/],
    [['--banks', 'kind'], /--banks.*honest, ill-tempered, hostile/],
    [['--seed', 'x'], /--seed.*whole number/],
    [['--once', '--no-scenario'], /--no-scenario.*--once/],
    [['--no-scenario', '--kill', 'host'], /--no-scenario.*--kill/],
  ])('refuses %j in words, and says what there is', (args, words) => {
    expect(read(...args)).toEqual(refused(words));
    expect(read(...args)).toEqual(refused(/--data-dir/));
  });

  it('gives the banks a mind and a seed: honest unless it is said otherwise', () => {
    expect(read()).toMatchObject({ banks: { mind: 'honest', seed: 1 } });
    expect(read('--banks', 'hostile', '--seed', '42')).toMatchObject({
      banks: { mind: 'hostile', seed: 42 },
    });
  });

  it('says what there is if it is asked', () => {
    expect(read('--help')).toEqual({ exitCode: 0, text: expect.stringContaining('--port-base') });
    expect(read('--lang', 'ru', '--help')).toMatchObject({ text: expect.stringContaining('сценарий') });
  });
});

describe('a recorded link', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-options-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const readFile = (content: unknown) => {
    const file = join(folder, 'link.json');
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return read('--link', file);
  };
  const sample = { duration_ms: 1_000, bandwidth_kbps: 800, latency_ms: 100 };

  it.each([
    ['of one sample', [sample]],
    [
      'with parts of a millisecond and samples of no length',
      [
        { ...sample, duration_ms: 0.5 },
        { ...sample, duration_ms: 0 },
      ],
    ],
    ['that begins without a link', [{ ...sample, bandwidth_kbps: 0 }, sample]],
    ['with a byte-order mark', `\uFEFF${JSON.stringify([sample])}`],
  ])('is taken: one %s', (_, content) => {
    expect(readFile(content)).toMatchObject({ trace: { mode: 'trace' } });
  });

  it.each([
    ['nothing', '', /is a JSON list.*not JSON/],
    ['half a file', '[{"duration_ms":1', /is a JSON list.*not JSON/],
    ['an empty list', [], /a recorded link is a JSON list/],
    ['no list', { samples: [sample] }, /a recorded link is a JSON list/],
    ['a sample that lacks a field', [sample, { duration_ms: 1 }], /samples\[1\]\.bandwidth_kbps/],
    ['a negative length', [{ ...sample, duration_ms: -1 }], /samples\[0\]\.duration_ms/],
    ['a number in words', [{ ...sample, latency_ms: 'much' }], /samples\[0\]\.latency_ms/],
    ['samples of no length alone', [{ ...sample, duration_ms: 0 }], /a recorded link is a JSON list/],
    ['no moment with a link', [{ ...sample, bandwidth_kbps: 0 }], /no moment with a link/],
  ])('is refused, and said with its place: %s', (_, content, words) => {
    expect(readFile(content)).toEqual(refused(words));
  });

  it('is refused if there is no such file, or a folder', () => {
    expect(read('--link', join(folder, 'none.json'))).toEqual(refused(/there is no file/));
    expect(read('--link', folder)).toEqual(refused(/cannot be read/));
  });
});
