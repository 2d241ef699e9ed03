import type { Timers } from './timers.ts';

/** How a request ended: by its response, by time, or because the connection went on which the response would have come. */
export type RequestEnd<Response> =
  | { kind: 'response'; response: Response }
  | { kind: 'timeout' }
  | { kind: 'connection-lost' };

interface Pending<Response> {
  end(end: RequestEnd<Response>): void;
}

/** The requests that have left and wait for a response, by their key. Each ends exactly once. */
export class PendingRequests<Key, Response> {
  readonly #timers: Timers;
  readonly #pending = new Map<Key, Pending<Response>>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** True while a request of this key waits. */
  has(key: Key): boolean {
    return this.#pending.has(key);
  }

  /** Waits for the response to `key`, at most `timeoutMs`. Throws an Error if a request of this key is pending already. */
  wait(key: Key, timeoutMs: number): Promise<RequestEnd<Response>> {
    if (this.#pending.has(key)) throw new Error(`a request ${String(key)} is pending already`);
    return new Promise((resolve) => {
      const timer = this.#timers.at(this.#timers.nowMs() + timeoutMs, () => pending.end({ kind: 'timeout' }));
      const pending: Pending<Response> = {
        end: (end) => {
          timer.cancel();
          this.#pending.delete(key);
          resolve(end);
        },
      };
      this.#pending.set(key, pending);
    });
  }

  /** Gives a response to the request that waits for it; false if none does: it comes too late, twice, or to nobody. */
  respond(key: Key, response: Response): boolean {
    const pending = this.#pending.get(key);
    pending?.end({ kind: 'response', response });
    return pending !== undefined;
  }

  /** This request could not be sent: it will get no response. */
  lose(key: Key): void {
    this.#pending.get(key)?.end({ kind: 'connection-lost' });
  }

  /** The connection is gone: none of the pending requests will get its response. */
  loseAll(): void {
    for (const pending of [...this.#pending.values()]) pending.end({ kind: 'connection-lost' });
  }
}
