import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { sandboxApi } from '@bivak/contracts';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SmppNotifier } from '../../apps/host/src/notices/smpp-notifier.ts';
import { storeNotice } from '../../apps/host/src/notices/store.ts';
import { type NoticesWorker, startNoticesWorker } from '../../apps/host/src/notices/worker.ts';
import { type Database, sql } from '../../apps/host/src/store/index.ts';
import { startTestDatabases, type TestDatabases } from '../../apps/host/src/store/testing/databases.ts';
import { type HandClock, handClock, until } from '../../apps/host/src/testing/clock.ts';
import { startSmsCentre } from '../../apps/sandbox/src/sms-centre/sms-centre-server.ts';

const log = pino({ level: 'silent' });
const longText = 'Буфет: покупка на 500,00 ₽ пока не оплачена. '.repeat(4).trim();
const facts = {
  amountMinor: 50_000,
  currency: 'RUB',
  soldAt: '2026-11-24T09:00:00.000Z',
  timeZone: 'Europe/Moscow',
  windowEndsAt: '2026-12-01T09:00:00.000Z',
  retryClass: 'later',
  nextAttemptAt: null,
} as const;

/** Whatever habits the SMS centre has, each notice gets through once, and its receipt is understood. */
describe('notices and an SMS centre with habits of its own', { timeout: 120_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  let clock: HandClock;
  let folder: string;
  let centre: Awaited<ReturnType<typeof startSmsCentre>>;
  let notifier: SmppNotifier;
  let worker: NoticesWorker;
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
    clock = handClock();
    folder = mkdtempSync(join(tmpdir(), 'bivak-sms-'));
    const config = { port: 0, smppPort: 0, dataDir: folder, systemId: 'bivak', password: 'secret' };
    centre = await startSmsCentre({ config, clock, log });
    const settings = {
      host: '127.0.0.1',
      port: centre.smppPort,
      systemId: 'bivak',
      password: 'secret',
      from: 'BUFET',
    };
    notifier = new SmppNotifier(settings, clock, log, {
      onReady: () => worker.wake(),
      onReceipt: (receipt) => worker.receipt(receipt),
    });
    worker = startNoticesWorker(
      database,
      notifier,
      ({ payment_id }) => `${payment_id}: ${longText}`,
      clock,
      log,
    );
    await until(() => notifier.isReady());
  });
  afterEach(async () => {
    await notifier.close();
    await worker.stop();
    await centre.stop();
    rmSync(folder, { recursive: true });
  });

  it.each<[string, object]>([
    ['none', {}],
    ['no message_payload', { refusesPayloadTlv: true }],
    ['no optional fields', { refusesOptionalFields: true }],
    ['neither these nor headers', { refusesOptionalFields: true, refusesHeaders: true }],
    ['receipts in decimal', { receiptIdForm: 'decimal', receiptPlace: 'text' }],
    [
      'receipts in decimal, of parts',
      { receiptIdForm: 'decimal', receiptPlace: 'fields', refusesPayloadTlv: true },
    ],
    [
      'receipts without zeros, in UCS-2',
      { receiptIdForm: 'without-zeros', receiptPlace: 'text', receiptCoding: 'ucs2' },
    ],
    [
      'receipts with a zero, marked UCS-2',
      { receiptIdForm: 'with-zero', receiptPlace: 'text', receiptCoding: 'marked-ucs2' },
    ],
    [
      'receipts in capitals, as octets',
      { receiptIdForm: 'upper-case', receiptPlace: 'text', receiptCoding: 'octets' },
    ],
    ['receipts that are repeated', { receiptRepeats: 3 }],
    ['throttling', { throttlesEvery: 2, refusesPayloadTlv: true }],
    ['late answers', { answerMs: 5_000 }],
    ['connections cut instead of answers', { dropsAfterEvery: 3 }],
    [
      'all at once',
      {
        refusesPayloadTlv: true,
        refusesOptionalFields: true,
        receiptIdForm: 'decimal',
        receiptPlace: 'text',
        receiptCoding: 'ucs2',
        receiptRepeats: 1,
        throttlesEvery: 5,
        answerMs: 200,
      },
    ],
  ])('habits: %s', async (_, mind) => {
    const answer = await fetch(`http://127.0.0.1:${centre.port}/v1/mind`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(mind),
    });
    expect(answer.status).toBe(200);
    const ids = Array.from(
      { length: 12 },
      (_unused, index) => `till-1-${String(index + 1).padStart(6, '0')}`,
    );
    for (const [index, payment_id] of ids.entries()) {
      const phone = `+7900000${String(index % 6).padStart(4, '0')}`;
      await storeNotice(database, { bucket: index, payment_id }, 'declined', phone, facts, clock.nowMs());
    }
    worker.wake();
    const states = () => database.query<{ state: string }>(sql`select state from notices`);
    await until(
      async () => (await states()).every(({ state }) => state === 'delivered'),
      () => clock.advance(worker.isBusy() ? 100 : 2_000),
    );
    const sent = (await (await fetch(`http://127.0.0.1:${centre.port}/v1/sms`)).json()) as {
      items: sandboxApi.Sms[];
    };
    expect(sent.items.map(({ text }) => text).toSorted()).toEqual(ids.map((id) => `${id}: ${longText}`));
  });
});
