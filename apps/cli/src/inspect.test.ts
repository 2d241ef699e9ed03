import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bankProfile, compileSpec } from '@bivak/iso8583';
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
      { encoding: 'utf8' },
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

  it('prints a frame of the drive and a list of requisites', () => {
    // ENQ alone, and a requisite 1031 (cash) of 5 roubles: public forms of the protocol and of FFD 1.05.
    expect(bivak('inspect', 'fn', '05').status).toBe(0);
    const { stdout, status } = bivak('inspect', 'ffd', '07040200f401');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toBeTruthy();
  });

  it.each([
    [['inspect', 'iso8583', '--profile', 'north', 'zz'], 'neither a file'],
    [['inspect', 'iso8583', '--profile', 'south', '00'], 'there are north'],
    [['inspect', 'iso8583', '--profile', 'north', '0200'], 'field'],
    [['inspect', 'ffd', '0704'], 'byte'],
    [['inspect', 'stoplist', 'hello'], 'no stop-list message'],
    [['till'], '--config'],
    [['nonsense'], 'unknown command'],
  ])('says what is wrong with %j', (args, words) => {
    const { stderr, status } = bivak(...args);
    expect(status).not.toBe(0);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('    at ');
  });
});
