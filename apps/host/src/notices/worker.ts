import { createHash } from 'node:crypto';
import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import { type Database, eachAtMost, startWorker, type Worker } from '../store/index.ts';
import { type IdForm, messageMeant } from './message-ids.ts';
import type { Receipt } from './receipt.ts';
import type { Notifier, SendResult } from './smpp-notifier.ts';
import * as store from './store.ts';
import type { NoticeText } from './text.ts';

/** Longer than the centre's answer is waited for: a claim that has passed belongs to a host that died. */
const leaseMs = 60_000;
const retryMs = { first: 15_000, max: 30 * 60_000 };
const maxAtOnce = 8;
/** How long another host may take to record what the centre answered it. */
const raceWindowMs = 2_000;

/** What sends notices. */
export interface NoticesWorker extends Worker {
  /** A delivery receipt has come. Resolves when it is recorded; one of a message that nobody sent is logged. */
  receipt(receipt: Receipt): Promise<void>;
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
  const usual = usualForm();
  const isRecorded = async (receipt: Receipt): Promise<boolean> => {
    const meant = messageMeant(
      await store.messagesNamed(database, receipt.messageIds),
      receipt,
      usual.form(),
    );
    if (meant === undefined) return false;
    if (meant.isCertain) usual.seen(meant.form);
    await store.recordDelivery(database, meant.message, receipt.isDelivered, clock.nowMs());
    return true;
  };
  return {
    ...worker,
    async receipt(receipt) {
      if (await isRecorded(receipt)) return;
      // The receipt may arrive before the id of its message is recorded, here or by another host.
      await Promise.allSettled([...recording]);
      if (await isRecorded(receipt)) return;
      await new Promise<void>((resolve) => {
        clock.at(clock.nowMs() + raceWindowMs, resolve);
      });
      if (await isRecorded(receipt)) return;
      // Acknowledged all the same: a centre that is told to try again does so for ever.
      const { messageIds, isDelivered } = receipt;
      log.warn({ messageIds, isDelivered }, 'a receipt names a message that no notice has');
    },
  };
}

/** How this centre's receipts have named messages, if that was certain: the form seen most often. */
function usualForm(): { form(): IdForm | undefined; seen(form: IdForm): void } {
  const counts = new Map<IdForm, number>();
  return {
    form: () => [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0],
    seen: (form) => void counts.set(form, (counts.get(form) ?? 0) + 1),
  };
}

async function record(
  database: Database,
  notice: store.NoticeRow,
  result: SendResult,
  nowMs: number,
  log: Logger,
): Promise<void> {
  if (result.kind === 'accepted') return store.recordAccepted(database, notice, result.messageIds, nowMs);
  if (result.kind === 'refused') {
    const { payment_id: paymentId, kind } = notice;
    log.warn({ paymentId, kind, status: result.status }, 'the SMS centre refused a notice');
    await store.recordFailed(database, notice, nowMs);
    return;
  }
  const waitMs = Math.min(retryMs.max, retryMs.first * 2 ** Math.min(notice.tries, 7));
  // If it is not known whether the centre has it, it stays `sending` until the centre has answered for it.
  const state = result.kind === 'unknown' ? 'sending' : 'stored';
  await store.recordRetry(database, notice, state, nowMs + waitMs, nowMs);
}

/** SMPP's user_message_reference: the same for every try of one notice. */
function referenceOf({ payment_id, kind }: store.NoticeRow): number {
  return createHash('sha256').update(`${payment_id} ${kind}`).digest().readUInt16BE(0);
}
