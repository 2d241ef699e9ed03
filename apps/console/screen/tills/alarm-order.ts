import type { Alarm } from '@bivak/domain';

/** What nobody has seen first, then what is not over, then what is; of each the newest first. */
const rank = { raised: 0, acknowledged: 1, ended: 2 } as const;

export const inOrder = (alarms: readonly Alarm[]): Alarm[] =>
  alarms.toSorted((a, b) => rank[a.state] - rank[b.state] || b.raisedAt.localeCompare(a.raisedAt));
