/**
 * The clock port. Every process takes its time and its timers from here, never from `Date` or
 * `setTimeout`: in production the port is the system clock, in the sandbox it is the sandbox's clock
 * (real time plus an offset and a speed), so that a week passes in seconds in all processes alike.
 */
export interface Clock {
  /** The present instant, in milliseconds since the Unix epoch (UTC). */
  nowMs(): number;
  /** Calls `fire` once, at or soon after the instant `atMs` of this clock. */
  at(atMs: number, fire: () => void): Timer;
}

export interface Timer {
  /** Calling it twice, or after the timer fired, does nothing. */
  cancel(): void;
}

/** Node's timers overflow above 2^31-1 ms and then fire at once; longer waits are taken in pieces. */
export const MAX_REAL_WAIT_MS = 2_000_000_000;

/** The machine's own clock: what a till or a host runs on in production. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  at(atMs, fire) {
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const waitMs = Math.max(0, atMs - Date.now());
      handle = setTimeout(waitMs > MAX_REAL_WAIT_MS ? arm : fire, Math.min(waitMs, MAX_REAL_WAIT_MS));
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `durationMs` of this clock, or rejects with the signal's reason when it is aborted. */
export function sleepMs(clock: Clock, durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.at(clock.nowMs() + durationMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
