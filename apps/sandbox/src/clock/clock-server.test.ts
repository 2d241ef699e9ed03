import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectClock, sleepMs } from '@bivak/clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClockServer, startClockServer } from './clock-server.ts';

const beginsAtMs = Date.parse('2026-11-23T15:00:00.000Z');

describe('the sandbox’s clock', () => {
  let folder: string;
  const running: ClockServer[] = [];
  const start = async (): Promise<ClockServer> => {
    const server = await startClockServer({
      port: 0,
      file: join(folder, 'clock.json'),
      beginsAtMs,
      speed: 0,
    });
    running.push(server);
    return server;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-clock-'));
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.close();
    rmSync(folder, { recursive: true });
  });

  it('is followed by all who are connected, through each change', async () => {
    const server = await start();
    const followers = await Promise.all(
      [1, 2].map(() => connectClock({ host: '127.0.0.1', port: server.port })),
    );
    const slept = followers.map((follower) => sleepMs(follower, 86_400_000));
    server.change({ advanceMs: 86_400_000 });
    await Promise.all(slept);
    for (const follower of followers) {
      expect(follower.nowMs()).toBe(beginsAtMs + 86_400_000);
      follower.close();
    }
  });

  it('goes on from the same instant after a stop in order', async () => {
    const first = await start();
    first.change({ atMs: beginsAtMs + 5_000 });
    await first.close();
    expect((await start()).nowMs()).toBe(beginsAtMs + 5_000);
  });

  it('goes on from no earlier instant where it was not stopped in order', async () => {
    const first = await start();
    first.change({ speed: 10_000 });
    const shownMs = first.nowMs();
    // The first one still runs, as a killed one would have left its file.
    expect((await start()).nowMs()).toBeGreaterThanOrEqual(shownMs);
  });

  it('says what to do with a file that is damaged', async () => {
    writeFileSync(join(folder, 'clock.json'), '{"virtualMs":');
    await expect(start()).rejects.toThrow(/--reset/);
  });
});
