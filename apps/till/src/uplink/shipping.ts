import { createTurns } from '../in-turn.ts';
import type { Journal } from '../journal/index.ts';
import { firstBytes, nextBatchBytes } from './batch-size.ts';
import { type HostClient, HostRefusal, NoResponse } from './host-client.ts';
import type { UplinkStore } from './store.ts';

/** Ships the journal: every entry once, in order, going on where the host has stopped. */
export interface Shipping {
  /** Ships all there is. Resolves with the number of entries acknowledged; throws NoResponse or HostRefusal if it stops before. */
  shipAll(): Promise<number>;
}

export function shipping(options: {
  journal: Journal;
  client: HostClient;
  store: UplinkStore;
  log: { error(fields: object, message: string): void };
}): Shipping {
  const { journal, client, store } = options;
  const inTurn = createTurns();
  let batchBytes = firstBytes;

  const shipOne = async (): Promise<number> => {
    const before = store.state().acknowledgedSeq;
    const entries = journal.sealedAfter(before, batchBytes);
    if (entries.length === 0) return 0;
    try {
      acknowledge(await client.ship(entries), options);
      batchBytes = nextBatchBytes(batchBytes, true);
    } catch (error) {
      if (error instanceof NoResponse) batchBytes = nextBatchBytes(batchBytes, false);
      if (error instanceof HostRefusal && typeof error.data.acknowledgedSeq === 'number')
        acknowledge(error.data.acknowledgedSeq, options);
      throw error;
    }
    const after = store.state().acknowledgedSeq;
    if (after === before) throw new HostRefusal('nothing-taken', `no entry after ${before} was taken`, {});
    return after - before;
  };
  return {
    shipAll: () =>
      inTurn(async () => {
        let shipped = 0;
        for (let count = await shipOne(); count !== 0; count = await shipOne()) shipped += count;
        return shipped;
      }),
  };
}

/**
 * Takes the host's word for how far it has the journal: further, if a response was lost; less far, if the host was
 * restored from a copy, and then those entries are sent again. More than the till has itself, or another entry under the same
 * number (`hash`, if the host gives it), means that this till's data was rolled back to an old copy: nothing is shipped and
 * nothing sold from then on, so that no second history is written. Throws HostRefusal `journal-behind-host` then.
 */
export function acknowledge(
  acknowledgedSeq: number,
  { journal, store, log }: Pick<Parameters<typeof shipping>[0], 'journal' | 'store' | 'log'>,
  hash: string | null = null,
): void {
  const lastSeq = journal.lastSeq();
  const isOtherHistory =
    hash !== null &&
    acknowledgedSeq >= 1 &&
    acknowledgedSeq <= lastSeq &&
    journal.hashAt(acknowledgedSeq) !== hash;
  if (acknowledgedSeq <= lastSeq && !isOtherHistory) {
    store.update({ acknowledgedSeq });
    return;
  }
  log.error(
    { hostSeq: acknowledgedSeq, tillSeq: lastSeq, isOtherHistory },
    'the host has entries that this till lacks: its data was rolled back to an old copy; call support',
  );
  store.update({ hostAheadSeq: acknowledgedSeq });
  throw new HostRefusal('journal-behind-host', `the host has entry ${acknowledgedSeq}`, {});
}
