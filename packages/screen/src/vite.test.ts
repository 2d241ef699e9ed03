import { describe, expect, it } from 'vitest';
import { textsOf } from './vite.ts';

describe('the texts of a screen’s bundle', () => {
  const { load } = textsOf('till') as unknown as { load: (id: string) => string | null };
  it.each([
    ['/x/packages/messages/src/en/till.ts', null],
    ['/x/packages/messages/src/ru/index.ts', null],
    ['/x/packages/messages/src/render/problems.ts', null],
    ['/x/packages/screen/src/start.tsx', null],
    ['/x/packages/messages/src/ru/scenario.ts', 'export const scenario = {};'],
    ['/x/packages/messages/src/en/console.ts', 'export const console = {};'],
  ])('of %s', (id, expected) => {
    expect(load(id)).toBe(expected);
  });
});
