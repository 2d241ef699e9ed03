import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Clock, Timer } from '@bivak/clock';
import { driveCommands, ENQ, encodeFrame, encodeSessionMessage, FORMAT_1_05, orThrow } from '@bivak/fiscal';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DriveConnection } from './drive-connection.ts';
import { OperatorSession } from './operator-exchange.ts';

const shift = Buffer.from([1, 7, 0, 2, 0]);

let server: Server;
let sockets: Socket[];
let received: Buffer[];
let timers: Set<{ atMs: number; fire: () => void }>;
let nowMs: number;
let respond: (request: Buffer, socket: Socket) => void;
let address: { host: string; port: number };

const clock: Clock = {
  nowMs: () => nowMs,
  at(atMs, fire): Timer {
    const timer = { atMs, fire };
    timers.add(timer);
    return { cancel: () => timers.delete(timer) };
  },
};
const advance = (byMs: number): void => {
  nowMs += byMs;
  for (const timer of [...timers]) if (timer.atMs <= nowMs && timers.delete(timer)) timer.fire();
};
const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
};

beforeEach(async () => {
  [sockets, received, timers, nowMs] = [[], [], new Set(), 0];
  respond = () => {};
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {}); // 'close' follows
    socket.on('data', (bytes: Buffer) => {
      received.push(bytes);
      respond(bytes, socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

describe('the connection to the drive', { timeout: 30_000 }, () => {
  const response = (code: number, data: Buffer = Buffer.alloc(0)): Buffer => orThrow(encodeFrame(code, data));
  let drive: DriveConnection;
  beforeEach(() => {
    drive = new DriveConnection(address, clock);
  });
  afterEach(() => drive.close());

  it('carries one command after another', async () => {
    respond = (_, socket) => socket.write(response(0, shift));
    expect(await drive.send('readShift')).toEqual(shift);
    expect(await drive.send('readShift')).toEqual(shift);
    expect(received).toEqual(Array(2).fill(orThrow(encodeFrame(driveCommands.readShift, Buffer.alloc(0)))));
    expect([sockets.length, timers.size]).toEqual([1, 0]);
  });

  it('requests a lost response again, and begins anew after it', async () => {
    respond = (request, socket) => {
      if (request[0] === ENQ) socket.write(response(0, shift));
    };
    const sent = drive.send('readShift');
    await until(() => received.length === 1);
    advance(2_000);
    expect(await sent).toEqual(shift);
    respond = (_, socket) => socket.write(response(0, shift));
    await drive.send('readShift');
    expect(sockets).toHaveLength(2);
  });

  it('knows that nothing is known if a finish is not responded to', async () => {
    const sent = drive.send('finishReceipt').catch((error) => error);
    await until(() => received.length === 1);
    advance(2_000);
    await until(() => received.length === 2);
    advance(2_000);
    expect(await sent).toMatchObject({ code: 'silent', outcomeKnown: false });
  });

  it.each([
    ['refuses', (socket: Socket) => socket.write(response(8)), { code: 'refused', answerCode: 8 }],
    ['is cut short', (socket: Socket) => socket.write(response(0)), { code: 'silent' }],
    ['goes away', (socket: Socket) => socket.destroy(), { code: 'silent' }],
    ['sends what is no frame', (socket: Socket) => socket.write('nonsense'), { code: 'silent' }],
  ])('fails if the drive %s', async (_, act, error) => {
    respond = (_request, socket) => void act(socket);
    await expect(drive.send('readShift')).rejects.toMatchObject(error);
  });

  it('is silent if the drive cannot be reached', async () => {
    server.close();
    await expect(drive.send('readShift')).rejects.toMatchObject({ code: 'silent', outcomeKnown: true });
  });
});

describe('a session with the fiscal operator', { timeout: 30_000 }, () => {
  const driveNumber = '9999078900001234';
  const { sessionVersion: formatVersion } = FORMAT_1_05;
  const document = Buffer.from('document');
  const message = (body: string): Buffer =>
    encodeSessionMessage({ formatVersion, driveNumber, body: Buffer.from(body), answerExpected: false });

  it('sends documents one after another, and receives their confirmations', async () => {
    respond = (_, socket) => socket.write(message(`confirmation ${received.length}`));
    const session = new OperatorSession(address, clock, new AbortController().signal);
    expect((await session.exchange(driveNumber, document))?.toString()).toBe('confirmation 1');
    expect((await session.exchange(driveNumber, document))?.toString()).toBe('confirmation 2');
    session.close();
    expect(await session.exchange(driveNumber, document)).toBeNull();
    expect(timers.size).toBe(0);
  });

  it('is over if no confirmation comes in time', async () => {
    const session = new OperatorSession(address, clock, new AbortController().signal);
    const late = session.exchange(driveNumber, document);
    await until(() => received.length === 1);
    advance(30_000);
    expect(await late).toBeNull();
    expect(await session.exchange(driveNumber, document)).toBeNull();
  });

  it.each([
    ['the other side goes', () => sockets[0]!.destroy()],
    ['the other side sends what is no message', () => sockets[0]!.write('GET / HTTP/1.1')],
    ['it is aborted', (abort: AbortController) => abort.abort()],
  ])('is over if %s', async (_, end) => {
    const abort = new AbortController();
    const session = new OperatorSession(address, clock, abort.signal);
    const pending = session.exchange(driveNumber, document);
    await until(() => received.length === 1);
    end(abort);
    expect(await pending).toBeNull();
    expect(await session.exchange(driveNumber, document)).toBeNull();
  });
});
