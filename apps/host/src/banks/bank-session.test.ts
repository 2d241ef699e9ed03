import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { bankProfile } from '@bivak/bank-profiles';
import type { Clock } from '@bivak/clock';
import { compileSpec, withoutTpdu } from '@bivak/iso8583';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cardHandle } from '../testing/card-handle.ts';
import { type BankSession, openBankSession } from './bank-session.ts';
import type { BankAnswer, DebitRequest, LateAnswer, Leaving, ReversalRequest } from './port.ts';
import { wireOf } from './wire.ts';

const profile = bankProfile('volga');
const wire = wireOf(profile, undefined);
const codec = compileSpec(profile.spec);

/** A clock that the test moves by hand. */
class ManualClock implements Clock {
  #nowMs = Date.parse('2026-11-24T09:00:00Z');
  readonly #timers = new Set<{ atMs: number; fire: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }
  at(atMs: number, fire: () => void) {
    const timer = { atMs, fire };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }
  advance(byMs: number): void {
    this.#nowMs += byMs;
    for (const timer of [...this.#timers].filter(({ atMs }) => atMs <= this.#nowMs)) {
      if (this.#timers.delete(timer)) timer.fire();
    }
  }
}

const pan = '4761739001010119';
const testCard = cardHandle(pan);

const request: DebitRequest = {
  reference: 'till-1-000012',
  card: testCard,
  amountMinor: 40_000,
  currency: 'RUB',
  stan: '000012',
  rrn: '632812000012',
  transmittedAtMs: Date.parse('2026-11-24T09:00:00Z'),
  soldAtMs: Date.parse('2026-11-24T21:30:05Z'),
  timeZone: 'Europe/Moscow',
  deferred: true,
  resubmission: false,
};

/** The same as what follows it names it. */
const original = { ...request, flow: 'request', bankRrn: null, authorisationCode: null } as const;

const notSignedOn = { kind: 'not-sent', failure: { kind: 'not-signed-on' } };

type Message = Map<number, string>;

describe('a bank session', { timeout: 30_000 }, () => {
  let server: Server;
  let clock: ManualClock;
  let session: BankSession;
  let sockets: Socket[];
  let received: Message[];
  let late: LateAnswer[];
  /** The warnings in the log. */
  let logged: string[];
  /** What the bank responds; undefined keeps silent. */
  let respond: (request: Message) => Message | Buffer | undefined;

  const echo = (request: Message, change: Record<number, string> = {}): Message => {
    const type = request.get(0)!;
    const kept = [...request].filter(([field]) =>
      [2, 3, 4, 7, 11, 37, 41, 42, 70, profile.referenceField].includes(field),
    );
    const changed = Object.entries(change).map(([field, value]) => [Number(field), value] as const);
    return new Map([...kept, [0, `${type.slice(0, 2)}${Number(type[2]) + 1}0`], [39, '00'], ...changed]);
  };
  const changed = (message: Message, change: Record<number, string | null>): Message => {
    const fields = new Map(message);
    for (const [field, value] of Object.entries(change))
      if (value === null) fields.delete(Number(field));
      else fields.set(Number(field), value);
    return fields;
  };
  const isNetwork = (request: Message): boolean => request.get(0) === '0800';
  const send = (socket: Socket, message: Message): void => void socket.write(wire.bytesOf(message));
  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  beforeEach(async () => {
    [sockets, received, late, logged] = [[], [], [], []];
    respond = (request) => echo(request);
    clock = new ManualClock();
    server = createServer((socket) => {
      sockets.push(socket);
      let arrived: Buffer = Buffer.alloc(0);
      socket.on('error', () => {});
      socket.on('data', (chunk: Buffer) => {
        const { messages, rest } = wire.split(Buffer.concat([arrived, chunk]));
        arrived = rest;
        for (const bytes of messages) {
          const read = codec.unpack(withoutTpdu(bytes)!);
          if (!read.ok) throw read.error;
          const fields = new Map(read.fields);
          received.push(fields);
          const isAnswer = ['1', '3'].includes(fields.get(0)![2]!);
          const answer = isAnswer ? undefined : respond(fields);
          if (Buffer.isBuffer(answer)) socket.write(answer);
          else if (answer !== undefined) send(socket, answer);
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open();
    await until(() => session.status().session === 'signed-on');
  });
  afterEach(async () => {
    await session.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const open = (): void => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    session = openBankSession(
      {
        bankId: 'volga',
        profile: 'volga',
        host: '127.0.0.1',
        port,
        terminalId: 'T1',
        merchantId: 'M1',
        merchantCategoryCode: '5811',
      },
      {
        clock,
        log: pino({ level: 'warn' }, { write: (entry) => void logged.push(JSON.parse(entry).msg) }),
        onLateAnswer: (answer) => late.push(answer),
        random: () => 1,
      },
    );
  };

  const debit = (one: DebitRequest, leaving?: Leaving): Promise<BankAnswer> =>
    session.send({ kind: 'debit', flow: 'request', request: one }, leaving);
  const reverse = (repeat: boolean, reason: ReversalRequest['reason'] = 'no-answer'): Promise<BankAnswer> =>
    session.send({ kind: 'reversal', request: { ...original, reason }, repeat });

  it('sends what the bank’s profile says', async () => {
    expect(await debit(request)).toEqual({
      kind: 'answered',
      responseCode: '00',
      authorisationCode: null,
      amountMinor: 40_000,
      bankRrn: null,
      adviceCode: null,
    });
    expect(Object.fromEntries(received.at(-1)!)).toEqual({
      0: '0200',
      2: '4761739001010119',
      3: '000000',
      4: '000000040000',
      7: '1124090000',
      11: '000012',
      12: '003005',
      13: '1125',
      14: '4912',
      18: '5811',
      22: '071',
      25: '00',
      35: '4761739001010119=4912201',
      37: '632812000012',
      41: 'T1      ',
      42: 'M1             ',
      49: '643',
      62: 'till-1-000012',
      63: 'SAF',
    });
  });

  it('makes a retry by number and expiry, as a card on file: its track is destroyed', async () => {
    const retry = { ...request, card: cardHandle(pan, false), deferred: false, resubmission: true };
    expect(await debit(retry)).toMatchObject({ kind: 'answered', responseCode: '00' });
    const message = received.at(-1)!;
    expect([2, 14, 22, 35].map((field) => message.get(field))).toEqual([pan, '4912', '100', undefined]);
  });

  it('sends nothing of a card that can no longer be opened, and says that nothing left', async () => {
    const gone = {
      ...testCard,
      use: () => {
        throw new Error('destroyed');
      },
    };
    expect(await debit({ ...request, card: gone })).toEqual({
      kind: 'not-sent',
      failure: { kind: 'message-not-buildable' },
      isOurs: true,
    });
    expect(received.filter((message) => message.get(0) === '0200')).toEqual([]);
  });

  it('names the original in a reversal, says why, and that it repeats, each at its own time of transmission', async () => {
    clock.advance(70_000);
    expect(await reverse(false)).toMatchObject({ kind: 'answered' });
    clock.advance(5_000);
    expect(await reverse(true, 'sale-cancelled')).toMatchObject({ kind: 'answered' });
    const reversals = received.filter((message) => message.get(0)!.startsWith('04'));
    expect(reversals.map((message) => [0, 7, 90, 37, 56].map((field) => message.get(field)))).toEqual([
      ['0400', '1124090110', `02000000121124090000${'0'.repeat(22)}`, '632812000012', '4021'],
      ['0401', '1124090115', `02000000121124090000${'0'.repeat(22)}`, '632812000012', '4000'],
    ]);
  });

  it.each([
    ['another sale', { 62: 'till-1-000013' }],
    ['another currency', { 49: '840' }],
    ['a code that is none', { 39: '\0\0' }],
    ['no code', { 39: '' }],
  ])('takes an approval of %s for none', async (_, change) => {
    respond = (request) => {
      const answer = echo(request, change);
      if (answer.get(39) === '') answer.delete(39);
      return answer;
    };
    expect(await debit(request)).toEqual({
      kind: 'unknown',
      failure: { kind: 'answer-mismatch' },
    });
  });

  it('takes an approval whose unused fields are filled with zero bytes', async () => {
    respond = (request) => echo(request, { 38: '\0'.repeat(6) });
    expect(await debit(request)).toMatchObject({
      responseCode: '00',
      authorisationCode: null,
    });
    respond = (request) => echo(request, { 38: 'A1B2\0\0' });
    const second = { ...request, stan: '000013' };
    expect(await debit(second)).toMatchObject({ authorisationCode: 'A1B2' });
  });

  it('takes nothing but a sale’s identity from the reference of a response that no request waits for', async () => {
    const stray = echo(new Map([[0, '0200'], [11, '000099'], [37, '632812000099'], [62, pan]])); // biome-ignore format: one message
    send(sockets[0]!, stray);
    await until(() => late.length === 1);
    expect(late[0]).toMatchObject({ stan: '000099', reference: null });
  });

  it('reports a response that comes after its time, and one that comes twice', async () => {
    respond = (request) => (isNetwork(request) ? echo(request) : undefined);
    const answer = debit(request);
    await until(() => received.at(-1)!.get(0) === '0200');
    clock.advance(15_000);
    expect(await answer).toEqual({ kind: 'unknown', failure: { kind: 'no-answer', timeoutMs: 15_000 } });
    const response = echo(received.at(-1)!);
    send(sockets[0]!, response);
    send(sockets[0]!, response);
    await until(() => late.length === 2);
    expect(late[0]).toEqual({
      bankId: 'volga',
      answers: 'debit',
      messageType: '0210',
      reference: 'till-1-000012',
      stan: '000012',
      rrn: '632812000012',
      responseCode: '00',
      authorisationCode: null,
      bankRrn: null,
      amountMinor: 40_000,
    });
  });

  it('keeps responses apart that come in another order', async () => {
    respond = (request) => (isNetwork(request) ? echo(request) : undefined);
    const second = {
      ...request,
      stan: '000013',
      rrn: '632812000013',
      amountMinor: 7,
      reference: 'till-1-000013',
    };
    const answers = Promise.all([debit(request), debit(second)]);
    await until(() => received.filter((message) => message.get(0) === '0200').length === 2);
    const requests = received.filter((message) => message.get(0) === '0200');
    send(sockets[0]!, echo(requests[1]!, { 39: '51' }));
    send(sockets[0]!, echo(requests[0]!));
    expect(await answers).toMatchObject([{ responseCode: '00' }, { responseCode: '51' }]);
  });

  it.each([['an absurd length', Buffer.from([0xff, 0xff, 0, 0])]])(
    'drops a connection that brings %s, and signs on again',
    async (_, garbage) => {
      respond = (request) => (isNetwork(request) ? echo(request) : garbage);
      expect(await debit(request)).toMatchObject({ kind: 'unknown' });
      respond = (request) => echo(request);
      expect(await debit({ ...request, stan: '000014' })).toMatchObject({ kind: 'answered' });
      expect(sockets).toHaveLength(2);
    },
  );

  it('sets a message aside that it cannot read, and keeps the connection with what is under way', async () => {
    respond = (request) => (isNetwork(request) ? echo(request) : Buffer.from('\u0000\u0005hello', 'latin1'));
    const first = debit(request);
    await until(() => session.status().unreadableMessages === 1);
    send(sockets[0]!, echo(received.at(-1)!));
    expect(await first).toMatchObject({ kind: 'answered', responseCode: '00' });
    expect(sockets).toHaveLength(1);
    expect(logged).toEqual(['a message of the bank cannot be read: it is set aside']);
  });

  it('takes a frame of length 0 for a keep-alive, idle and while an answer is awaited (case 07)', async () => {
    sockets[0]!.write(Buffer.from([0, 0]));
    respond = (request) => (isNetwork(request) ? echo(request) : undefined);
    const answer = debit(request);
    await until(() => received.at(-1)!.get(0) === '0200');
    for (let times = 0; times < 3; times++) sockets[0]!.write(Buffer.from([0, 0]));
    send(sockets[0]!, echo(received.at(-1)!));
    expect(await answer).toMatchObject({ kind: 'answered' });
    expect([sockets.length, session.status().session]).toEqual([1, 'signed-on']);
  });

  it.each<[string, Record<number, string | null>]>([
    ['the bank’s own RRN', { 37: 'B63281200001' }],
    ['no RRN', { 37: null }],
    ['a STAN of the bank’s own', { 11: '812345' }],
    ['no reference', { 62: null }],
    ['no sum, in a decline', { 4: null, 39: '51' }],
  ])('matches an answer with %s (case 09)', async (_, change) => {
    respond = (request) => (isNetwork(request) ? echo(request) : changed(echo(request), change));
    expect(await debit(request)).toMatchObject({ kind: 'answered' });
    expect(late).toEqual([]);
  });

  it.each<[string, Record<number, string | null>]>([
    ['no sum', { 4: null }],
    ['the bank’s own RRN', { 37: 'B63281200001' }],
    ['the type 0430', { 0: '0430' }],
    ['the type 0411', { 0: '0411' }],
  ])('matches the answer to a reversal with %s (case 09)', async (_, change) => {
    respond = (request) => (isNetwork(request) ? echo(request) : changed(echo(request), change));
    expect(await reverse(false)).toMatchObject({ responseCode: '00' });
  });

  it('takes an answer to an earlier attempt of the same sale for none', async () => {
    respond = (request) => (isNetwork(request) ? echo(request) : undefined);
    const answer = debit(request);
    await until(() => received.at(-1)!.get(0) === '0200');
    send(sockets[0]!, changed(echo(received.at(-1)!), { 11: '000007', 37: '632812000007' }));
    await until(() => late.length === 1);
    send(sockets[0]!, echo(received.at(-1)!, { 39: '51' }));
    expect(await answer).toMatchObject({ responseCode: '51' });
  });

  it('says for which sum the bank has approved, and reports an answer that it takes for none', async () => {
    respond = (request) => echo(request, { 4: '000000030000', 39: '10' });
    expect(await debit(request)).toMatchObject({ responseCode: '10', amountMinor: 30_000 });
    respond = (request) => echo(request, { 62: 'till-1-000099' });
    await debit({ ...request, stan: '000013' });
    await until(() => late.length === 1);
    expect(late[0]).toMatchObject({ stan: '000013', reference: 'till-1-000099', responseCode: '00' });
  });

  it('sends a refund: processing code 20, under numbers of its own', async () => {
    const refund = { ...request, stan: '000077', rrn: '632812000077', original };
    const inTime = async (): Promise<number> => clock.nowMs() + 1;
    expect(await session.send({ kind: 'refund', request: refund }, inTime)).toMatchObject({
      responseCode: '00',
    });
    expect(Object.fromEntries(received.at(-1)!)).toMatchObject({
      0: '0200',
      3: '200000',
      4: '000000040000',
      11: '000077',
      37: '632812000077',
      62: 'till-1-000012',
    });
  });

  it('sends nothing that may not leave any more when the record of its leaving comes back', async () => {
    const leaving = async (): Promise<number> => {
      const untilMs = clock.nowMs() + 55_000;
      clock.advance(55_000); // the store answers late
      return untilMs;
    };
    expect(await debit(request, leaving)).toEqual({
      kind: 'not-sent',
      failure: { kind: 'held-back' },
      isOurs: true,
    });
    expect(received.filter((request) => request.get(0) === '0200')).toEqual([]);
  });

  it('does not call the same request, sent again while it is pending, unsent', async () => {
    respond = (request) => (isNetwork(request) ? echo(request) : undefined);
    const first = debit(request);
    expect(await debit(request)).toEqual({
      kind: 'unknown',
      failure: { kind: 'same-request-pending' },
    });
    clock.advance(15_000);
    expect(await first).toMatchObject({ kind: 'unknown', failure: { kind: 'no-answer' } });
  });

  it('finds a half-open connection by its echo', async () => {
    respond = () => undefined;
    clock.advance(60_000);
    await until(() => received.at(-1)!.get(70) === '301');
    respond = (request) => echo(request);
    clock.advance(15_000);
    await until(() => session.status().session === 'down');
    clock.advance(1_000);
    await until(() => session.status().session === 'signed-on');
    expect(received.at(-1)!.get(70)).toBe('001');
  });

  it('responds to the bank’s own echo', async () => {
    send(sockets[0]!, new Map([[0, '0800'], [7, '1124090000'], [11, '777777'], [70, '301']])); // biome-ignore format: one message
    await until(() => received.at(-1)!.get(0) === '0810');
    expect(Object.fromEntries(received.at(-1)!)).toEqual({
      0: '0810',
      7: '1124090000',
      11: '777777',
      39: '00',
      70: '301',
    });
  });

  const ofBank = (fields: Record<number, string>): Message =>
    new Map(
      Object.entries({ 7: '1124090000', 11: '777777', ...fields }).map(([field, value]) => [
        Number(field),
        value,
      ]),
    );
  it.each([
    ['a key exchange', { 0: '0800', 70: '161' }, '0810', '40'],
    ['a network code that nobody knows', { 0: '0800', 70: '270' }, '0810', '40'],
    ['a cut-over, which it notes', { 0: '0800', 70: '201' }, '0810', '00'],
    ['a reversal', { 0: '0420', 4: '000000040000' }, '0430', '40'],
    ['an administrative advice', { 0: '0620' }, '0630', '40'],
    ['a debit', { 0: '0200', 4: '000000040000' }, '0210', '40'],
  ])('answers %s by what it did', async (_, fields, type, code) => {
    send(sockets[0]!, ofBank(fields));
    await until(() => received.at(-1)!.get(11) === '777777');
    expect([received.at(-1)!.get(0), received.at(-1)!.get(39)]).toEqual([type, code]);
    expect(session.status().session).toBe('signed-on');
  });

  it('honours the bank’s sign-off: no debit leaves until it is signed on again', async () => {
    respond = (request) => (isNetwork(request) && request.get(70) === '001' ? undefined : echo(request));
    send(sockets[0]!, ofBank({ 0: '0800', 70: '002' }));
    await until(() => received.at(-1)!.get(0) === '0810');
    expect(received.at(-1)!.get(39)).toBe('00');
    const held = debit(request);
    clock.advance(3_000);
    expect(await held).toEqual(notSignedOn);
    expect(received.filter((message) => message.get(0) === '0200')).toEqual([]);
    respond = (request) => echo(request);
    send(sockets[0]!, ofBank({ 0: '0800', 70: '001' }));
    await until(() => session.status().session === 'signed-on');
    expect(await debit(request)).toMatchObject({ kind: 'answered' });
    send(sockets[0]!, ofBank({ 0: '0800', 70: '002' }));
    await until(() => session.status().session !== 'signed-on');
    clock.advance(30_000); // nobody asks: it is tried from time to time
    await until(() => session.status().session === 'signed-on');
    expect(sockets).toHaveLength(1);
  });

  it('knows that nothing left if the message cannot be built, or the bank does not let it sign on', async () => {
    const notBuildable = { kind: 'not-sent', failure: { kind: 'message-not-buildable' }, isOurs: true };
    expect(await debit({ ...request, currency: 'XXX' })).toEqual(notBuildable);
    expect(await debit({ ...request, rrn: 'far too long an RRN' })).toEqual(notBuildable);
    respond = (request) => echo(request, { 39: '91' });
    sockets[0]!.destroy();
    await until(() => session.status().session !== 'signed-on');
    expect(await debit(request)).toEqual(notSignedOn);
    expect(received.some((message) => message.get(0) === '0200')).toBe(false);
  });

  it('logs that the connection is lost and the bank away, once each, and again the next time', async () => {
    const { port } = server.address() as AddressInfo;
    for (let outages = 1; outages <= 2; outages++) {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets.splice(0)) socket.destroy();
      await closed;
      await until(() => session.status().session !== 'signed-on');
      for (let tries = 0; tries < 3; tries++)
        expect(await debit(request)).toEqual({
          kind: 'not-sent',
          failure: { kind: 'no-connection' },
        });
      expect(logged).toEqual(
        Array.from({ length: outages }, () => [
          'the connection to the bank is lost',
          'the bank cannot be reached',
        ]).flat(),
      );
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      expect(await debit(request)).toMatchObject({ kind: 'answered' });
    }
  });

  it('waits for a connection that is being opened, and not for ever', async () => {
    respond = () => undefined;
    sockets[0]!.destroy();
    await until(() => session.status().session !== 'signed-on');
    const answer = debit(request);
    await until(() => sockets.length === 2 && received.length === 2);
    clock.advance(3_000);
    expect(await answer).toEqual(notSignedOn);
    const later = debit(request);
    respond = (request) => echo(request);
    send(sockets[1]!, echo(received.at(-1)!));
    expect(await later).toMatchObject({ kind: 'answered', responseCode: '00' });
  });

  it('ends with a sign-off, and leaves what is pending unknown', async () => {
    respond = (request) => (isNetwork(request) ? echo(request) : undefined);
    const answer = debit(request);
    await until(() => received.at(-1)!.get(0) === '0200');
    await session.close();
    expect(await answer).toEqual({ kind: 'unknown', failure: { kind: 'connection-lost' } });
    expect(await debit(request)).toEqual(notSignedOn);
    await until(() => received.at(-1)!.get(70) === '002');
  });

  it('asks whether a message may leave when it is signed on, and holds it back if not', async () => {
    const debits = () => received.filter((request) => request.get(0) === '0200').length;
    const heldBack = { kind: 'not-sent', failure: { kind: 'held-back' }, isOurs: true };
    expect(await debit(request, async () => null)).toEqual(heldBack);
    const failing = async (): Promise<number | null> => {
      throw new Error('the store is gone');
    };
    expect(await debit(request, failing)).toEqual(heldBack);
    expect(debits()).toBe(0);
    let isMarked = false;
    const mark = async (): Promise<number> => {
      expect(debits()).toBe(0);
      isMarked = true;
      return clock.nowMs() + 1;
    };
    expect(await debit(request, mark)).toMatchObject({
      kind: 'answered',
      responseCode: '00',
    });
    expect([isMarked, debits()]).toEqual([true, 1]);
  });

  it('sends nothing on a connection that went while the leaving was recorded', async () => {
    let calls = 0;
    const leaving = async (): Promise<number> => {
      calls++;
      for (const socket of sockets) socket.destroy();
      await until(() => session.status().session !== 'signed-on');
      return clock.nowMs() + 60_000;
    };
    expect(await debit(request, leaving)).toMatchObject({ kind: 'not-sent' });
    expect(calls).toBe(1);
    expect(received.filter((request) => request.get(0) === '0200')).toEqual([]);
  });
});
