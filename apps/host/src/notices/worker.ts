import { createHash } from 'node:crypto';
import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import { type Database, eachAtMost, startWorker, type Worker } from '../store/index.ts';
import type { Notifier } from './smpp-notifier.ts';
import * as store from './store.ts';

const leaseMs = 60_000;
const retryMs = { first: 15_000, longest: 30 * 60_000 };
const atOnce = 8;

/**
 * Starts what sends notices: each is stored before it is sent, and sent again under the same reference until the centre
 * has taken or refused it.
 */
export function startNoticesWorker(
  database: Database,
  notifier: Notifier,
  clock: Clock,
  log: Logger,
): Worker {
  return startWorker('notices', clock, log, async () => {
    const claimed = await store.claimNotices(database, clock.nowMs(), leaseMs, 50);
    await eachAtMost(atOnce, claimed, async (notice) => {
      const result = await notifier.send({
        phone: notice.phone,
        text: notice.text,
        reference: referenceOf(notice),
      });
      if (result.kind === 'accepted')
        return store.recordAccepted(database, notice, result.messageId, clock.nowMs());
      if (result.kind === 'refused') {
        log.warn(
          { paymentId: notice.payment_id, kind: notice.kind, status: result.status },
          'the SMS centre refused a notice',
        );
        return store.recordFailed(database, notice, clock.nowMs());
      }
      return store.recordRetry(
        database,
        notice,
        clock.nowMs() + Math.min(retryMs.longest, retryMs.first * 2 ** Math.min(notice.tries, 7)),
      );
    });
    return store.nextNoticeDueMs(database);
  });
}

/** SMPP's user_message_reference: the same for every try of one notice. */
function referenceOf({ payment_id, kind }: store.NoticeRow): number {
  return createHash('sha256').update(`${payment_id} ${kind}`).digest().readUInt16BE(0);
}
