import { type BackoffRange, backoffMs } from './backoff.ts';
import type { Timers } from './timers.ts';

/** The next try of something that failed: later each time, until a try was good. */
export class Retry {
  readonly #timers: Timers;
  readonly #range: BackoffRange;
  readonly #random: () => number;
  #timer: { cancel(): void } | undefined;
  #failures = 0;

  constructor(timers: Timers, range: BackoffRange, random: () => number) {
    this.#timers = timers;
    this.#range = range;
    this.#random = random;
  }

  /** How many tries have failed since the last one that was good. */
  get failures(): number {
    return this.#failures;
  }

  /** Calls `attempt` after the back-off; a try that was scheduled before is not made. */
  schedule(attempt: () => void): void {
    this.cancel();
    const waitMs = backoffMs(this.#range, this.#failures, this.#random);
    this.#failures++;
    this.#timer = this.#timers.at(this.#timers.nowMs() + waitMs, attempt);
  }

  /** A try was good: the next pause is the first again. */
  reset(): void {
    this.#failures = 0;
  }

  /** The scheduled try is not made. */
  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
