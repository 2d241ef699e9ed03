import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

const read = (...args: string[]) => readOptions(args, parseArgs);

describe('the command line', () => {
  it('begins by hand with the story, in a folder of the project', () => {
    expect(read()).toMatchObject({
      isOnce: false,
      isReset: false,
      hasStory: true,
      language: 'en',
      trace: null,
    });
    expect(read('--once')).toMatchObject({ isOnce: true, isReset: true });
  });

  it.each([
    [['--nonsense'], /nonsense/],
    [['stray'], /stray/],
    [['--lang', 'de'], /ru or en/],
    [['--kill', 'bank'], /host or till/],
    [['--port-base', '80'], /1024/],
    [['--port-base', 'x'], /1024/],
    [['--once', '--no-story'], /--once plays the story/],
    [['--no-story', '--kill', 'host'], /the story/],
  ])('refuses %j in words', (args, words) => {
    expect(read(...args)).toMatch(words);
  });
});

describe('a recorded link', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-options-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const given = (content: unknown) => {
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
    expect(given(content)).toMatchObject({ trace: { mode: 'trace' } });
  });

  it.each([
    ['nothing', '', /no recorded link.*no JSON/],
    ['half a file', '[{"duration_ms":1', /no recorded link.*no JSON/],
    ['an empty list', [], /no recorded link/],
    ['no list', { samples: [sample] }, /no recorded link/],
    ['a sample that lacks a field', [sample, { duration_ms: 1 }], /sample 2, bandwidth_kbps/],
    ['a negative length', [{ ...sample, duration_ms: -1 }], /sample 1, duration_ms/],
    ['a number in words', [{ ...sample, latency_ms: 'much' }], /sample 1, latency_ms/],
    ['samples of no length alone', [{ ...sample, duration_ms: 0 }], /no recorded link/],
    ['no moment with a link', [{ ...sample, bandwidth_kbps: 0 }], /no moment with a link/],
  ])('is refused, and where is said: %s', (_, content, words) => {
    expect(given(content)).toMatch(words);
  });

  it('is refused where there is no such file, or a folder', () => {
    expect(read('--link', join(folder, 'none.json'))).toMatch(/there is no file/);
    expect(read('--link', folder)).toMatch(/cannot be read/);
  });
});
