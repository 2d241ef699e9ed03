import { describe, expect, it } from 'vitest';
import { handClock, until } from '../testing/clock.ts';
import { silentLog } from '../testing/log.ts';
import { superviseWork } from './supervisor.ts';
import type { Standing } from './watch.ts';

describe('a host’s work', () => {
  const supervised = async (first: Standing) => {
    const clock = handClock();
    const now = { standing: first, epochId: 'first', isAway: false };
    const lives: string[] = [];
    const supervisor = await superviseWork<{ epochId: string; mayLeave: () => boolean }>({
      look: async () => {
        if (now.isAway) throw new Error('the store is away');
        return now;
      },
      start: (mayLeave) => {
        lives.push(`start ${now.epochId}`);
        return { epochId: now.epochId, mayLeave };
      },
      stop: async ({ epochId }) => void lives.push(`stop ${epochId}`),
      clock,
      log: silentLog,
    });
    return { supervisor, clock, now, lives };
  };

  it('runs only while the store is trusted, and begins anew in a new epoch', async () => {
    const { supervisor, clock, now, lives } = await supervised('in-doubt');
    expect(supervisor.current()).toBeNull();
    now.standing = 'trusted';
    supervisor.wake();
    await until(() => supervisor.current() !== null);
    now.standing = 'in-doubt';
    await until(
      () => supervisor.current() === null,
      () => clock.advance(2_000),
    );
    Object.assign(now, { standing: 'trusted', epochId: 'second' });
    supervisor.wake();
    await until(() => supervisor.current() !== null);
    Object.assign(now, { epochId: 'third' });
    supervisor.wake();
    await until(() => supervisor.current()?.epochId === 'third');
    await supervisor.stop();
    expect(lives).toEqual([
      'start first',
      'stop first',
      'start second',
      'stop second',
      'start third',
      'stop third',
    ]);
  });

  it('lets nothing leave from the moment at which the store may be another one, until it has looked', async () => {
    const { supervisor, clock, now, lives } = await supervised('trusted');
    const { mayLeave } = supervisor.current()!;
    expect(mayLeave()).toBe(true);
    now.isAway = true;
    supervisor.distrust();
    expect(mayLeave()).toBe(false);
    await until(() => !mayLeave());
    now.isAway = false;
    await until(mayLeave, () => clock.advance(2_000));
    expect(lives, 'a store that is away for a moment stops no work').toEqual(['start first']);
    await supervisor.stop();
    expect(supervisor.current()).toBeNull();
  });
});
