import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bankProfile } from '@bivak/bank-profiles';
import { systemClock } from '@bivak/clock';
import { compileSpec, deframe, type Fields, frame } from '@bivak/iso8583';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moneyMessage, transmittedAt } from '../bank-mind/testing/world.ts';
import { startBank } from './bank-server.ts';

const profile = bankProfile('north');
const codec = compileSpec(profile.spec);

describe('a bank that runs alone', () => {
  let folder: string;
  let bank: Awaited<ReturnType<typeof startBank>>;
  let socket: Socket;
  const answers: Fields[] = [];
  const start = async (): Promise<void> => {
    const config = {
      bankId: 'north',
      name: { ru: 'Север', en: 'North' },
      profile: 'north',
      port: 0,
      isoPort: 0,
      dataDir: join(folder, 'bank'),
      terminals: [{ terminalId: 'TERM0001', merchantId: 'MERCHANT0000001' }],
    };
    bank = await startBank({ config, clock: systemClock, log: pino({ level: 'silent' }) });
  };
  const signOn = async (): Promise<void> => {
    socket = connect(bank.isoPort, '127.0.0.1');
    let arrived: Buffer = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      const { messages, rest } = deframe(profile.header, Buffer.concat([arrived, bytes]));
      arrived = rest;
      for (const message of messages) {
        const unpacked = codec.unpack(message);
        if (unpacked.ok) answers.push(unpacked.fields);
      }
    });
    await once(socket, 'connect');
    const signOnFields = { 0: '0800', 7: transmittedAt, 11: '000001', 70: '001' };
    await ask(new Map(Object.entries(signOnFields).map(([number, value]) => [Number(number), value])));
  };
  const ask = async (fields: Fields): Promise<Fields> => {
    const before = answers.length;
    socket.write(frame(profile.header, codec.pack(fields)));
    while (answers.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
    return answers[before]!;
  };
  const http = async (method: string, path: string, body?: object) => {
    const options =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await fetch(`http://127.0.0.1:${bank.port}${path}`, { method, ...options });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-bank-'));
    answers.length = 0;
    await start();
    await signOn();
  });
  afterEach(async () => {
    socket.destroy();
    await bank.stop();
    rmSync(folder, { recursive: true });
  });

  it('takes a mind, a seed and single shares, and forgets those with another preset', async () => {
    const honest = { mode: 'up', mind: 'honest', seed: 1, weights: {} };
    expect((await http('GET', '/v1/setting')).json).toEqual(honest);
    expect((await http('PUT', '/v1/setting', { weights: { slow: 1 } })).json).toEqual({
      ...honest,
      weights: { slow: 1 },
    });
    expect((await http('PUT', '/v1/setting', { mind: 'hostile', seed: 7 })).json).toEqual({
      mode: 'up',
      mind: 'hostile',
      seed: 7,
      weights: {},
    });
    expect(await http('PUT', '/v1/setting', { mode: 'asleep' })).toMatchObject({ status: 400 });
    expect(await http('PUT', '/v1/setting', { weights: { 'no-such': 1 } })).toMatchObject({ status: 400 });
  });

  it('denies on the wire what its day file shows, also after a restart', async () => {
    await http('PUT', '/v1/setting', { weights: { 'denies-for-ever': 1 } });
    expect((await ask(moneyMessage(profile, '0200'))).get(39)).toBe('51');
    const day = async () => (await http('GET', '/v1/day-file')).json.items as Record<string, unknown>[];
    const [line, ...more] = await day();
    expect(line).toMatchObject({ kind: 'debit', reference: 'till-1-000001', amountMinor: 40_000, number: 1 });
    expect(more).toEqual([]);
    expect((await http('GET', '/v1/day-file?date=2020-01-01')).json).toEqual({ items: [] });
    expect((await http('GET', '/v1/said')).json.items).toContainEqual(
      expect.objectContaining({ type: '0210', responseCode: '51', by: ['denies-for-ever'], isWritten: true }),
    );
    await bank.stop();
    await start();
    expect(await day()).toEqual([line]);
  });

  it('has a clerk who gives back what stands, once', async () => {
    await ask(moneyMessage(profile, '0200'));
    const day = async () => (await http('GET', '/v1/day-file')).json.items as Record<string, unknown>[];
    const [{ stan, rrn, terminalId }] = (await day()) as [Record<string, unknown>];
    for (let times = 0; times < 2; times++)
      expect(await http('POST', '/v1/given-back', { stan, rrn, terminalId })).toMatchObject({ status: 202 });
    await http('POST', '/v1/given-back', { stan: '999999', rrn, terminalId });
    expect(await day()).toMatchObject([
      { kind: 'debit', stan, amountMinor: 40_000 },
      { kind: 'reversal', stan, amountMinor: 40_000 },
    ]);
  });

  it('is down, and up again on the same port', async () => {
    const isClosed = once(socket, 'close');
    await http('PUT', '/v1/setting', { mode: 'down' });
    await isClosed;
    await http('PUT', '/v1/setting', { mode: 'up' });
    await signOn();
    expect((await ask(moneyMessage(profile, '0200'))).get(39)).toBe('00');
  });
});
