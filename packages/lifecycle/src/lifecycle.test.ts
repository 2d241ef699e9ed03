import { describe, expect, it } from 'vitest';
import { assertMove, canMove, defineLifecycle, isTerminal, toMermaid } from './index.ts';

const door = defineLifecycle({
  name: 'door',
  initial: 'shut',
  states: {
    shut: { to: ['open', 'locked'], means: 'can be pushed' },
    open: { to: ['shut'], means: 'can be walked through' },
    locked: { to: [], means: 'the key is lost' },
  },
});

describe('a life', () => {
  it('has the moves of its table and no others', () => {
    expect(canMove(door, 'shut', 'open')).toBe(true);
    expect(canMove(door, 'open', 'locked')).toBe(false);
    expect(() => assertMove(door, 'open', 'locked')).toThrow('a door cannot go from open to locked');
    expect(isTerminal(door, 'locked')).toBe(true);
  });

  it('refuses a table that leads nowhere', () => {
    const states = { a: { to: ['b'], means: '' } } as unknown as Record<'a', { to: 'a'[]; means: string }>;
    expect(() => defineLifecycle({ name: 'x', initial: 'a', states })).toThrow('"b", which is no state');
  });

  it('refuses a state that nothing leads to', () => {
    const states = { a: { to: [], means: '' }, b: { to: [], means: '' } };
    expect(() => defineLifecycle({ name: 'x', initial: 'a', states })).toThrow('nothing leads to b');
  });

  it('is drawn', () => {
    expect(toMermaid(door)).toContain('shut --> locked');
    expect(toMermaid(door)).toContain('locked --> [*]');
  });
});
