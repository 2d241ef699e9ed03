import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@bivak/clock';
import type { sandboxApi } from '@bivak/contracts';
import fc from 'fast-check';
import { pino } from 'pino';
import smpp, { type Pdu, type Session } from 'smpp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSmsCentre } from './sms-centre-server.ts';

const nobody = { system_id: 'bivak', password: 'secret' };
const ucs2 = 8;

describe('the SMS centre', () => {
  let folder: string;
  let centre: Awaited<ReturnType<typeof startSmsCentre>>;
  const sessions: Session[] = [];
  let impatience: (() => void)[];
  const clock: Clock = {
    nowMs: () => Date.parse('2026-11-24T09:00:00Z'),
    at: (_, fire) => {
      impatience.push(fire);
      return { cancel: () => impatience.splice(impatience.indexOf(fire), 1) };
    },
  };
  const start = async (): Promise<void> => {
    impatience = [];
    const config = { port: 0, smppPort: 0, dataDir: folder, systemId: 'bivak', password: 'secret' };
    centre = await startSmsCentre({ config, clock, log: pino({ level: 'silent' }) });
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-sms-'));
    await start();
  });
  afterEach(async () => {
    for (const session of sessions.splice(0)) session.destroy();
    await centre.stop();
    rmSync(folder, { recursive: true });
  });

  const connected = (): Promise<Session> =>
    new Promise((resolve) => {
      const session = smpp.connect({ host: '127.0.0.1', port: centre.smppPort });
      sessions.push(session);
      session.on('error', () => {});
      session.on('connect', () => resolve(session));
    });
  type Command = 'bind_transmitter' | 'bind_receiver' | 'bind_transceiver' | 'submit_sm' | 'unbind';
  const send = (session: Session, command: Command, fields: Record<string, unknown> = {}): Promise<Pdu> =>
    new Promise((resolve) => {
      const commands = session as unknown as Record<
        Command,
        (fields: object, answer: (pdu: Pdu) => void) => void
      >;
      commands[command](fields, resolve);
    });
  const message = (change: Record<string, unknown> = {}) => ({
    source_addr: 'BUFET',
    destination_addr: '79000000001',
    data_coding: ucs2,
    short_message: { message: 'Не оплачено' },
    registered_delivery: 1,
    ...change,
  });
  const log = async (): Promise<sandboxApi.Sms[]> =>
    ((await (await fetch(`http://127.0.0.1:${centre.port}/v1/sms`)).json()) as { items: sandboxApi.Sms[] })
      .items;
  const status = async (response: Promise<Pdu>): Promise<number> => (await response).command_status;

  it('takes nothing before a bind, and nothing from a stranger', async () => {
    const session = await connected();
    expect(await status(send(session, 'submit_sm', message()))).toBe(smpp.ESME_RINVBNDSTS);
    expect(await status(send(session, 'unbind'))).toBe(smpp.ESME_RINVBNDSTS);
    expect(await status(send(session, 'bind_transceiver', { ...nobody, system_id: 'other' }))).toBe(0x0f);
    expect(await status(send(session, 'bind_transceiver', { ...nobody, password: 'guess' }))).toBe(
      smpp.ESME_RINVPASWD,
    );
    expect(await status(send(session, 'submit_sm', message()))).toBe(smpp.ESME_RINVBNDSTS);
    expect(await log()).toEqual([]);
  });

  it('serves each kind of bind as far as it goes', async () => {
    const [transmitter, receiver] = [await connected(), await connected()];
    expect(await status(send(transmitter, 'bind_transmitter', nobody))).toBe(smpp.ESME_ROK);
    expect(await status(send(receiver, 'bind_receiver', nobody))).toBe(smpp.ESME_ROK);
    expect(await status(send(transmitter, 'bind_transceiver', nobody))).toBe(smpp.ESME_RALYBND);
    expect(await status(send(transmitter, 'submit_sm', message()))).toBe(smpp.ESME_ROK);
    expect(await status(send(receiver, 'submit_sm', message()))).toBe(smpp.ESME_RINVBNDSTS);
    expect(await log()).toHaveLength(1);
  });

  it('refuses what it cannot deliver, by the status that says why', async () => {
    const session = await connected();
    await send(session, 'bind_transceiver', nobody);
    const refused = (change: Record<string, unknown>) => status(send(session, 'submit_sm', message(change)));
    expect(await refused({ destination_addr: 'Anna' })).toBe(smpp.ESME_RINVDSTADR);
    expect(await refused({ short_message: { message: '' } })).toBe(smpp.ESME_RINVMSGLEN);
    expect(await log()).toEqual([]);
  });

  it('sends one message once, however often its sender repeats it', async () => {
    const session = await connected();
    await send(session, 'bind_transceiver', nobody);
    const first = await send(session, 'submit_sm', message({ user_message_reference: 7 }));
    const again = await send(session, 'submit_sm', message({ user_message_reference: 7 }));
    expect(again.message_id).toBe(first.message_id);
    await send(session, 'submit_sm', message({ user_message_reference: 8 }));
    expect(await log()).toHaveLength(2);
  });

  it('joins the pieces of a long message, in whatever order they come and over a restart', async () => {
    const piece = (index: number, text: string) => {
      const header = Buffer.of(0x05, 0x00, 0x03, 0x2a, 0x02, index);
      return message({ esm_class: 0x40, short_message: { udh: header, message: text } });
    };
    const session = await connected();
    await send(session, 'bind_transceiver', nobody);
    expect(await status(send(session, 'submit_sm', piece(2, 'вторая')))).toBe(smpp.ESME_ROK);
    expect(await log()).toEqual([]);
    session.destroy();
    await centre.stop();
    await start();
    const other = await connected();
    await send(other, 'bind_transceiver', nobody);
    await send(other, 'submit_sm', piece(1, 'Первая, '));
    expect((await log()).map(({ text }) => text)).toEqual(['Первая, вторая']);
  });

  it('closes on who does not bind', async () => {
    const session = await connected();
    const closed = new Promise<void>((resolve) => session.on('close', () => resolve()));
    // The centre has seen it when it has answered something.
    await send(session, 'submit_sm', message());
    for (const fire of [...impatience]) fire();
    await closed;
  });

  it('goes on serving whatever bytes come', async () => {
    const head = (lengthBytes: number, command: number): Buffer => {
      const bytes = Buffer.alloc(16);
      for (const [index, value] of [lengthBytes, command, 0, 1].entries())
        bytes.writeUInt32BE(value >>> 0, index * 4);
      return bytes;
    };
    const commands = [0x01, 0x02, 0x04, 0x05, 0x06, 0x09, 0x15, 0x103, 0x99, 0x80000004, 0xffffffff];
    const lengths = [0, 1, 4, 8, 15, 16, 17, 40, 70, 65_536, 0xffffffff];
    const pdu = fc
      .tuple(fc.constantFrom(...lengths), fc.constantFrom(...commands), fc.uint8Array({ maxLength: 60 }))
      .map(([length, command, body]) => Buffer.concat([head(length, command), body]));
    const whole = fc
      .tuple(fc.constantFrom(...commands), fc.uint8Array({ maxLength: 60 }))
      .map(([command, body]) => Buffer.concat([head(16 + body.length, command), body]));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(pdu, whole), { minLength: 1, maxLength: 6 }), async (pdus) => {
        await new Promise<void>((resolve) => {
          const socket = connect(centre.smppPort, '127.0.0.1', () => socket.end(Buffer.concat(pdus)));
          socket.on('error', () => {}).on('close', () => resolve());
          socket.resume();
          setTimeout(() => socket.destroy(), 100);
        });
      }),
      { numRuns: 60 },
    );
    const session = await connected();
    expect(await status(send(session, 'bind_transceiver', nobody))).toBe(smpp.ESME_ROK);
    expect(await log()).toEqual([]);
  });
});
