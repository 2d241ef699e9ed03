/** The pause before the first new try, and the longest pause however many tries have failed. */
export interface BackoffRange {
  firstMs: number;
  maxMs: number;
}

/**
 * How long to wait before the next try after `failures` earlier ones: the pause doubles each time up to `maxMs`, and lies by
 * chance between a half of that and the whole, so that clients which lost the same server do not return at one instant.
 * `random` gives numbers from 0 up to, not including, 1.
 */
export function backoffMs({ firstMs, maxMs }: BackoffRange, failures: number, random: () => number): number {
  const wholeMs = Math.min(maxMs, firstMs * 2 ** failures);
  return Math.ceil(wholeMs / 2 + (wholeMs / 2) * random());
}
