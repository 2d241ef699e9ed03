import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '@bivak/clock';
import { bankProfile, compileSpec, deframe, frame } from '@bivak/iso8583';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BankLink, openBankLink } from './bank-link.ts';
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

type Message = Map<number, string>;

describe('a bank link', { timeout: 30_000 }, () => {
  let server: Server;
  let clock: ManualClock;
  let link: BankLink;
  let sockets: Socket[];
  let heard: Message[];
  let late: LateAnswer[];
  /** The warnings in the log. */
  let said: string[];
  /** What the bank answers; undefined keeps silent. */
  let reply: (question: Message) => Message | Buffer | undefined;

  const echo = (question: Message, change: Record<number, string> = {}): Message => {
    const type = question.get(0)!;
    const kept = [...question].filter(([field]) =>
      [2, 3, 4, 7, 11, 37, 41, 42, 70, profile.referenceField].includes(field),
    );
    const changed = Object.entries(change).map(([field, value]) => [Number(field), value] as const);
    return new Map([...kept, [0, `${type.slice(0, 2)}${Number(type[2]) + 1}0`], [39, '00'], ...changed]);
  };
  const isNetwork = (question: Message): boolean => question.get(0) === '0800';
  const send = (socket: Socket, message: Message): void =>
    void socket.write(frame(profile.header, codec.pack(message)));
  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  beforeEach(async () => {
    [sockets, heard, late, said] = [[], [], [], []];
    reply = (question) => echo(question);
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
          heard.push(unpacked.fields);
          const answer = reply(unpacked.fields);
          if (Buffer.isBuffer(answer)) socket.write(answer);
          else if (answer !== undefined) send(socket, answer);
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open();
    await until(() => link.state().link === 'signed-on');
  });
  afterEach(async () => {
    await link.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const open = (): void => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    link = openBankLink(
      {
        bankId: 'volga',
        profile: 'volga',
        host: '127.0.0.1',
        port,
        terminalId: 'T1',
        merchantId: 'M1',
      },
      clock,
      pino({ level: 'warn' }, { write: (line) => void said.push(JSON.parse(line).msg) }),
      (answer) => late.push(answer),
    );
  };

  it('sends what the bank’s profile asks for', async () => {
    expect(await link.debit(request, 15_000)).toEqual({
      kind: 'answered',
      responseCode: '00',
      authorisationCode: null,
      adviceCode: null,
    });
    expect(Object.fromEntries(heard.at(-1)!)).toEqual({
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
    expect(await link.reverse(reversal, false, 15_000)).toMatchObject({ kind: 'answered' });
    expect(await link.reverse(reversal, true, 15_000)).toMatchObject({ kind: 'answered' });
    expect(heard.slice(-2).map((message) => [message.get(0), message.get(90), message.get(37)])).toEqual([
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
    reply = (question) => {
      const answer = echo(question, change);
      if (answer.get(39) === '') answer.delete(39);
      return answer;
    };
    expect(await link.debit(request, 15_000)).toMatchObject({ kind: 'unknown' });
  });

  it('takes an approval whose unused fields are filled with zero bytes', async () => {
    reply = (question) => echo(question, { 38: '\0'.repeat(6) });
    expect(await link.debit(request, 15_000)).toMatchObject({ responseCode: '00', authorisationCode: null });
    reply = (question) => echo(question, { 38: 'A1B2\0\0' });
    const second = { ...request, stan: '000013' };
    expect(await link.debit(second, 15_000)).toMatchObject({ authorisationCode: 'A1B2' });
  });

  it('takes nothing but a sale’s identity from the reference of an answer that nobody waits for', async () => {
    const stray = echo(new Map([[0, '0200'], [11, '000099'], [37, '632812000099'], [62, request.card.pan]])); // biome-ignore format: one message
    send(sockets[0]!, stray);
    await until(() => late.length === 1);
    expect(late[0]).toMatchObject({ stan: '000099', reference: null });
  });

  it('reports an answer that comes after its time, and one that comes twice', async () => {
    reply = (question) => (isNetwork(question) ? echo(question) : undefined);
    const answer = link.debit(request, 15_000);
    await until(() => heard.at(-1)!.get(0) === '0200');
    clock.advance(15_000);
    expect(await answer).toEqual({ kind: 'unknown', why: 'no answer in 15 s' });
    const response = echo(heard.at(-1)!);
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

  it('keeps answers apart that come in another order', async () => {
    reply = (question) => (isNetwork(question) ? echo(question) : undefined);
    const second = {
      ...request,
      stan: '000013',
      rrn: '632812000013',
      amountMinor: 7,
      reference: 'till-1-000013',
    };
    const answers = Promise.all([link.debit(request, 15_000), link.debit(second, 15_000)]);
    await until(() => heard.filter((message) => message.get(0) === '0200').length === 2);
    const questions = heard.filter((message) => message.get(0) === '0200');
    send(sockets[0]!, echo(questions[1]!, { 39: '51' }));
    send(sockets[0]!, echo(questions[0]!));
    expect(await answers).toMatchObject([{ responseCode: '00' }, { responseCode: '51' }]);
  });

  it.each([
    ['bytes that are no message', Buffer.from('\u0000\u0005hello', 'latin1')],
    ['an absurd length', Buffer.from([0xff, 0xff, 0, 0])],
  ])('drops a line that brings %s, and signs on again', async (_, garbage) => {
    reply = (question) => (isNetwork(question) ? echo(question) : garbage);
    expect(await link.debit(request, 15_000)).toMatchObject({ kind: 'unknown' });
    reply = (question) => echo(question);
    expect(await link.debit({ ...request, stan: '000014' }, 15_000)).toMatchObject({ kind: 'answered' });
    expect(sockets).toHaveLength(2);
  });

  it('does not call the same question, asked again while under way, unsent', async () => {
    reply = (question) => (isNetwork(question) ? echo(question) : undefined);
    const first = link.debit(request, 15_000);
    expect(await link.debit(request, 15_000)).toMatchObject({ kind: 'unknown' });
    clock.advance(15_000);
    expect(await first).toMatchObject({ kind: 'unknown' });
  });

  it('finds a half-open line by its echo', async () => {
    reply = () => undefined;
    clock.advance(60_000);
    await until(() => heard.at(-1)!.get(70) === '301');
    reply = (question) => echo(question);
    clock.advance(15_000);
    await until(() => link.state().link === 'down');
    clock.advance(1_000);
    await until(() => link.state().link === 'signed-on');
    expect(heard.at(-1)!.get(70)).toBe('001');
  });

  it('answers the bank’s own echo', async () => {
    send(sockets[0]!, new Map([[0, '0800'], [7, '1124090000'], [11, '777777'], [70, '301']])); // biome-ignore format: one message
    await until(() => heard.at(-1)!.get(0) === '0810');
    expect(Object.fromEntries(heard.at(-1)!)).toEqual({
      0: '0810',
      7: '1124090000',
      11: '777777',
      39: '00',
      70: '301',
    });
  });

  it('knows that nothing left where the message does not fit, or the bank does not let it sign on', async () => {
    expect(await link.debit({ ...request, currency: 'XXX' }, 15_000)).toMatchObject({
      kind: 'not-sent',
      isOurs: true,
    });
    expect(await link.debit({ ...request, rrn: 'far too long an RRN' }, 15_000)).toMatchObject({
      kind: 'not-sent',
    });
    reply = (question) => echo(question, { 39: '91' });
    sockets[0]!.destroy();
    await until(() => link.state().link !== 'signed-on');
    expect(await link.debit(request, 15_000)).toMatchObject({ kind: 'not-sent' });
    expect(heard.some((message) => message.get(0) === '0200')).toBe(false);
  });

  it('says in the log that the line is lost and the bank away, once each, and again the next time', async () => {
    const { port } = server.address() as AddressInfo;
    for (let outages = 1; outages <= 2; outages++) {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets.splice(0)) socket.destroy();
      await closed;
      await until(() => link.state().link !== 'signed-on');
      for (let tries = 0; tries < 3; tries++)
        expect(await link.debit(request, 15_000)).toMatchObject({ kind: 'not-sent' });
      expect(said).toEqual(
        Array.from({ length: outages }, () => [
          'the line to the bank is lost',
          'the bank cannot be reached',
        ]).flat(),
      );
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      expect(await link.debit(request, 15_000)).toMatchObject({ kind: 'answered' });
    }
  });

  it('waits for a line that is being opened, and not for ever', async () => {
    reply = () => undefined;
    sockets[0]!.destroy();
    await until(() => link.state().link !== 'signed-on');
    const answer = link.debit(request, 15_000);
    await until(() => sockets.length === 2 && heard.length === 2);
    clock.advance(3_000);
    expect(await answer).toMatchObject({ kind: 'not-sent' });
    const later = link.debit(request, 15_000);
    reply = (question) => echo(question);
    send(sockets[1]!, echo(heard.at(-1)!));
    expect(await later).toMatchObject({ kind: 'answered', responseCode: '00' });
  });

  it('ends with a sign-off, and leaves what is under way unknown', async () => {
    reply = (question) => (isNetwork(question) ? echo(question) : undefined);
    const answer = link.debit(request, 15_000);
    await until(() => heard.at(-1)!.get(0) === '0200');
    await link.close();
    expect(await answer).toMatchObject({ kind: 'unknown' });
    expect(await link.debit(request, 15_000)).toMatchObject({ kind: 'not-sent' });
    await until(() => heard.at(-1)!.get(70) === '002');
  });

  it('asks whether a message may leave when the line is up, and keeps it back where not', async () => {
    const debits = () => heard.filter((question) => question.get(0) === '0200').length;
    expect(await link.debit(request, 15_000, async () => false)).toMatchObject({ kind: 'not-sent' });
    const failing = async (): Promise<boolean> => {
      throw new Error('the store is gone');
    };
    expect(await link.debit(request, 15_000, failing)).toMatchObject({ kind: 'not-sent' });
    expect(debits()).toBe(0);
    let isMarked = false;
    const mark = async (): Promise<boolean> => {
      expect(debits()).toBe(0);
      isMarked = true;
      return true;
    };
    expect(await link.debit(request, 15_000, mark)).toMatchObject({ kind: 'answered', responseCode: '00' });
    expect([isMarked, debits()]).toEqual([true, 1]);
  });

  it('sends nothing on a line that went while the leaving was written down', async () => {
    let wasAsked = 0;
    const leaving = async (): Promise<boolean> => {
      wasAsked++;
      for (const socket of sockets) socket.destroy();
      await until(() => link.state().link !== 'signed-on');
      return true;
    };
    expect(await link.debit(request, 15_000, leaving)).toMatchObject({ kind: 'not-sent' });
    expect(wasAsked).toBe(1);
    expect(heard.filter((question) => question.get(0) === '0200')).toEqual([]);
  });
});
