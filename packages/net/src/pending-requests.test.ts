import { describe, expect, it } from 'vitest';
import { PendingRequests } from './pending-requests.ts';
import { ManualTimers } from './testing/manual-timers.ts';

describe('pending requests', () => {
  it('end by their own response, in any order', async () => {
    const pending = new PendingRequests<string, number>(new ManualTimers());
    const ends = Promise.all([pending.wait('a', 100), pending.wait('b', 100)]);
    expect([pending.respond('b', 2), pending.respond('a', 1)]).toEqual([true, true]);
    expect(await ends).toEqual([
      { kind: 'response', response: 1 },
      { kind: 'response', response: 2 },
    ]);
  });

  it('end by time, after which a response comes to nobody', async () => {
    const timers = new ManualTimers();
    const pending = new PendingRequests<string, number>(timers);
    const end = pending.wait('a', 100);
    timers.advance(99);
    expect(pending.has('a')).toBe(true);
    timers.advance(1);
    expect(await end).toEqual({ kind: 'timeout' });
    expect([pending.has('a'), pending.respond('a', 1)]).toEqual([false, false]);
  });

  it('end by the loss of the connection, and only once', async () => {
    const timers = new ManualTimers();
    const pending = new PendingRequests<string, number>(timers);
    const ends = Promise.all([pending.wait('a', 100), pending.wait('b', 100)]);
    pending.respond('a', 1);
    pending.lose('b');
    const third = pending.wait('c', 100);
    pending.loseAll();
    timers.advance(1_000);
    expect(await ends).toEqual([{ kind: 'response', response: 1 }, { kind: 'connection-lost' }]);
    expect(await third).toEqual({ kind: 'connection-lost' });
    expect(timers.count()).toBe(0);
  });

  it('are one for each key', async () => {
    const pending = new PendingRequests<string, number>(new ManualTimers());
    const first = pending.wait('a', 100);
    expect(() => pending.wait('a', 100)).toThrow('a request a is pending already');
    pending.respond('a', 1);
    expect(await first).toMatchObject({ response: 1 });
    const again = pending.wait('a', 100);
    pending.respond('a', 2);
    expect(await again).toMatchObject({ response: 2 });
  });
});
