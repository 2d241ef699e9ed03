import { createHash } from 'node:crypto';
import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import { type Database, eachAtMost, startWorker, type Worker } from '../store/index.ts';
import type { Notifier, SendResult } from './smpp-notifier.ts';
import * as store from './store.ts';
import type { NoticeText } from './text.ts';

/** Longer than the centre's answer is waited for: a claim that has passed belongs to a host that died. */
const leaseMs = 60_000;
const retryMs = { first: 15_000, max: 30 * 60_000 };
const maxAtOnce = 8;

/** What sends notices. */
export interface NoticesWorker extends Worker {
  /** A delivery receipt has come; false if no notice is known by the id of its message. */
  receipt(messageId: string, isDelivered: boolean): Promise<boolean>;
}

/**
 * Starts what sends notices: each is stored before it is sent, and sent again under the same reference until the centre
 * has taken or refused it. Nothing is claimed while there is no session with the centre.
 */
export function startNoticesWorker(
  database: Database,
  notifier: Notifier,
  textOf: NoticeText,
  clock: Clock,
  log: Logger,
): NoticesWorker {
  const recording = new Set<Promise<void>>();
  const worker = startWorker('notices', clock, log, async () => {
    if (!notifier.isReady()) return null;
    const claimed = await store.claimNotices(database, clock.nowMs(), leaseMs, maxAtOnce);
    await eachAtMost(maxAtOnce, claimed, async (notice) => {
      const { phone } = notice;
      const message = { phone, text: textOf(notice), reference: referenceOf(notice) };
      const result = await notifier.send(message);
      const recorded = record(database, notice, result, clock.nowMs(), log);
      recording.add(recorded);
      await recorded.finally(() => recording.delete(recorded));
    });
    return store.nextNoticeDueMs(database);
  });
  return {
    ...worker,
    async receipt(messageId, isDelivered) {
      const isKnown = () => store.recordDelivery(database, messageId, isDelivered, clock.nowMs());
      if (await isKnown()) return true;
      // The receipt may arrive before its message id is recorded.
      await Promise.allSettled([...recording]);
      return isKnown();
    },
  };
}

async function record(
  database: Database,
  notice: store.NoticeRow,
  result: SendResult,
  nowMs: number,
  log: Logger,
): Promise<void> {
  if (result.kind === 'accepted') return store.recordAccepted(database, notice, result.messageId, nowMs);
  if (result.kind === 'refused') {
    const { payment_id: paymentId, kind } = notice;
    log.warn({ paymentId, kind, status: result.status }, 'the SMS centre refused a notice');
    return store.recordFailed(database, notice, nowMs);
  }
  const waitMs = Math.min(retryMs.max, retryMs.first * 2 ** Math.min(notice.tries, 7));
  // If it is not known whether the centre has it, it stays `sending` until the centre has answered for it.
  const state = result.kind === 'unknown' ? 'sending' : 'stored';
  return store.recordRetry(database, notice, state, nowMs + waitMs, nowMs);
}

/** SMPP's user_message_reference: the same for every try of one notice. */
function referenceOf({ payment_id, kind }: store.NoticeRow): number {
  return createHash('sha256').update(`${payment_id} ${kind}`).digest().readUInt16BE(0);
}
