import type { hostApi } from '@bivak/contracts';

/** A till that has been out of contact for longer may hold sales that nobody but it knows. */
export const outOfContactMs = 600_000;

type Till = Pick<hostApi.TillSummary, 'lastContactAt' | 'alarms'>;

/** What can be said of the sales that are still at the tills. */
export type TillsContact =
  | { kind: 'no-tills' }
  | { kind: 'all-in-contact'; count: number }
  /** `sinceAt`: the longest silence among them; null if none of them was ever in contact. */
  | { kind: 'out-of-contact'; count: number; all: number; sinceAt: string | null }
  /** All are in contact, but the journals of these are not taken: what is behind the refused entry waits there. */
  | { kind: 'journal-refused'; count: number; all: number };

export function tillsContact(tills: readonly Till[], nowMs: number): TillsContact {
  const all = tills.length;
  if (all === 0) return { kind: 'no-tills' };
  const silent = tills.filter(
    ({ lastContactAt }) => lastContactAt === null || nowMs - Date.parse(lastContactAt) > outOfContactMs,
  );
  if (silent.length > 0) {
    const sinceAt = silent.flatMap(({ lastContactAt }) => lastContactAt ?? []).toSorted()[0] ?? null;
    return { kind: 'out-of-contact', count: silent.length, all, sinceAt };
  }
  const refused = tills.filter(({ alarms }) => alarms.some(({ kind }) => kind === 'journal-refused'));
  if (refused.length > 0) return { kind: 'journal-refused', count: refused.length, all };
  return { kind: 'all-in-contact', count: all };
}
