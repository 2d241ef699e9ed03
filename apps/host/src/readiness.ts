import type { ReadinessCheck } from '@bivak/http-api';
import type { BankSessions } from './banks/index.ts';
import { type Queries, sql, type Worker } from './store/index.ts';

export interface ReadinessParts {
  database: Queries;
  /** What works now; null while the store is in doubt, or work has not begun. */
  work: () => { banks: Pick<BankSessions, 'states'>; workers: readonly Worker[] } | null;
}

/** What has to work so that a host takes sales in and collects them. */
export function hostReadiness({ database, work }: ReadinessParts): ReadinessCheck[] {
  return [
    {
      name: 'database',
      fault: async () => {
        await database.query(sql`select 1 as one`);
        return null;
      },
    },
    { name: 'work', fault: () => (work() === null ? 'not begun: the store is in doubt' : null) },
    { name: 'banks', fault: () => banksFault(work()?.banks.states() ?? []) },
    { name: 'workers', fault: () => workersFault(work()?.workers ?? []) },
  ];
}

type BankSessionStatus = ReturnType<BankSessions['states']>[number];

/** One bank that is signed on is enough to collect. */
function banksFault(states: readonly BankSessionStatus[]): string | null {
  if (states.some(({ session }) => session === 'signed-on')) return null;
  return states.length === 0
    ? 'none'
    : `none signed on: ${states.map(({ bankId, session }) => `${bankId} ${session}`).join(', ')}`;
}

function workersFault(workers: readonly Worker[]): string | null {
  const faults = workers.map((worker) => worker.fault()).filter((fault) => fault !== null);
  if (workers.length === 0) return 'none';
  return faults.length === 0 ? null : faults.join(', ');
}
