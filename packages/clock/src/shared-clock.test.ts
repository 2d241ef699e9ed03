import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClockSetting, connectClock, parseClockSetting, sleepMs, virtualNowMs } from './index.ts';

describe('a clock setting', () => {
  it('advances by its speed from its anchor', () => {
    const setting = { anchorRealMs: 1_000, anchorVirtualMs: 50_000, speed: 60 };
    expect(virtualNowMs(setting, 1_000)).toBe(50_000);
    expect(virtualNowMs(setting, 2_000)).toBe(110_000);
  });

  it.each([
    '[]',
    'HTTP/1.1 400 Bad Request',
    '{"anchorRealMs":1,"anchorVirtualMs":2}',
    '{"anchorRealMs":1,"anchorVirtualMs":2,"speed":-1}',
  ])('refuses %s', (line) => {
    expect(parseClockSetting(line)).toBeUndefined();
  });
});

describe('a shared clock', () => {
  let server: Server;
  let sockets: Socket[];
  let setting: ClockSetting;

  beforeEach(async () => {
    sockets = [];
    setting = { anchorRealMs: Date.now(), anchorVirtualMs: 1_000_000_000_000, speed: 0 };
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.write(`${JSON.stringify(setting)}\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  const connected = () => connectClock({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  const change = (changed: Partial<ClockSetting>) => {
    setting = { ...setting, ...changed };
    for (const socket of sockets) socket.write(`${JSON.stringify(setting)}\n`);
  };

  it('shows the server’s time and fires no timer while it stands', async () => {
    const clock = await connected();
    let fired = false;
    clock.at(clock.nowMs() + 1, () => {
      fired = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(clock.nowMs()).toBe(1_000_000_000_000);
    expect(fired).toBe(false);
    clock.close();
  });

  it('fires a timer a week ahead when the clock jumps a week', async () => {
    const clock = await connected();
    const weekMs = 7 * 24 * 3_600_000;
    const slept = sleepMs(clock, weekMs);
    change({ anchorVirtualMs: setting.anchorVirtualMs + weekMs });
    await slept;
    expect(clock.nowMs()).toBe(1_000_000_000_000 + weekMs);
    clock.close();
  });

  it('does not fire a timer that was cancelled', async () => {
    const clock = await connected();
    let fired = false;
    const timer = clock.at(clock.nowMs() + 1_000, () => {
      fired = true;
    });
    timer.cancel();
    const passed = sleepMs(clock, 2_000);
    change({ anchorVirtualMs: setting.anchorVirtualMs + 5_000 });
    await passed;
    expect(fired).toBe(false);
    clock.close();
  });

  it('keeps the last setting when the server goes away', async () => {
    const clock = await connected();
    for (const socket of sockets) socket.destroy();
    expect(clock.nowMs()).toBe(1_000_000_000_000);
    clock.close();
  });

  it('keeps the last setting if what comes is no setting, and connects again', async () => {
    const clock = await connected();
    const again = new Promise<void>((resolve) => server.once('connection', () => resolve()));
    for (const socket of sockets) socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    await again;
    expect(clock.nowMs()).toBe(1_000_000_000_000);
    clock.close();
  });

  it('ends a sleep that is aborted', async () => {
    const clock = await connected();
    const abort = new AbortController();
    const slept = sleepMs(clock, 1_000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(slept).rejects.toThrow('enough');
    clock.close();
  });
});
