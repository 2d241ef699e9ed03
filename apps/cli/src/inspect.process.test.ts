import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bankProfile } from '@bivak/bank-profiles';
import { compileSpec } from '@bivak/iso8583';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('the command line', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-cli-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const bivak = (...args: string[]) => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'main.ts'), ...args],
      { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } },
    );
    return { stdout, stderr, status };
  };
  const message = compileSpec(bankProfile('north').spec).pack(
    new Map([
      [0, '0210'],
      [2, '4761739001010119'],
      [39, '51'],
    ]),
  );

  it('prints a message of a bank, from hex or from a file, its card number masked', () => {
    const file = join(folder, 'message.bin');
    writeFileSync(file, message);
    for (const input of [message.toString('hex'), file]) {
      const { stdout, status } = bivak('inspect', 'iso8583', '--profile', 'north', input);
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ messageType: '0210' });
      expect(stdout).toContain('476173******0119');
      expect(stdout).not.toContain('4761739001010119');
    }
  });

  it('prints a message with fields that break their promise, and says which', () => {
    const settled = compileSpec(bankProfile('north').spec).pack(
      new Map([
        [0, '0210'],
        [15, '1125'],
        [39, '51'],
      ]),
    );
    settled.fill(' ', settled.length - 6, settled.length - 2);
    const { stdout, status } = bivak('inspect', 'iso8583', '--profile', 'north', settled.toString('hex'));
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      fields: [
        { field: 0 },
        { field: 15, value: '20202020', fault: 'not-digits' },
        { field: 39, value: '51' },
      ],
      faults: [{ field: 15, offset: settled.length - 6, code: 'not-digits' }],
    });
  });

  it('prints a frame of the drive and a list of requisites', () => {
    // ENQ alone, and a requisite 1031 (cash) of 5 roubles: public forms of the protocol and of FFD 1.05.
    expect(bivak('inspect', 'fn', '05').status).toBe(0);
    const { stdout, status } = bivak('inspect', 'ffd', '07040200f401');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toBeTruthy();
  });

  it('reads standard input', () => {
    const { stdout, status } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'main.ts'), 'inspect', 'ffd', '-'],
      { encoding: 'utf8', input: '07 04 02 00\nf4 01\n' },
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toBeTruthy();
  });

  it('is the same by its bin', () => {
    const { stdout, status } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, '..', 'bin', 'bivak'), 'inspect', 'fn', '05'],
      { encoding: 'utf8' },
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toBeTruthy();
  });

  it.each([
    [['--help'], 'Ends with 0'],
    [['start', '--help'], '--port-base <port>'],
    [['host', '--help'], 'acknowledge'],
    [['inspect', '--help'], 'standard input'],
    [['--version'], '0.1.0'],
  ])('helps with %j', (args, words) => {
    const { stdout, status } = bivak(...args);
    expect(status).toBe(0);
    expect(stdout).toContain(words);
  });

  it.each([
    [['inspect', 'iso8583', '--profile', 'north', 'zz'], 'neither a file', 1],
    [['inspect', 'iso8583', '--profile', 'south', '00'], 'there are north', 1],
    [['inspect', 'iso8583', '--profile', 'north', '0200'], 'field', 1],
    [['inspect', 'ffd', '0704'], 'byte', 1],
    [['inspect', 'stoplist', 'hello'], 'no stop-list message', 1],
    [['inspect', 'fn', tmpdir()], 'is a folder', 1],
    [['inspect', 'fn', '/dev/null'], 'is empty', 1],
    [['till', '--config', '/no/such/file'], 'there is no file', 1],
    [['host', '--config', import.meta.filename], 'is not JSON', 1],
    [['till'], '--config', 2],
    [['host', 'acknowledge', '7'], '--by', 2],
    [['inspect', 'iso8583', '00'], '--profile', 2],
    [['start', '--kill', 'bank'], 'host, till', 2],
    [['start', '--nonsense'], 'unknown option', 2],
    [['start', '--lang', 'xx'], 'ru, en', 2],
    [['nonsense'], 'unknown command', 2],
    [[], 'Usage', 2],
  ])('says what is wrong with %j', (args, words, exitCode) => {
    const { stderr, status } = bivak(...args);
    expect(status).toBe(exitCode);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('    at ');
  });
});
