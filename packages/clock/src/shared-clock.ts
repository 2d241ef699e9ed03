import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type Clock, LONGEST_REAL_WAIT_MS, type Timer } from './clock.ts';
import { type ClockSetting, parseClockSetting, virtualNowMs } from './setting.ts';

/** A clock that follows a clock server: one JSON line with the setting at connection and at each change. */
export interface SharedClock extends Clock {
  close(): void;
}

interface Pending {
  atMs: number;
  fire: () => void;
  handle: NodeJS.Timeout | undefined;
}

const RECONNECT_REAL_MS = 200;

/**
 * Follows the clock server at `host:port`; resolves when the first setting has arrived. When the server
 * goes away the last setting stays in force and the connection is tried again.
 */
export function connectClock(address: { host: string; port: number }): Promise<SharedClock> {
  const pending = new Set<Pending>();
  let setting: ClockSetting | undefined;
  let socket: Socket | undefined;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  const nowMs = (): number => virtualNowMs(setting!, Date.now());
  const arm = (timer: Pending): void => {
    clearTimeout(timer.handle);
    const virtualWaitMs = Math.max(0, timer.atMs - nowMs());
    if (virtualWaitMs > 0 && setting!.speed === 0) return; // a standing clock: armed again when it moves
    const realWaitMs = virtualWaitMs === 0 ? 0 : Math.ceil(virtualWaitMs / setting!.speed);
    timer.handle = setTimeout(
      () => {
        if (nowMs() < timer.atMs) return arm(timer);
        pending.delete(timer);
        timer.fire();
      },
      Math.min(realWaitMs, LONGEST_REAL_WAIT_MS),
    );
  };
  const clock: SharedClock = {
    nowMs,
    at(atMs, fire): Timer {
      const timer: Pending = { atMs, fire, handle: undefined };
      pending.add(timer);
      arm(timer);
      return {
        cancel: () => {
          clearTimeout(timer.handle);
          pending.delete(timer);
        },
      };
    },
    close() {
      closed = true;
      clearTimeout(retry);
      socket?.destroy();
      for (const timer of pending) clearTimeout(timer.handle);
      pending.clear();
    },
  };

  return new Promise((resolve) => {
    const open = (): void => {
      if (closed) return;
      socket = connect(address);
      socket.setNoDelay(true);
      socket.on('error', () => {}); // 'close' follows and tries again
      socket.on('close', () => {
        if (!closed) retry = setTimeout(open, RECONNECT_REAL_MS);
      });
      createInterface({ input: socket })
        .on('error', () => {})
        .on('line', (line) => {
          const told = settingIn(line);
          if (told === undefined) return void socket?.destroy(); // somebody else has the clock server's port
          setting = told;
          resolve(clock);
          for (const timer of pending) arm(timer);
        });
    };
    open();
  });
}

function settingIn(line: string): ClockSetting | undefined {
  try {
    return parseClockSetting(line);
  } catch {
    return undefined;
  }
}
