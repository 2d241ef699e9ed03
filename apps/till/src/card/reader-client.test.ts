import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Clock, Timer } from '@bivak/clock';
import type { CardTap } from '@bivak/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CardReader, cardReader } from './index.ts';

const card: CardTap = {
  ksn: '0123456789abcdef00000001',
  ciphertext: 'aabbccddeeff',
  maskedPan: '220220******1234',
  cardReference: 'ab'.repeat(32),
  expiry: '3012',
  serviceCode: '201',
};
const sale = { tillId: 'till-1', saleId: 'till-1-000001', amountMinor: 40_000, currency: 'RUB' };
const { saleId } = sale;

describe('the card reader', { timeout: 30_000 }, () => {
  let server: Server;
  let sockets: Socket[];
  let received: { type: string }[];
  let reader: CardReader;
  let timers: Set<{ atMs: number; fire: () => void }>;
  let nowMs: number;

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
  const send = (...messages: object[]): void => {
    sockets.at(-1)!.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
  };
  const requested = (count: number): Promise<void> =>
    until(() => received.filter(({ type }) => type === 'read').length === count);

  beforeEach(async () => {
    [sockets, received, timers, nowMs] = [[], [], new Set(), 0];
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {}); // 'close' follows
      socket.on('data', (bytes) =>
        received.push(
          ...bytes
            .toString()
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line)),
        ),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    reader = cardReader({ address: { host: '127.0.0.1', port }, clock, log: { warn: () => {} } });
  });
  afterEach(() => {
    reader.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('reads a card, prompts on the way, and keeps its connection for the next sale', async () => {
    const first = reader.read(sale);
    await requested(1);
    expect(received[0]).toEqual({ type: 'read', ...sale });
    send({ type: 'prompt', saleId, prompt: 'hold' });
    await until(() => reader.prompt() === 'hold');
    send({ type: 'card', ...sale, card });
    expect(await first).toEqual({ read: true, card });
    expect(reader.prompt()).toBe('idle');
    const second = reader.read(sale);
    await requested(2);
    send({ type: 'failed', saleId, reason: 'card-unreadable' });
    expect(await second).toEqual({ read: false, reason: 'card-unreadable' });
    expect(sockets).toHaveLength(1);
  });

  it('is silent if it goes away, sends what is none, or cannot be reached', async () => {
    const silent = { read: false, reason: 'card-reader-silent' };
    const gone = reader.read(sale);
    await requested(1);
    sockets[0]!.destroy();
    expect(await gone).toEqual(silent);
    const garbage = reader.read(sale);
    await requested(2);
    sockets[1]!.write('}{\n');
    expect(await garbage).toEqual(silent);
    server.close();
    expect(await reader.read(sale)).toEqual(silent);
  });

  it.each([
    ['another sale', { ...sale, saleId: 'till-1-000000' }],
    ['another sum', { ...sale, amountMinor: 100 }],
    ['another currency', { ...sale, currency: 'USD' }],
    ['another till', { ...sale, tillId: 'till-2' }],
  ])('takes no card that was read for %s', async (_, other) => {
    const reading = reader.read(sale);
    await requested(1);
    send({ type: 'card', ...other, card });
    send({ type: 'card', ...sale, card: { ...card, ksn: '0123456789abcdef00000002' } });
    expect(await reading).toEqual({ read: true, card: { ...card, ksn: '0123456789abcdef00000002' } });
  });

  it('lets no line that comes late end or prompt the next sale', async () => {
    const first = reader.read(sale);
    await requested(1);
    send({ type: 'failed', saleId, reason: 'card-unreadable' });
    await first;
    const next = { ...sale, saleId: 'till-1-000002' };
    const second = reader.read(next);
    await requested(2);
    send({ type: 'card', ...sale, card });
    send({ type: 'failed', saleId, reason: 'card-unreadable' });
    send({ type: 'prompt', saleId, prompt: 'remove' });
    send({ type: 'prompt', saleId: next.saleId, prompt: 'hold' });
    await until(() => reader.prompt() === 'hold');
    send({ type: 'failed', saleId: next.saleId, reason: 'reader-keys-used-up' });
    expect(await second).toEqual({ read: false, reason: 'reader-keys-used-up' });
  });

  it('gives up with its connection, so that a late card belongs to no other sale', async () => {
    const first = reader.read(sale);
    await requested(1);
    advance(75_000);
    expect(await first).toEqual({ read: false, reason: 'card-not-presented' });
    const second = reader.read(sale);
    await requested(2);
    sockets[0]!.write(`${JSON.stringify({ type: 'card', ...sale, card })}\n`);
    expect(reader.cancel()).toBe(true);
    expect(await second).toEqual({ read: false, reason: 'card-not-presented' });
    expect(reader.cancel()).toBe(false);
    await until(() => received.filter(({ type }) => type === 'cancel').length === 2);
  });
});
