/** Where the time comes from. Every clock of the project is one; this package knows none, so that a clock may use it. */
export interface Timers {
  /** The present instant, in milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Calls `fire` once, at or soon after the instant `atMs`. */
  at(atMs: number, fire: () => void): { cancel(): void };
}
