const minBytes = 4_096;
export const maxBytes = 262_144;
export const firstBytes = 32_768;

/**
 * How much of the journal is sent at once: twice as much after each batch that arrived, half as much after one that did
 * not, so that a link of seconds moves something and a good one is used.
 */
export function nextBatchBytes(beforeBytes: number, arrived: boolean): number {
  return arrived ? Math.min(maxBytes, beforeBytes * 2) : Math.max(minBytes, Math.floor(beforeBytes / 2));
}
