export interface LinkState {
  state: 'up' | 'weak' | 'down';
  sinceMs: number;
  lastContactMs: number | null;
  /** When the last request failed; null where none has. */
  lastFailureMs: number | null;
}

/** A request to the host that was answered (`tookMs` of the clock) or not. */
export type LinkEvent = { atMs: number; answered: true; tookMs: number } | { atMs: number; answered: false };

export const linkAtStart = (nowMs: number): LinkState => ({
  state: 'down',
  sinceMs: nowMs,
  lastContactMs: null,
  lastFailureMs: null,
});

/** An answer that took longer says that a buyer would wait too long: the host is not asked while the link is weak. */
export const slowMs = 3_000;
/** A link that failed this short a time ago may fail again at once. */
const unsteadyMs = 5_000;

/** What the till thinks of its link after one more request: never by guessing, only by what was answered. */
export function foldLink(before: LinkState, event: LinkEvent): LinkState {
  const { atMs } = event;
  const lastContactMs = event.answered ? atMs : before.lastContactMs;
  const lastFailureMs = event.answered ? before.lastFailureMs : atMs;
  const state = !event.answered ? 'down' : isWeak(before, event) ? 'weak' : 'up';
  return { state, sinceMs: state === before.state ? before.sinceMs : atMs, lastContactMs, lastFailureMs };
}

function isWeak({ lastFailureMs }: LinkState, event: LinkEvent & { answered: true }): boolean {
  const isUnsteady = lastFailureMs !== null && event.atMs - lastFailureMs < unsteadyMs;
  return event.tookMs >= slowMs || isUnsteady;
}
