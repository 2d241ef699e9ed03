import { sandboxApi } from '@bivak/contracts';
import { createRenderer } from '@bivak/messages';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createNarrator } from './narrator.ts';

const narrated = async () => {
  const lines: string[] = [];
  const narrator = createNarrator({
    renderer: createRenderer({ language: 'en', timeZone: 'Europe/Moscow', nameOfBank: () => 'North Bank' }),
    timeZone: 'Europe/Moscow',
    now: async () => '2026-11-24T05:05:12.000Z',
    writeLine: (line) => lines.push(line),
  });
  await narrator.chapter('arrival');
  await narrator.note('bank-down', { bankId: 'north' });
  narrator.print(['printed']);
  await narrator.claim(true, 'collected', { count: 31 });
  await narrator.claim(false, 'nothing-lost', {});
  return { narrator, lines };
};

describe('the narrator', () => {
  it('records facts alone, as the contract has them', async () => {
    const { narrator } = await narrated();
    const at = '2026-11-24T05:05:12.000Z';
    expect(narrator.events()).toEqual([
      { number: 1, at, step: 'arrival', kind: 'chapter' },
      { number: 2, at, step: 'arrival', kind: 'note', key: 'bank-down', values: { bankId: 'north' } },
      { number: 3, at, step: 'arrival', kind: 'claim', key: 'collected', values: { count: 31 }, holds: true },
      { number: 4, at, step: 'arrival', kind: 'claim', key: 'nothing-lost', values: {}, holds: false },
    ]);
    expect(z.array(sandboxApi.scenarioEvent).parse(narrator.events())).toEqual(narrator.events());
    expect(narrator.failed()).toEqual(['nothing-lost']);
  });

  it('writes a line for each in the language that was chosen, dated in the shop’s time zone', async () => {
    const { lines } = await narrated();
    expect(lines).toEqual([
      '',
      '── 3. The link returns, in pieces',
      'Tue 24 Nov, 08:05:12  North Bank is down.',
      '    │ printed',
      'Tue 24 Nov, 08:05:12  ✓ 31 sales are collected, by the banks’ own books.',
      'Tue 24 Nov, 08:05:12  ✗ NOT TRUE: No sale was lost.',
    ]);
  });
});
