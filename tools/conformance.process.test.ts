import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runnerFor } from './conformance-runners.ts';

describe('a vector file', () => {
  it.each([
    [{ specs: {}, cases: [] }],
    [{ cases: [{ id: 'a', spec: 's', raw: '' }] }],
    [{ inn: [] }],
    [{ qr: [{ s: '' }] }],
    [{ sets: [{ bdkType: 'AES-256' }] }],
    [{ cases: [5, { pan: '1', luhnValid: false }] }],
  ])('is known by its shape: %j', (content) => expect(runnerFor(content)).toBeDefined());

  it.each([[{}], [{ tlv: [] }], [{ cases: [1, null] }], [{ sets: 'none' }]])(
    'of another shape is not: %j',
    (content) => expect(runnerFor(content)).toBeUndefined(),
  );
});

describe('the conformance run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-conformance-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(contents: Readonly<Record<string, string>>): { status: number | null; lines: string[] } {
    const files = Object.entries(contents).map(([name, content]) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    });
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'conformance.ts'), ...files],
      { encoding: 'utf8' },
    );
    return { status, lines: stdout.trimEnd().replaceAll(`${folder}/`, '').split('\n') };
  }

  it('passes what holds, and names what no part reads yet', () => {
    const aes256 = { bdkType: 'AES-256', cases: [{}] };
    expect(
      run({
        'luhn.json': '{"cases":[{"pan":"4761739001010119","luhnValid":true}]}',
        'later.json': '{"tlv":[]}',
        'dukpt.json': JSON.stringify({ sets: [aes256] }),
      }),
    ).toEqual({
      status: 0,
      lines: [
        'luhn.json: 1 passed, 0 failed',
        'later.json: not run: no part of Bivak reads this shape yet',
        '  not run: set 0: no reader here has a base key of type "AES-256"',
        'dukpt.json: 0 passed, 0 failed',
      ],
    });
  });

  it.each([
    ['{"cases":[', /^x\.json: cannot be run: /],
    ['[]', /^x\.json: cannot be run: it has to hold a JSON object/],
    ['{"specs":{},"cases":[]}', /^x\.json: 0 passed, 0 failed/],
    ['{"sets":[{"bdkType":"AES-128"}]}', /set 0: expected "bdk", got nothing/],
    ['{"cases":[{"pan":5,"luhnValid":true}]}', /case 0: expected "pan", got 5/],
    ['{"cases":[{"pan":"4761739001010118","luhnValid":true}]}', /ending 0118: expected true, got false/],
  ])('fails and says why: %s', (content, line) => {
    const { status, lines } = run({ 'x.json': content });
    expect(status).toBe(1);
    expect(lines.join('\n')).toMatch(line);
  });
});
