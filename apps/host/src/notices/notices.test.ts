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
  const unbinds: Pdu[] = [];
  let server: Server | undefined;
  let port = 0;
  const centre = {
    submitted,
    binds,
    replies,
    unbinds,
    sessions,
    answersUnbind: true,
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
        session.on('unbind', (pdu: Pdu) => {
          unbinds.push(pdu);
          if (centre.answersUnbind) session.send(pdu.response());
        });
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
    port: () => port,
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
      onReceipt: (receipt) => worker.receipt(receipt),
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
    const payload = pdu.message_payload ?? pdu.short_message;
    return typeof payload === 'object' ? payload.message : payload;
  };

  /** The text of parts that are numbered by headers, in the order of their numbers. */
  const joined = (parts: readonly Pdu[]): string =>
    parts
      .map((pdu) => {
        const content = pdu.short_message as { message: string; udh: Buffer[] };
        return { number: content.udh[0]!.at(-1)!, of: content.udh[0]!.at(-2)!, text: content.message };
      })
      .filter(({ of }) => of === parts.length)
      .toSorted((one, other) => one.number - other.number)
      .map(({ text: part }) => part)
      .join('');

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
    // The last one may be for a notice that another host is still writing down: it is looked for again, and then done with.
    await until(() => centre.replies.length === 3, pass);
    expect(await states()).toEqual(['accepted']);
    expect(centre.replies.map(({ command_status }) => command_status)).toEqual([0, 0, 0]);
  });

  it('sends a text in parts to a centre that refuses message_payload, and tries it no more in this session', async () => {
    const refused = [0xc0, 0xc1, 0xc2, 0xc4, 0x01, 0x02];
    for (const [index, status] of refused.entries()) {
      centre.onSubmit = (session, pdu) =>
        pdu.message_payload === undefined ? centre.accept(session, pdu) : centre.refuse(session, pdu, status);
      const before = centre.submitted.length;
      await say('middle', `till-1-00000${index}`);
      await until(async () => (await states()).every((state) => state === 'accepted'), pass);
      const [whole, ...parts] = centre.submitted.slice(before);
      expect(textOf(whole!), `refused by ${status}`).toBe(`middle: ${text}`);
      expect(joined(parts)).toBe(`middle: ${text}`);
      for (const { esm_class, data_coding, registered_delivery } of parts)
        expect({ esm_class, data_coding, registered_delivery }).toEqual({
          esm_class: 0x40,
          data_coding: 8,
          registered_delivery: 1,
        });
      await say('day-before', `till-1-00000${index}`);
      await until(async () => (await states()).every((state) => state === 'accepted'), pass);
      const next = centre.submitted.slice(before + 1 + parts.length);
      expect(joined(next)).toBe(`day-before: ${text}`);
      for (const session of centre.sessions) session.destroy();
      await until(() => centre.binds.length === index + 2 && notifier.isReady(), pass);
    }
    // Another session, another centre perhaps: the whole text is tried again.
    centre.onSubmit = (session, pdu) => centre.accept(session, pdu);
    const before = centre.submitted.length;
    await say('paid', 'till-1-000000');
    await until(async () => (await states()).every((state) => state === 'accepted'), pass);
    expect(centre.submitted.slice(before).map(textOf)).toEqual([`paid: ${text}`]);
  });

  it('takes a notice in parts for delivered when each part is, and for failed when one is not', async () => {
    centre.onSubmit = (session, pdu) =>
      pdu.message_payload === undefined ? centre.accept(session, pdu) : centre.refuse(session, pdu, 0xc1);
    await say('declined');
    await become('accepted');
    const [session] = centre.sessions;
    const ids = centre.submitted.slice(1).map((pdu) => `id-${centre.submitted.indexOf(pdu)}`);
    expect(ids.length).toBeGreaterThan(1);
    const report = (id: string, stat: string): void => {
      session!.deliver_sm({ esm_class: 4, short_message: `id:${id} sub:001 dlvrd:001 stat:${stat} err:000` });
    };
    for (const id of ids.slice(1)) report(id, 'DELIVRD');
    await until(() => centre.replies.length === ids.length - 1);
    expect(await states()).toEqual(['accepted']);
    report(ids[0]!, 'DELIVRD');
    await become('delivered');
    const before = centre.submitted.length;
    clock.advance(1);
    await say('middle');
    await become('delivered', 'accepted');
    report(`id-${before + 1}`, 'UNDELIV');
    await become('delivered', 'failed');
  });

  it('leaves out its own reference, and numbers parts by fields, for a centre that refuses those', async () => {
    centre.onSubmit = (session, pdu) => {
      if (pdu.message_payload !== undefined || pdu.user_message_reference !== undefined)
        centre.refuse(session, pdu, 0xc1);
      else if ((pdu.esm_class ?? 0) !== 0) centre.refuse(session, pdu, 0x43);
      else centre.accept(session, pdu);
    };
    await say('declined');
    await become('accepted');
    const parts = centre.submitted.filter(({ sar_total_segments }) => sar_total_segments !== undefined);
    const taken = parts.filter((pdu) => pdu.user_message_reference === undefined);
    expect(taken.map(textOf).join('')).toBe(`declined: ${text}`);
    expect(taken.map(({ sar_segment_seqnum }) => sar_segment_seqnum)).toEqual(
      taken.map((_, index) => index + 1),
    );
  });

  it('tries a part that is throttled again behind those that were taken', async () => {
    centre.onSubmit = (session, pdu, n) => {
      if (pdu.message_payload !== undefined) centre.refuse(session, pdu, 0xc1);
      else if (n === 3 || n === 4) centre.refuse(session, pdu, throttled);
      else centre.accept(session, pdu);
    };
    await say('declined');
    await until(
      async () => (await states())[0] === 'accepted',
      () => clock.advance(100),
    );
    expect(joined(centre.submitted.filter((_, index) => ![0, 2, 3].includes(index)))).toBe(
      `declined: ${text}`,
    );
  });

  it.each([
    ['hexadecimal, then decimal', '5F3A91C0', '1597673920'],
    ['decimal, then hexadecimal', '1597673920', '5F3A91C0'],
    ['its leading zeros gone', '00B8BE19', 'B8BE19'],
    ['leading zeros added', '972660181', '0972660181'],
    ['in other letters', 'b8be19aa-0F', 'B8BE19AA-0f'],
    ['hexadecimal with zeros, then decimal with zeros', '0000002A', '0000000042'],
  ])('matches a receipt that names the message otherwise: %s', async (_, given, named) => {
    centre.onSubmit = (session, pdu) => session.send(pdu.response({ message_id: given }));
    await say('declined');
    await become('accepted');
    const [session] = centre.sessions;
    session!.deliver_sm({
      esm_class: 4,
      source_addr: '79000000001',
      short_message: `id:${named} sub:001 dlvrd:001 submit date:2611231810 done date:2611231811 stat:DELIVRD err:000 text:`,
    });
    await become('delivered');
    await until(() => centre.replies.length === 1);
    expect(centre.replies[0]!.command_status).toBe(0);
  });

  it.each<[string, (receipt: string) => Record<string, unknown>]>([
    ['in UCS-2', (receipt) => ({ data_coding: 8, short_message: Buffer.from(receipt, 'utf16le').swap16() })],
    ['plain, marked UCS-2', (receipt) => ({ data_coding: 8, short_message: Buffer.from(receipt) })],
    [
      'in UCS-2, not marked',
      (receipt) => ({ data_coding: 0, short_message: Buffer.from(receipt, 'utf16le').swap16() }),
    ],
    ['as octets', (receipt) => ({ data_coding: 4, short_message: Buffer.from(receipt) })],
    ['in Latin-1', (receipt) => ({ data_coding: 3, short_message: Buffer.from(receipt) })],
    [
      'in a coding that nobody knows',
      (receipt) => ({ data_coding: 0xf7, short_message: Buffer.from(receipt) }),
    ],
    ['as message_payload', (receipt) => ({ data_coding: 0, message_payload: Buffer.from(receipt) })],
    ['in fields alone', () => ({ receipted_message_id: 'id-0', message_state: 2 })],
    [
      'id as a field, state in the text',
      () => ({ receipted_message_id: 'id-0', short_message: 'stat:DELIVRD' }),
    ],
    ['another id in the text', () => ({ receipted_message_id: 'id-0', short_message: 'id:17 stat:DELIVRD' })],
  ])('reads a receipt %s', async (_, fields) => {
    await say('declined');
    await become('accepted');
    const [session] = centre.sessions;
    session!.deliver_sm({
      esm_class: 4,
      source_addr: '79000000001',
      ...fields('id:id-0 stat:DELIVRD err:000'),
    });
    await become('delivered');
  });

  it('asks the receipt’s phone, then the centre’s habit, if a number is one id in one base and another in the other', async () => {
    const given = ['0000000a', '00000010'];
    centre.onSubmit = (session, pdu, n) =>
      session.send(pdu.response({ message_id: given[n - 1] ?? `x${n}` }));
    await say('declined', 'till-1-000001');
    await become('accepted');
    clock.advance(1);
    const facts2 = { bucket: 7, payment_id: 'till-1-000002' };
    await storeNotice(database, facts2, 'declined', '+79000000002', facts, clock.nowMs());
    worker.wake();
    await become('accepted', 'accepted');
    const [session] = centre.sessions;
    // 10 is hexadecimal a; it is also what hexadecimal 10 looks like.
    const receipt = { esm_class: 4, short_message: 'id:10 stat:DELIVRD' };
    session!.deliver_sm({ ...receipt, source_addr: '79000000001' });
    await become('delivered', 'accepted');
    session!.deliver_sm({ ...receipt, short_message: 'id:16 stat:DELIVRD', source_addr: '79000000002' });
    await become('delivered', 'delivered');
  });

  it('says goodbye when it closes, and waits for a silent centre no longer than it must', async () => {
    await notifier.close();
    expect(centre.unbinds).toHaveLength(1);
    expect(notifier.isReady()).toBe(false);
    const events = { onReady: () => {}, onReceipt: async () => {} };
    const [port] = [centre.port()];
    const settings = { host: '127.0.0.1', port, systemId: 'bivak', password: 'secret', from: 'BUFET' };
    const other = new SmppNotifier(settings, clock, silentLog, events);
    await until(() => other.isReady());
    centre.answersUnbind = false;
    let isClosed = false;
    void other.close().then(() => {
      isClosed = true;
    });
    await until(() => centre.unbinds.length === 2);
    expect(isClosed).toBe(false);
    await until(
      () => isClosed,
      () => clock.advance(500),
    );
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
