import type { QuarantineReason } from '@bivak/domain';
import { entryKinds } from '@bivak/journal';
import { releaseEntry, unexplainedEntries } from '../intake/quarantine.ts';
import { type FoldContext, foldOrQuarantine } from './fold.ts';

const batchSize = 100;

/**
 * Folds what is in a till's quarantine only because an older program did not know its kind or version, and ends its alarms.
 * Run once at the start, since only a new program knows more. Resolves with the number of entries.
 */
export async function foldExplained(context: FoldContext, tillId: string, nowMs: number): Promise<number> {
  let folded = 0;
  for (let afterSeq = 0; ; ) {
    const entries = await unexplainedEntries(context.database, tillId, afterSeq, batchSize);
    for (const { envelope, receivedAt, reason } of entries) {
      if (!isKnown(context, reason)) continue;
      if (!(await foldOrQuarantine(context, { envelope, receivedAt }))) continue;
      await releaseEntry(context.database, envelope, nowMs);
      folded++;
    }
    const last = entries.at(-1);
    if (last === undefined) break;
    afterSeq = last.envelope.seq;
  }
  if (folded > 0) context.log.info({ tillId, folded }, 'entries left quarantine: their kind is known now');
  return folded;
}

/** True if the program knows now what it did not know when it quarantined the entry. */
function isKnown({ knownKinds = entryKinds }: FoldContext, reason: QuarantineReason): boolean {
  if (reason.kind !== 'unknown-kind' && reason.kind !== 'newer-version') return false;
  const known = Object.entries(knownKinds).find(([kind]) => kind === reason.entryKind)?.[1];
  return known !== undefined && (reason.kind === 'unknown-kind' || reason.version <= known.version);
}
