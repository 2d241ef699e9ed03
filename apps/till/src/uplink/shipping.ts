import { createTurns } from '../in-turn.ts';
import type { Journal } from '../journal/index.ts';
import { firstBytes, nextBatchBytes } from './batch-size.ts';
import type { Forget } from './forgetting.ts';
import { type Acknowledged, type HostClient, HostRefusal, NoResponse } from './host-client.ts';
import type { UplinkStore } from './store.ts';

/** Ships the journal: every entry once, in order, going on where the host has stopped. */
export interface Shipping {
  /** Ships all there is. Resolves with the number of entries acknowledged; throws NoResponse or HostRefusal if it stops before. */
  shipAll(): Promise<number>;
}

export interface ShippingOptions {
  journal: Journal;
  client: HostClient;
  store: UplinkStore;
  forget: Forget;
  log: {
    error(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
}

export function shipping(options: ShippingOptions): Shipping {
  const { journal, client, store } = options;
  const inTurn = createTurns();
  let batchBytes = firstBytes;

  const shipOne = async (): Promise<number> => {
    const { acknowledgedSeq: before, shippedSeq: shippedBefore } = store.state();
    const entries = journal.sealedAfter(before, batchBytes);
    if (entries.length === 0) return 0;
    // Kept before it leaves: whatever becomes of the answer, the host may have it.
    const shippedSeq = Math.max(shippedBefore, before + entries.length);
    try {
      acknowledge(await client.ship(entries, () => store.update({ shippedSeq })), options);
      batchBytes = nextBatchBytes(batchBytes, true);
    } catch (error) {
      if (error instanceof NoResponse) batchBytes = nextBatchBytes(batchBytes, false);
      if (!(error instanceof HostRefusal)) throw error;
      if (error.code === 'store-epoch-changed') {
        // Nothing of it was taken: what was sent before is what it was.
        store.update({ shippedSeq: shippedBefore });
        takeEpoch(error.data, options);
        return shipOne();
      }
      const { acknowledgedSeq } = error.data;
      if (typeof acknowledgedSeq === 'number') takeSeq(acknowledgedSeq, options);
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

/** The refusal names the epoch to go on in; one that names none, or the one that is known, is answered by nothing. */
function takeEpoch({ epoch, epochId, acknowledgedSeq }: HostRefusal['data'], options: ShippingOptions): void {
  const isNamed =
    typeof epoch === 'number' && typeof epochId === 'string' && typeof acknowledgedSeq === 'number';
  if (!isNamed || epochId === options.store.state().epochId)
    throw new HostRefusal('unreadable-response', 'the new epoch has no name', {});
  acknowledge({ epoch, epochId, acknowledgedSeq }, options);
}

/**
 * Takes the host's word for how far its store has the journal. In one epoch it only grows: less than was acknowledged is not
 * believed, and the next request says so. In another epoch, which a person has begun after the store was put back from an older
 * copy, it is what that has: the entries behind it are sent again. More than the till has itself, or another entry under the
 * same number (`hash`, if the host gives it), means that this till's data was rolled back to an old copy: nothing is shipped and
 * nothing sold from then on, so that no second history is written. Throws HostRefusal `journal-behind-host` then.
 */
export function acknowledge(
  { epoch, epochId, acknowledgedSeq }: Acknowledged,
  options: Pick<ShippingOptions, 'journal' | 'store' | 'forget' | 'log'>,
  hash: string | null = null,
): void {
  const { journal, store, log } = options;
  const known = store.state().epochId;
  if (epochId === known) {
    takeSeq(acknowledgedSeq, options, hash);
    return;
  }
  refuseOtherHistory(acknowledgedSeq, options, hash);
  if (known !== null)
    log.warn(
      { epoch, epochId, acknowledgedSeq, shippedSeq: store.state().shippedSeq, lastSeq: journal.lastSeq() },
      'the host’s store has another epoch: what it lacks is sent again',
    );
  store.update({ epochId, acknowledgedSeq });
  options.forget(acknowledgedSeq);
}

function takeSeq(
  acknowledgedSeq: number,
  options: Pick<ShippingOptions, 'journal' | 'store' | 'forget' | 'log'>,
  hash: string | null = null,
): void {
  const { store, forget, log } = options;
  refuseOtherHistory(acknowledgedSeq, options, hash);
  const known = store.state().acknowledgedSeq;
  if (acknowledgedSeq < known)
    log.error(
      { acknowledgedSeq, known },
      'the host’s store has less of the journal than it has acknowledged',
    );
  else {
    store.update({ acknowledgedSeq });
    forget(acknowledgedSeq);
  }
}

function refuseOtherHistory(
  acknowledgedSeq: number,
  { journal, store, log }: Pick<ShippingOptions, 'journal' | 'store' | 'log'>,
  hash: string | null,
): void {
  const lastSeq = journal.lastSeq();
  const isOtherHistory =
    hash !== null &&
    acknowledgedSeq >= 1 &&
    acknowledgedSeq <= lastSeq &&
    journal.hashAt(acknowledgedSeq) !== hash;
  if (acknowledgedSeq <= lastSeq && !isOtherHistory) return;
  log.error(
    { hostSeq: acknowledgedSeq, tillSeq: lastSeq, isOtherHistory },
    'the host has entries that this till lacks: its data was rolled back to an old copy; call support',
  );
  store.update({ hostAheadSeq: acknowledgedSeq });
  throw new HostRefusal('journal-behind-host', `the host has entry ${acknowledgedSeq}`, {});
}
