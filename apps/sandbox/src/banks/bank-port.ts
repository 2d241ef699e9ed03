import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { Logger } from '@bivak/process';

/** What happens at a bank's port for messages. */
export interface BankPortEvents {
  onOpened(connection: number): void;
  onData(connection: number, bytes: Buffer): void;
  onClosed(connection: number): void;
  /** Whether the next TLS handshake is broken off in its middle. */
  cutsHandshake(): boolean;
}

/** In PEM: who is let in is who has a certificate of this authority. */
export interface TlsIdentity {
  ca: Buffer;
  cert: Buffer;
  key: Buffer;
}

/** The bank's port for messages: opened and closed as the bank is switched. */
export class BankPort {
  readonly #events: BankPortEvents;
  readonly #log: Logger;
  readonly #sockets = new Map<number, Socket>();
  #server: Server | undefined;
  readonly #tls: TlsServer | undefined;
  #isRefusing = false;
  #connections = 0;
  #port: number;

  /** Port 0 takes a free one at the first opening and keeps it. */
  constructor(port: number, log: Logger, events: BankPortEvents, tls?: TlsIdentity) {
    this.#port = port;
    this.#log = log;
    this.#events = events;
    this.#tls = tls === undefined ? undefined : this.#tlsServer(tls);
  }

  /** Listens; resolves with the port. Rejects if the port is taken. */
  async open(): Promise<number> {
    this.#isRefusing = false;
    if (this.#server !== undefined) return this.#port;
    const server = createServer((socket) => this.#arrive(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    server.on('error', (error) => this.#log.error({ err: error }, 'the port for messages failed'));
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
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  write(connection: number, bytes: Buffer): void {
    this.#sockets.get(connection)?.write(bytes);
  }

  /** Closes a connection after what was written to it. */
  end(connection: number): void {
    this.#sockets.get(connection)?.destroySoon();
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets.values()) socket.destroy();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Never listens: it is given the sockets that the port has taken. */
  #tlsServer(identity: TlsIdentity): TlsServer {
    const mutual = { requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;
    const server = createTlsServer({ ...identity, ...mutual }, (socket) => this.#accept(socket));
    server.on('tlsClientError', (error) => this.#log.info({ err: error }, 'a TLS handshake failed'));
    return server;
  }

  #arrive(socket: Socket): void {
    if (this.#isRefusing) {
      socket.resetAndDestroy();
      return;
    }
    if (this.#tls === undefined) {
      this.#accept(socket);
      return;
    }
    socket.on('error', () => {});
    if (this.#events.cutsHandshake()) socket.once('data', () => socket.resetAndDestroy());
    else this.#tls.emit('connection', socket);
  }

  #accept(socket: Socket): void {
    const connection = ++this.#connections;
    this.#sockets.set(connection, socket);
    socket.setNoDelay(true);
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      this.#sockets.delete(connection);
      this.#events.onClosed(connection);
    });
    this.#events.onOpened(connection);
    socket.on('data', (bytes: Buffer) => this.#events.onData(connection, bytes));
  }
}
