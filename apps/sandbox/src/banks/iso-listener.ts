import { createServer, type Server, type Socket } from 'node:net';
import type { BankProfile } from '@bivak/bank-profiles';
import { compileSpec, deframe, type Fields, frame, type MessageCodec } from '@bivak/iso8583';
import type { Logger } from '@bivak/process';
import type { Session } from './decisions.ts';

/** What listens on a bank's port for messages. */
export interface IsoListenerOptions {
  profile: BankProfile;
  /** 0 takes a free port at the first opening and keeps it. */
  port: number;
  log: Logger;
  /** The answer to a message; rejects if the connection has to be closed. */
  answer: (session: Session, message: Fields) => Promise<Fields>;
  /** False while the bank keeps its answer to itself. */
  maySend: (message: Fields) => boolean;
}

/** The bank's port for messages: opened and closed as the bank is switched. */
export class IsoListener {
  readonly #options: IsoListenerOptions;
  readonly #codec: MessageCodec;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #isRefusing = false;
  #port: number;

  constructor(options: IsoListenerOptions) {
    this.#options = options;
    this.#codec = compileSpec(options.profile.spec);
    this.#port = options.port;
  }

  /** Listens; resolves with the port. Rejects if the port is taken. */
  async open(): Promise<number> {
    this.#isRefusing = false;
    if (this.#server !== undefined) return this.#port;
    const server = createServer((socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    server.on('error', (error) => this.#options.log.error({ err: error }, 'the port for messages failed'));
    this.#server = server;
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
    return this.#port;
  }

  /**
   * Refuses connections from now on and drops those that are open. The port stays taken, so that nobody else has it when
   * the bank is up again: who connects is reset at once, before a byte is read.
   */
  refuse(): void {
    this.#isRefusing = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    if (this.#isRefusing) {
      socket.resetAndDestroy();
      return;
    }
    const { header } = this.#options.profile;
    const session: Session = { isSignedOn: false };
    let arrived: Buffer = Buffer.alloc(0);
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      try {
        const { messages, rest } = deframe(header, Buffer.concat([arrived, chunk]));
        arrived = rest;
        for (const message of messages) void this.#handle(socket, session, message);
      } catch (error) {
        this.#refuse(socket, error);
      }
    });
  }

  async #handle(socket: Socket, session: Session, bytes: Buffer): Promise<void> {
    const { answer, maySend, profile } = this.#options;
    try {
      if (socket.destroyed) return;
      const unpacked = this.#codec.unpack(bytes);
      if (!unpacked.ok) throw unpacked.error;
      const response = await answer(session, unpacked.fields);
      if (socket.destroyed || !maySend(unpacked.fields)) return;
      socket.write(frame(profile.header, this.#codec.pack(response)));
    } catch (error) {
      this.#refuse(socket, error);
    }
  }

  #refuse(socket: Socket, error: unknown): void {
    if (socket.destroyed) return;
    const why = error instanceof Error ? error.message : String(error);
    this.#options.log.warn({ why }, 'no message that this bank takes: connection closed');
    socket.destroy();
  }
}
