import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '@bivak/clock';
import { sandboxApi } from '@bivak/contracts';
import { createApiServer, listen } from '@bivak/http-api';
import { bankProfile, compileSpec, deframe, frame, type MessageCodec } from '@bivak/iso8583';
import type { Logger, ProcessContext, RunningProcess } from '@bivak/process';
import { z } from 'zod';
import { openRecordFile } from '../fiscal-keeping/record-file.ts';
import { answerOf, type BankMode, type Session } from './decisions.ts';
import { httpIssuers } from './issuers-client.ts';
import { Ledger, ledgerRecord } from './ledger.ts';

export const bankConfig = z.object({
  bankId: z.string(),
  name: z.object({ ru: z.string(), en: z.string() }),
  profile: z.string(),
  port: z.number().int(),
  isoPort: z.number().int(),
  dataDir: z.string(),
  issuersUrl: z.url(),
  terminals: z.array(z.object({ terminalId: z.string(), merchantId: z.string() })),
});
export type BankConfig = z.infer<typeof bankConfig>;

/** A simulated acquirer: ISO 8583 over TCP, a ledger of its own, and a switch to fail in four ways. */
export async function startBank({
  config,
  clock,
  log,
}: ProcessContext<BankConfig>): Promise<RunningProcess & { port: number; isoPort: number }> {
  const { file, records } = openRecordFile(join(config.dataDir, 'ledger.jsonl'));
  const ledger = new Ledger(file, z.array(ledgerRecord).parse(records));
  let mode: BankMode = 'up';
  const profile = bankProfile(config.profile);
  const issuers = httpIssuers(config.issuersUrl, config.bankId);
  const bank = { profile, terminals: config.terminals, ledger, issuers, clock, mode: () => mode };
  const line = new IsoListener(
    compileSpec(profile.spec),
    config,
    log,
    clock,
    (session, fields) => answerOf(bank, session, fields),
    () => mode,
  );
  const isoPort = await line.open();

  const server = await createApiServer({ title: `Sandbox bank ${config.bankId}`, version: '1.0.0', log });
  const modeBody = z.object({ mode: sandboxApi.bankMode });
  server.get('/v1/mode', { schema: { response: { 200: modeBody } } }, () => ({ mode }));
  server.put(
    '/v1/mode',
    { schema: { body: sandboxApi.bankSetting, response: { 200: modeBody } } },
    async ({ body }) => {
      mode = body.mode;
      await (mode === 'down' ? line.close() : line.open());
      return { mode };
    },
  );
  server.get(
    '/v1/ledger',
    { schema: { response: { 200: z.object({ items: z.array(sandboxApi.ledgerEntry) }) } } },
    () => ({
      items: ledger.list(),
    }),
  );
  const port = await listen(server, config.port);
  return {
    port,
    isoPort,
    stop: async () => {
      await line.close();
      await server.close();
      file.close();
    },
  };
}

type Answer = (session: Session, fields: Map<number, string>) => Promise<Map<number, string> | null>;

/** The bank's port for messages: opened and closed as the bank is switched. */
class IsoListener {
  #server: Server | undefined;
  #port: number;
  readonly #sockets = new Set<Socket>();
  readonly #codec: MessageCodec;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #config: BankConfig;
  readonly #answer: Answer;
  readonly #mode: () => BankMode;

  constructor(
    codec: MessageCodec,
    config: BankConfig,
    log: Logger,
    clock: Clock,
    answer: Answer,
    mode: () => BankMode,
  ) {
    this.#codec = codec;
    this.#config = config;
    this.#log = log;
    this.#clock = clock;
    this.#answer = answer;
    this.#mode = mode;
    this.#port = config.isoPort;
  }

  async open(): Promise<number> {
    if (this.#server !== undefined) return this.#port;
    const server = createServer((socket) => this.#accept(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
    return this.#port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    const { header } = bankProfile(this.#config.profile);
    const session: Session = { isSignedOn: false };
    let arrived: Buffer = Buffer.alloc(0);
    let done = Promise.resolve();
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      try {
        const { messages, rest } = deframe(header, Buffer.concat([arrived, chunk]));
        arrived = rest;
        // One after another: a question and its repetition must not be decided at the same time.
        for (const message of messages) done = done.then(() => this.#handle(socket, session, message));
      } catch (error) {
        this.#refuse(socket, error);
      }
    });
  }

  async #handle(socket: Socket, session: Session, bytes: Buffer): Promise<void> {
    try {
      const unpacked = this.#codec.unpack(bytes);
      if (!unpacked.ok) throw unpacked.error;
      const answer = await this.#answer(session, unpacked.fields);
      if (answer === null) throw new Error(`message type ${unpacked.fields.get(0)} is not known here`);
      const isNetwork = unpacked.fields.get(0) === '0800';
      if (this.#mode() === 'silent' && !isNetwork) return;
      if (!socket.destroyed)
        socket.write(frame(bankProfile(this.#config.profile).header, this.#codec.pack(answer)));
    } catch (error) {
      this.#refuse(socket, error);
    }
  }

  #refuse(socket: Socket, error: unknown): void {
    if (socket.destroyed) return;
    this.#log.warn({ err: error, at: this.#clock.nowMs() }, 'no message of this bank: connection closed');
    socket.destroy();
  }
}
