import { isDeepStrictEqual } from 'node:util';
import { dropAttachments } from '../intake/attachments.ts';
import { recordReaderKeys } from '../intake/progress.ts';
import {
  endCollected,
  entriesToCollect,
  quarantinedEntries,
  releaseEntry,
  requarantine,
  tellOfCardData,
} from '../intake/quarantine.ts';
import { collectRepeated, type FoldContext, tryFold } from './fold.ts';

const batchSize = 100;

/**
 * Folds what is in a till's quarantine and can be folded now, and ends its alarms. Run once at the start: what is new then is the
 * program, its keys, its configuration; what it cannot fold either stays. Resolves with the number of entries that were folded.
 */
export async function foldQuarantined(context: FoldContext, tillId: string, nowMs: number): Promise<number> {
  const { database, log } = context;
  let folded = 0;
  for (let afterSeq = 0; ; ) {
    const entries = await quarantinedEntries(database, tillId, afterSeq, batchSize);
    let isOfCardData = false;
    for (const entry of entries) {
      const { reason, readerKey, keptSeq } = await tryFold(context, entry);
      if (keptSeq !== undefined)
        await database.transaction((queries) =>
          dropAttachments(queries, tillId, { seqs: [keptSeq], isCardKept: true }),
        );
      if (readerKey !== undefined) await recordReaderKeys(database, tillId, [readerKey]);
      if (reason === undefined) {
        await releaseEntry(database, entry.envelope, nowMs);
        isOfCardData ||= entry.reason.kind === 'card-unreadable';
        folded++;
      } else if (!isDeepStrictEqual(reason, entry.reason)) await requarantine(database, entry, reason, nowMs);
    }
    if (isOfCardData) await tellOfCardData(database, tillId, nowMs);
    const last = entries.at(-1);
    if (last === undefined) break;
    afterSeq = last.envelope.seq;
  }
  if (folded > 0) log.info({ tillId, folded }, 'entries left quarantine: they can be folded now');
  return folded;
}

/** Makes the payments of quarantined sales that are to be collected. Resolves with the number of those that were made. */
export async function collectDecided(context: FoldContext, tillId: string, nowMs: number): Promise<number> {
  const { database, log } = context;
  let collected = 0;
  for (const { entry, ...decided } of await entriesToCollect(database, tillId, batchSize)) {
    const { seq } = entry.envelope;
    const reason = await collectRepeated(context, entry, decided);
    if (reason === undefined) {
      await endCollected(database, { tillId, seq }, nowMs);
      log.info({ tillId, seq, by: decided.by }, 'a quarantined sale is collected: a person has decided so');
      collected++;
    } else await requarantine(database, entry, reason, nowMs);
  }
  return collected;
}
