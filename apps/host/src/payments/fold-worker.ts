import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import { unfoldedTills } from '../intake/journal-reading.ts';
import { type Database, eachAtMost, startWorker, type Worker } from '../store/index.ts';
import { type FoldSettings, foldNext } from './fold.ts';

const tillsAtOnce = 4;

/**
 * Starts what folds the tills' journals into payments: of each till some entries at a time, so that a till that comes back
 * with a week of sales holds up no buyer at another one, and the trouble of one holds up no other.
 */
export function startFolding(
  database: Database,
  clock: Clock,
  log: Logger,
  settings: FoldSettings,
  onFolded: (tillId: string) => void,
): Worker {
  return startWorker('folding', clock, log, async () => {
    let mayBeMore = false;
    const troubles: unknown[] = [];
    await eachAtMost(tillsAtOnce, await unfoldedTills(database), async (tillId) => {
      try {
        const done = await foldNext(database, tillId, settings);
        mayBeMore ||= done.mayBeMore;
        onFolded(tillId);
      } catch (error) {
        troubles.push(error);
      }
    });
    if (troubles.length > 0) throw troubles[0];
    return mayBeMore ? clock.nowMs() : null;
  });
}
