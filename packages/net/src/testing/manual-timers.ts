import type { Timers } from '../timers.ts';

/** Time that stands until a test moves it; what fell due meanwhile fires then. */
export class ManualTimers implements Timers {
  #nowMs = 0;
  readonly #waiting = new Set<{ atMs: number; fire: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  at(atMs: number, fire: () => void): { cancel(): void } {
    const timer = { atMs, fire };
    this.#waiting.add(timer);
    return { cancel: () => void this.#waiting.delete(timer) };
  }

  advance(byMs: number): void {
    this.#nowMs += byMs;
    for (const timer of [...this.#waiting].filter(({ atMs }) => atMs <= this.#nowMs))
      if (this.#waiting.delete(timer)) timer.fire();
  }

  /** How many timers have neither fired nor been cancelled. */
  count(): number {
    return this.#waiting.size;
  }
}
