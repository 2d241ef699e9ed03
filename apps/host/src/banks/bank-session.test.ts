import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { bankProfile } from '@bivak/bank-profiles';
import type { Clock } from '@bivak/clock';
import { compileSpec, deframe, frame } from '@bivak/iso8583';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BankSession, openBankSession } from './bank-session.ts';
import type { DebitRequest, LateAnswer } from './port.ts';

const profile = bankProfile('volga');
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

const request: DebitRequest = {
  reference: 'till-1-000012',
  card: { pan: '4761739001010119', expiry: '4912', serviceCode: '201' },
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
  const isNetwork = (request: Message): boolean => request.get(0) === '0800';
  const send = (socket: Socket, message: Message): void =>
    void socket.write(frame(profile.header, codec.pack(message)));
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
        const { messages, rest } = deframe(profile.header, Buffer.concat([arrived, chunk]));
        arrived = rest;
        for (const bytes of messages) {
          const unpacked = codec.unpack(bytes);
          if (!unpacked.ok) throw unpacked.error;
          received.push(unpacked.fields);
          const answer = respond(unpacked.fields);
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
      },
      {
        clock,
        log: pino({ level: 'warn' }, { write: (entry) => void logged.push(JSON.parse(entry).msg) }),
        onLateAnswer: (answer) => late.push(answer),
        random: () => 1,
      },
    );
  };

  it('sends what the bank’s profile says', async () => {
    expect(await session.debit(request, 15_000)).toEqual({
      kind: 'answered',
      responseCode: '00',
      authorisationCode: null,
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
      18: '5812',
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

  it('names the original in a reversal, and says that it repeats', async () => {
    const reversal = { ...request, reason: 'no-answer' as const };
    expect(await session.reverse(reversal, false, 15_000)).toMatchObject({ kind: 'answered' });
    expect(await session.reverse(reversal, true, 15_000)).toMatchObject({ kind: 'answered' });
    expect(received.slice(-2).map((message) => [message.get(0), message.get(90), message.get(37)])).toEqual([
      ['0420', `02000000121124090000${'0'.repeat(22)}`, '632812000012'],
      ['0421', `02000000121124090000${'0'.repeat(22)}`, '632812000012'],
    ]);
  });

  it.each([
    ['another sum', { 4: '000000040001' }],
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
    expect(await session.debit(request, 15_000)).toEqual({
      kind: 'unknown',
      failure: { kind: 'answer-mismatch' },
    });
  });

  it('takes an approval whose unused fields are filled with zero bytes', async () => {
    respond = (request) => echo(request, { 38: '\0'.repeat(6) });
    expect(await session.debit(request, 15_000)).toMatchObject({
      responseCode: '00',
      authorisationCode: null,
    });
    respond = (request) => echo(request, { 38: 'A1B2\0\0' });
    const second = { ...request, stan: '000013' };
    expect(await session.debit(second, 15_000)).toMatchObject({ authorisationCode: 'A1B2' });
  });

  it('takes nothing but a sale’s identity from the reference of a response that no request waits for', async () => {
    const stray = echo(new Map([[0, '0200'], [11, '000099'], [37, '632812000099'], [62, request.card.pan]])); // biome-ignore format: one message
    send(sockets[0]!, stray);
    await until(() => late.length === 1);
    expect(late[0]).toMatchObject({ stan: '000099', reference: null });
  });

  it('reports a response that comes after its time, and one that comes twice', async () => {
    respond = (request) => (isNetwork(request) ? echo(request) : undefined);
    const answer = session.debit(request, 15_000);
    await until(() => received.at(-1)!.get(0) === '0200');
    clock.advance(15_000);
    expect(await answer).toEqual({ kind: 'unknown', failure: { kind: 'no-answer', timeoutMs: 15_000 } });
    const response = echo(received.at(-1)!);
    send(sockets[0]!, response);
    send(sockets[0]!, response);
    await until(() => late.length === 2);
    expect(late[0]).toEqual({
      bankId: 'volga',
      messageType: '0210',
      reference: 'till-1-000012',
      stan: '000012',
      rrn: '632812000012',
      responseCode: '00',
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
    const answers = Promise.all([session.debit(request, 15_000), session.debit(second, 15_000)]);
    await until(() => received.filter((message) => message.get(0) === '0200').length === 2);
    const requests = received.filter((message) => message.get(0) === '0200');
    send(sockets[0]!, echo(requests[1]!, { 39: '51' }));
    send(sockets[0]!, echo(requests[0]!));
    expect(await answers).toMatchObject([{ responseCode: '00' }, { responseCode: '51' }]);
  });

  it.each([
    ['bytes that are no message', Buffer.from('\u0000\u0005hello', 'latin1')],
    ['an absurd length', Buffer.from([0xff, 0xff, 0, 0])],
  ])('drops a connection that brings %s, and signs on again', async (_, garbage) => {
    respond = (request) => (isNetwork(request) ? echo(request) : garbage);
    expect(await session.debit(request, 15_000)).toMatchObject({ kind: 'unknown' });
    respond = (request) => echo(request);
    expect(await session.debit({ ...request, stan: '000014' }, 15_000)).toMatchObject({ kind: 'answered' });
    expect(sockets).toHaveLength(2);
  });

  it('does not call the same request, sent again while it is pending, unsent', async () => {
    respond = (request) => (isNetwork(request) ? echo(request) : undefined);
    const first = session.debit(request, 15_000);
    expect(await session.debit(request, 15_000)).toEqual({
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

  it('knows that nothing left if the message cannot be built, or the bank does not let it sign on', async () => {
    const notBuildable = { kind: 'not-sent', failure: { kind: 'message-not-buildable' }, isOurs: true };
    expect(await session.debit({ ...request, currency: 'XXX' }, 15_000)).toEqual(notBuildable);
    expect(await session.debit({ ...request, rrn: 'far too long an RRN' }, 15_000)).toEqual(notBuildable);
    respond = (request) => echo(request, { 39: '91' });
    sockets[0]!.destroy();
    await until(() => session.status().session !== 'signed-on');
    expect(await session.debit(request, 15_000)).toEqual(notSignedOn);
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
        expect(await session.debit(request, 15_000)).toEqual({
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
      expect(await session.debit(request, 15_000)).toMatchObject({ kind: 'answered' });
    }
  });

  it('waits for a connection that is being opened, and not for ever', async () => {
    respond = () => undefined;
    sockets[0]!.destroy();
    await until(() => session.status().session !== 'signed-on');
    const answer = session.debit(request, 15_000);
    await until(() => sockets.length === 2 && received.length === 2);
    clock.advance(3_000);
    expect(await answer).toEqual(notSignedOn);
    const later = session.debit(request, 15_000);
    respond = (request) => echo(request);
    send(sockets[1]!, echo(received.at(-1)!));
    expect(await later).toMatchObject({ kind: 'answered', responseCode: '00' });
  });

  it('ends with a sign-off, and leaves what is pending unknown', async () => {
    respond = (request) => (isNetwork(request) ? echo(request) : undefined);
    const answer = session.debit(request, 15_000);
    await until(() => received.at(-1)!.get(0) === '0200');
    await session.close();
    expect(await answer).toEqual({ kind: 'unknown', failure: { kind: 'connection-lost' } });
    expect(await session.debit(request, 15_000)).toEqual(notSignedOn);
    await until(() => received.at(-1)!.get(70) === '002');
  });

  it('asks whether a message may leave when it is signed on, and holds it back if not', async () => {
    const debits = () => received.filter((request) => request.get(0) === '0200').length;
    const heldBack = { kind: 'not-sent', failure: { kind: 'held-back' }, isOurs: true };
    expect(await session.debit(request, 15_000, async () => false)).toEqual(heldBack);
    const failing = async (): Promise<boolean> => {
      throw new Error('the store is gone');
    };
    expect(await session.debit(request, 15_000, failing)).toEqual(heldBack);
    expect(debits()).toBe(0);
    let isMarked = false;
    const mark = async (): Promise<boolean> => {
      expect(debits()).toBe(0);
      isMarked = true;
      return true;
    };
    expect(await session.debit(request, 15_000, mark)).toMatchObject({
      kind: 'answered',
      responseCode: '00',
    });
    expect([isMarked, debits()]).toEqual([true, 1]);
  });

  it('sends nothing on a connection that went while the leaving was recorded', async () => {
    let calls = 0;
    const leaving = async (): Promise<boolean> => {
      calls++;
      for (const socket of sockets) socket.destroy();
      await until(() => session.status().session !== 'signed-on');
      return true;
    };
    expect(await session.debit(request, 15_000, leaving)).toMatchObject({ kind: 'not-sent' });
    expect(calls).toBe(1);
    expect(received.filter((request) => request.get(0) === '0200')).toEqual([]);
  });
});
