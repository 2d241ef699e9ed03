import type { AddressInfo } from 'node:net';
import type { NoticeKind } from '@bivak/domain';
import smpp, { type Pdu, type Server, type Session } from 'smpp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, type NoticeFacts, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { type HandClock, handClock, until } from '../testing/clock.ts';
import { silentLog } from '../testing/log.ts';
import { SmppNotifier } from './smpp-notifier.ts';
import { storeNotice, withdrawWaiting } from './store.ts';
import { type NoticesWorker, startNoticesWorker } from './worker.ts';

const phone = '+79000000001';
const text = 'Буфет: покупка на 500,00 ₽ пока не оплачена. '.repeat(4);
const facts: NoticeFacts = {
  amountMinor: 50_000,
  currency: 'RUB',
  soldAt: '2026-11-24T09:00:00.000Z',
  timeZone: 'Europe/Moscow',
  windowEndsAt: '2026-12-01T09:00:00.000Z',
  retryClass: 'later',
  nextAttemptAt: null,
};
const throttled = 0x58;
const invalidDestination = 0x0b;

/** A centre that does what a test says with each message, over real SMPP. */
function scriptedCentre() {
  const sessions = new Set<Session>();
  const submitted: Pdu[] = [];
  const binds: Pdu[] = [];
  const replies: Pdu[] = [];
  let server: Server | undefined;
  let port = 0;
  const centre = {
    submitted,
    binds,
    replies,
    sessions,
    /** What it does with a message, the n-th of all. */
    onSubmit: (session: Session, pdu: Pdu, _n: number): void => centre.accept(session, pdu),
    accept: (session: Session, pdu: Pdu): void => {
      session.send(pdu.response({ message_id: `id-${submitted.indexOf(pdu)}` }));
    },
    refuse: (session: Session, pdu: Pdu, status: number): void => {
      session.send(pdu.response({ command_status: status }));
    },
    open: async (): Promise<number> => {
      server = smpp.createServer((session) => {
        sessions.add(session);
        session.on('close', () => sessions.delete(session));
        session.on('error', () => session.destroy());
        session.on('bind_transceiver', (pdu: Pdu) => {
          binds.push(pdu);
          session.send(pdu.response());
        });
        session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
        session.on('deliver_sm_resp', (pdu: Pdu) => replies.push(pdu));
        session.on('submit_sm', (pdu: Pdu) => {
          submitted.push(pdu);
          centre.onSubmit(session, pdu, submitted.length);
        });
      });
      await new Promise<void>((resolve) => server!.listen(port, '127.0.0.1', resolve));
      port = (server.address() as AddressInfo).port;
      return port;
    },
    close: async (): Promise<void> => {
      const closing = server;
      server = undefined;
      for (const session of sessions) session.destroy();
      if (closing !== undefined) await new Promise<void>((resolve) => closing.close(() => resolve()));
    },
  };
  return centre;
}

describe('notices, over SMPP', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  let clock: HandClock;
  let centre: ReturnType<typeof scriptedCentre>;
  let notifier: SmppNotifier;
  let worker: NoticesWorker;

  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
    clock = handClock();
    centre = scriptedCentre();
    const port = await centre.open();
    const settings = { host: '127.0.0.1', port, systemId: 'bivak', password: 'secret', from: 'BUFET' };
    notifier = new SmppNotifier(settings, clock, silentLog, {
      onReady: () => worker.wake(),
      onReceipt: (messageId, isDelivered) => worker.receipt(messageId, isDelivered),
    });
    worker = startNoticesWorker(database, notifier, ({ kind }) => `${kind}: ${text}`, clock, silentLog);
    await until(() => notifier.isReady());
  });
  afterEach(async () => {
    await notifier.close();
    await worker.stop();
    await centre.close();
  });

  const say = async (kind: NoticeKind, id = 'till-1-000001', atMs = clock.nowMs()): Promise<void> => {
    await storeNotice(database, { bucket: 7, payment_id: id }, kind, phone, facts, atMs);
    worker.wake();
  };
  const states = async (): Promise<string[]> =>
    (
      await database.query<{ state: string }>(sql`select state from notices order by stored_at, payment_id`)
    ).map(({ state }) => state);
  const become = (...wanted: string[]): Promise<void> =>
    until(async () => JSON.stringify(await states()) === JSON.stringify(wanted));
  /** Lets what is waited for fall due, by the clock; slowly, and not while an answer is on its way, so that none is too late. */
  const pass = (): void => {
    if (!worker.isBusy()) clock.advance(1_000);
  };
  const textOf = (pdu: Pdu): unknown => {
    const { message_payload: payload } = pdu;
    return typeof payload === 'object' ? payload.message : payload;
  };

  it('binds as a transceiver of 3.4 and sends a long Russian text whole, in UCS-2, with a receipt requested', async () => {
    await say('middle');
    await become('accepted');
    expect(centre.binds[0]).toMatchObject({
      system_id: 'bivak',
      password: 'secret',
      interface_version: 0x34,
    });
    expect(centre.submitted).toHaveLength(1);
    expect(centre.submitted[0]).toMatchObject({
      source_addr: 'BUFET',
      dest_addr_ton: 1,
      destination_addr: '79000000001',
      data_coding: 8,
      registered_delivery: 1,
    });
    expect(textOf(centre.submitted[0]!)).toBe(`middle: ${text}`);
  });

  it('claims nothing while there is no session, and sends as soon as there is one', async () => {
    await centre.close();
    await until(() => !notifier.isReady());
    await say('declined');
    await until(() => !worker.isBusy());
    expect(await states()).toEqual(['stored']);
    await centre.open();
    await until(async () => (await states())[0] === 'accepted', pass);
    expect(centre.submitted).toHaveLength(1);
  });

  it('is patient with a centre that throttles, and gives up only on a refusal', async () => {
    centre.onSubmit = (session, pdu, n) =>
      n === 1
        ? centre.refuse(session, pdu, throttled)
        : n === 2
          ? centre.accept(session, pdu)
          : centre.refuse(session, pdu, invalidDestination);
    await say('declined');
    await until(() => centre.submitted.length === 1);
    await become('stored');
    await until(async () => (await states())[0] === 'accepted', pass);
    clock.advance(1);
    await say('middle');
    await become('accepted', 'failed');
    expect(centre.submitted).toHaveLength(3);
  });

  it('sends again under the same reference when a centre dies before it has answered', async () => {
    centre.onSubmit = (session, pdu, n) => (n === 1 ? session.destroy() : centre.accept(session, pdu));
    await say('declined');
    await until(() => centre.submitted.length === 1);
    await become('sending');
    await until(async () => (await states())[0] === 'accepted', pass);
    const references = centre.submitted.map(({ user_message_reference }) => user_message_reference);
    expect(references).toHaveLength(2);
    expect(references[0]).toBeTypeOf('number');
    expect(references[1]).toBe(references[0]);
  });

  it('sends the notices of one debt in order: none overtakes one that is not handed over', async () => {
    centre.onSubmit = (session, pdu, n) =>
      n === 1 ? centre.refuse(session, pdu, throttled) : centre.accept(session, pdu);
    await say('declined', 'till-1-000001');
    await until(() => centre.submitted.length === 1);
    await become('stored');
    clock.advance(1);
    await say('middle', 'till-1-000001');
    await say('declined', 'till-1-000002');
    await until(() => centre.submitted.length === 2);
    await until(async () => (await states()).every((state) => state === 'accepted'), pass);
    expect(centre.submitted.map((pdu) => String(textOf(pdu)).split(':')[0])).toEqual([
      'declined',
      'declined',
      'declined',
      'middle',
    ]);
  });

  it('withdraws what was not sent when the debt is paid', async () => {
    await centre.close();
    await until(() => !notifier.isReady());
    await say('declined');
    await withdrawWaiting(database, { bucket: 7, payment_id: 'till-1-000001' }, clock.nowMs());
    clock.advance(1);
    await say('paid');
    await centre.open();
    await until(async () => (await states()).join() === 'withdrawn,accepted', pass);
    expect(centre.submitted).toHaveLength(1);
  });

  it('takes a receipt that arrives before its message id is recorded, as fields or as text', async () => {
    centre.onSubmit = (session, pdu, n) => {
      centre.accept(session, pdu);
      const id = `id-${n - 1}`;
      const fields =
        n === 1
          ? { receipted_message_id: id, message_state: 2 }
          : { short_message: `id:${id} sub:001 dlvrd:000 stat:UNDELIV err:001 text:` };
      session.deliver_sm({ esm_class: 4, source_addr: '79000000001', destination_addr: 'BUFET', ...fields });
    };
    await say('declined');
    await become('delivered');
    clock.advance(1);
    await say('middle');
    await become('delivered', 'failed');
    await until(() => centre.replies.length === 2);
    expect(centre.replies.map(({ command_status }) => command_status)).toEqual([0, 0]);
  });

  it('takes interim states, and what people write back, for no receipt', async () => {
    await say('declined');
    await become('accepted');
    const [session] = centre.sessions;
    session!.deliver_sm({ esm_class: 4, receipted_message_id: 'id-0', message_state: 1 });
    session!.deliver_sm({ esm_class: 0, source_addr: '79000000001', short_message: 'id:id-0 stat:UNDELIV' });
    session!.deliver_sm({ esm_class: 4, receipted_message_id: 'of somebody else', message_state: 2 });
    await until(() => centre.replies.length === 3);
    expect(await states()).toEqual(['accepted']);
    const answers = centre.replies.map(({ command_status }) => command_status).toSorted();
    // The last one may be for a notice that another host is still writing down: the centre is to try again.
    expect(answers).toEqual([0, 0, 0x64]);
  });

  it('comes back after a centre has unbound it, or has sent what is no SMPP', async () => {
    const leave: ((session: Session) => void)[] = [
      (session) => session.unbind(),
      (session) => session.socket.write(Buffer.from('ffffffffffffffffffffffffffffffff', 'hex')),
      (session) =>
        session.socket.write(Buffer.from('0000001080000004000000007fffffff', 'hex').subarray(0, 9)),
    ];
    for (const [index, leaving] of leave.entries()) {
      const [session] = centre.sessions;
      leaving(session!);
      if (index === 2) session!.destroy();
      await until(() => centre.binds.length === index + 2 && notifier.isReady(), pass);
    }
    await say('declined');
    await become('accepted');
  });
});
