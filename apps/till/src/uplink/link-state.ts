import type { tillApi } from '@bivak/contracts';

export interface LinkState {
  state: tillApi.LinkState;
  sinceMs: number;
  lastContactMs: number | null;
  /** When the last request failed; null if none has. */
  lastFailureMs: number | null;
}

/** A request to the host that was answered (`tookMs` of the clock) or not. */
export type LinkEvent = { atMs: number; answered: true; tookMs: number } | { atMs: number; answered: false };

/** Down until the host has answered; the last contact is that of the run before. */
export const linkAtStart = (nowMs: number, lastContactMs: number | null): LinkState => ({
  state: 'down',
  sinceMs: nowMs,
  lastContactMs,
  lastFailureMs: null,
});

/** An answer that takes longer is too slow for a buyer who waits: the host is not asked while the link is weak. */
export const slowMs = 3_000;
/** A link that failed this short a time ago may fail again at once. */
const unsteadyMs = 5_000;

/** The link after one more request: judged by what was answered alone. */
export function foldLink(before: LinkState, event: LinkEvent): LinkState {
  const { atMs } = event;
  const lastContactMs = event.answered ? atMs : before.lastContactMs;
  const lastFailureMs = event.answered ? before.lastFailureMs : atMs;
  const state: tillApi.LinkState = !event.answered ? 'down' : isWeak(before, event) ? 'weak' : 'up';
  return { state, sinceMs: state === before.state ? before.sinceMs : atMs, lastContactMs, lastFailureMs };
}

function isWeak({ lastFailureMs }: LinkState, event: LinkEvent & { answered: true }): boolean {
  const isUnsteady = lastFailureMs !== null && event.atMs - lastFailureMs < unsteadyMs;
  return event.tookMs >= slowMs || isUnsteady;
}
