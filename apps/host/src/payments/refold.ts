import { isDeepStrictEqual } from 'node:util';
import { quarantineEntry, releaseEntry, unreadEntries } from '../intake/quarantine.ts';
import { type FoldContext, tryFold } from './fold.ts';

const batchSize = 100;

/**
 * Folds what is in a till's quarantine only because an older program could not read it, and ends its alarms. Run once at the
 * start, since only a new program can read more; what it cannot read or fold either stays. Resolves with the number of
 * entries that were folded.
 */
export async function foldUnread(context: FoldContext, tillId: string, nowMs: number): Promise<number> {
  const { database, log } = context;
  let folded = 0;
  for (let afterSeq = 0; ; ) {
    const entries = await unreadEntries(database, tillId, afterSeq, batchSize);
    for (const entry of entries) {
      const reason = await tryFold(context, entry);
      if (reason === undefined) {
        await releaseEntry(database, entry.envelope, nowMs);
        folded++;
      } else if (!isDeepStrictEqual(reason, entry.reason))
        await quarantineEntry(database, entry.envelope, reason, nowMs);
    }
    const last = entries.at(-1);
    if (last === undefined) break;
    afterSeq = last.envelope.seq;
  }
  if (folded > 0) log.info({ tillId, folded }, 'entries left quarantine: they can be read now');
  return folded;
}
