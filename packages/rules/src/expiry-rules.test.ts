import { schemes } from '@bivak/domain';
import { describe, expect, it } from 'vitest';
import { isTakenAfterExpiry } from './expiry-rules.ts';

describe('cards past their month', () => {
  it('are Мир’s alone: online for good, offline before 2030 in Moscow', () => {
    const taken = (atMs: number) =>
      schemes.flatMap((scheme) =>
        (['online', 'offline'] as const)
          .filter((mode) => isTakenAfterExpiry(scheme, mode, atMs))
          .map((mode) => `${scheme} ${mode}`),
      );
    expect(taken(Date.parse('2029-12-31T20:59:59.999Z'))).toEqual(['mir online', 'mir offline']);
    expect(taken(Date.parse('2029-12-31T21:00:00Z'))).toEqual(['mir online']);
  });
});
