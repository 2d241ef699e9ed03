import type { Clock } from '@bivak/clock';
import { unfoldedTills } from '../intake/journal-reading.ts';
import { tillsToCollect, tillsWithQuarantined } from '../intake/quarantine.ts';
import { eachAtMost, startWorker, type Worker } from '../store/index.ts';
import { type FoldContext, foldNext } from './fold.ts';
import { collectDecided, foldQuarantined } from './refold.ts';

const tillsAtOnce = 4;

/**
 * Starts what folds the tills' journals into payments: of each till some entries at a time, so that a till that comes back
 * with a week of sales holds up no buyer at another one, and the trouble of one holds up no other. First it folds what an
 * older program, or one without the keys, could not; and always what a person has decided to collect.
 */
export function startFolding(context: FoldContext, clock: Clock, onFolded: (tillId: string) => void): Worker {
  const { database, log } = context;
  let quarantinedTills: string[] | undefined;
  return startWorker('folding', clock, log, async () => {
    let mayBeMore = false;
    const troubles: unknown[] = [];
    const eachTill = (tills: readonly string[], act: (tillId: string) => Promise<boolean>): Promise<void> =>
      eachAtMost(tillsAtOnce, tills, async (tillId) => {
        try {
          if (await act(tillId)) onFolded(tillId);
        } catch (error) {
          troubles.push(error);
        }
      });
    quarantinedTills ??= await tillsWithQuarantined(database);
    await eachTill([...quarantinedTills], async (tillId) => {
      const folded = await foldQuarantined(context, tillId, clock.nowMs());
      quarantinedTills = quarantinedTills!.filter((one) => one !== tillId);
      return folded > 0;
    });
    await eachTill(
      await tillsToCollect(database),
      async (tillId) => (await collectDecided(context, tillId, clock.nowMs())) > 0,
    );
    await eachTill(await unfoldedTills(database), async (tillId) => {
      const done = await foldNext(context, tillId);
      mayBeMore ||= done.mayBeMore;
      return true;
    });
    if (troubles.length > 0) throw troubles[0];
    return mayBeMore ? clock.nowMs() : null;
  });
}
