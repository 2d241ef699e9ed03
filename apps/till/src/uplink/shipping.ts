import { createTurns } from '../in-turn.ts';
import type { Journal } from '../journal/index.ts';
import { firstBytes, nextBatchBytes } from './batch-size.ts';
import { type HostClient, HostRefusal, NoAnswer } from './host-client.ts';
import type { UplinkStore } from './store.ts';

/** Ships the journal: every entry once, in order, going on where the host has stopped. */
export interface Shipping {
  /** Ships all there is. Resolves with the number of entries acknowledged; throws NoAnswer or HostRefusal where it stops. */
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
      if (error instanceof NoAnswer) batchBytes = nextBatchBytes(batchBytes, false);
      if (error instanceof HostRefusal && typeof error.members.acknowledgedSeq === 'number')
        acknowledge(error.members.acknowledgedSeq, options);
      throw error;
    }
    const after = store.state().acknowledgedSeq;
    if (after === before)
      throw new HostRefusal(200, 'nothing-taken', `no entry after ${before} was taken`, {});
    return after - before;
  };
  return {
    shipAll: () =>
      inTurn(async () => {
        let shipped = 0;
        for (let one = await shipOne(); one !== 0; one = await shipOne()) shipped += one;
        return shipped;
      }),
  };
}

/**
 * Takes the host's word for how far it has the journal: further, where an answer was lost; less far, where the host was
 * restored from a copy, and then those entries are sent again. More than the till has itself, or another entry under the same
 * number (`hash`, where the host gives it), means that this till's data was restored from an old copy: nothing is shipped
 * and nothing sold from then on, so that no second history is written. Throws HostRefusal `journal-behind-host` then.
 */
export function acknowledge(
  seq: number,
  { journal, store, log }: Pick<Parameters<typeof shipping>[0], 'journal' | 'store' | 'log'>,
  hash: string | null = null,
): void {
  const tillHas = journal.lastSeq();
  const isOther = hash !== null && seq >= 1 && seq <= tillHas && journal.hashAt(seq) !== hash;
  if (seq <= tillHas && !isOther) {
    store.update({ acknowledgedSeq: seq });
    return;
  }
  log.error({ hostHas: seq, tillHas, isOther }, 'the host has entries that this till lacks');
  store.update({ aheadSeq: seq });
  throw new HostRefusal(
    200,
    'journal-behind-host',
    `the host has ${seq} entries of this till’s journal, ${isOther ? 'others than this till' : `this till ${tillHas}`}: its data was put back to an old copy; call support`,
    {},
  );
}
