import type { uplinkApi } from '@bivak/contracts';
import type { LimitsStore } from '../limits/index.ts';
import type { StopListStore } from '../stoplist/index.ts';
import type { UplinkStore } from './store.ts';

/** What this till knows of the host's store, by which the host notices that it is older than the world. */
export function tillMemory(parts: {
  uplinkState: UplinkStore;
  limits: Pick<LimitsStore, 'outcomesCursor'>;
  stopList: Pick<StopListStore, 'current'>;
}): uplinkApi.TillMemory {
  const { epochId, acknowledgedSeq, shippedSeq } = parts.uplinkState.state();
  const { version, hash } = parts.stopList.current();
  return {
    epochId,
    acknowledgedSeq,
    shippedSeq,
    outcomesCursor: parts.limits.outcomesCursor(),
    stopListVersion: version,
    stopListHash: hash,
  };
}
