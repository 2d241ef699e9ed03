import { type Address, lineFraming, PersistentConnection } from '@bivak/net';
import { type Clock, MAX_REAL_WAIT_MS, systemClock, type Timer } from './clock.ts';
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

/** Real time, all of it: how the clock is reached does not depend on what it shows. */
const connectTimeoutMs = 5_000;
const reconnectMs = { firstMs: 200, maxMs: 200 };
const maxLineBytes = 4_096;

/**
 * Follows the clock server at `host:port`; resolves when the first setting has arrived. When the server
 * goes away the last setting stays in force and the connection is tried again.
 */
export function connectClock(address: Address): Promise<SharedClock> {
  const pending = new Set<Pending>();
  let setting: ClockSetting | undefined;
  const { promise: isSet, resolve: onFirstSetting } = Promise.withResolvers<SharedClock>();

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
      Math.min(realWaitMs, MAX_REAL_WAIT_MS),
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
      void connection.close();
      for (const timer of pending) clearTimeout(timer.handle);
      pending.clear();
    },
  };

  const connection = new PersistentConnection<string>({
    addresses: [address],
    framing: lineFraming(maxLineBytes),
    timers: systemClock,
    connectTimeoutMs,
    backoff: reconnectMs,
    random: Math.random,
    onMessage(line, from) {
      const received = parseClockSetting(line);
      if (received === undefined) return from.drop('no clock setting'); // somebody else has the clock server's port
      setting = received;
      onFirstSetting(clock);
      for (const timer of pending) arm(timer);
    },
    onLost() {}, // the last setting stays in force
  });
  return isSet;
}
