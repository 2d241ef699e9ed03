import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';
import { storm } from './storm.ts';

describe('the ledger of the banks and that of the host', () => {
  it('agree after sales, crashes and answers held back, whatever hostile banks do', async () => {
    const report = await storm(
      readOptions(['--seed', '7', '--payments', '60', '--minutes', '0.15', '--kills', '2']),
    );
    expect(report.faults, `${report.command}, logs in ${report.folder}`).toEqual({});
    expect(report.endedByThemselves).toEqual([]);
    expect(report.accepted).toBeGreaterThan(40);
    expect(report.states.collected).toBeGreaterThan(40);
  });
});
