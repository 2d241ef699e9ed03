import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWitness } from './witness.ts';

const sent = (number: number) =>
  ({
    kind: 'debit',
    paymentId: `till-1-${String(number).padStart(6, '0')}`,
    bankId: 'north',
    stan: String(number).padStart(6, '0'),
  }) as const;

describe('a host’s witness', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-witness-'));
    file = join(folder, 'witness');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is a witness of nothing at first, and keeps what it is told over a restart', async () => {
    const first = openWitness(file);
    expect([first.epochId(), first.sent(), first.maxBlock()]).toEqual([null, [], 0]);
    first.begin('one');
    first.recordBlock(7);
    first.recordSent(sent(1));
    await first.sync();
    first.close();
    expect(statSync(file).mode & 0o077).toBe(0);
    const second = openWitness(file);
    expect([second.epochId(), second.sent(), second.maxBlock()]).toEqual(['one', [sent(1)], 7]);
    second.begin('two');
    expect([second.epochId(), second.sent(), second.maxBlock()]).toEqual(['two', [], 7]);
    second.close();
  });

  it('has a message in its file before it leaves, and reads what a killed host has left', () => {
    const first = openWitness(file);
    first.begin('one');
    first.recordSent(sent(1));
    appendFileSync(file, '{"is":"sent","kind":"deb');
    const second = openWitness(file);
    expect(second.sent()).toEqual([sent(1)]);
    second.close();
    first.close();
  });

  it('does not grow for ever, and keeps more than can be under way at once', () => {
    const witness = openWitness(file);
    witness.begin('one');
    for (let number = 1; number <= 10_000; number++) witness.recordSent(sent(number));
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(6_000);
    expect(witness.sent()).toHaveLength(1_024);
    expect(witness.sent().at(-1)).toEqual(sent(10_000));
    witness.close();
  });
});
