import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Framing } from './framing.ts';
import type { Timers } from './timers.ts';

export interface Address {
  host: string;
  port: number;
  /** Over TLS, with this authority alone and this certificate of ours. */
  tls?: TlsOptions;
}

/** In PEM. The other side's certificate has to be the authority's, and for `serverName`. */
export interface TlsOptions {
  ca: Buffer | string;
  cert: Buffer | string;
  key: Buffer | string;
  serverName: string;
}

/** Why a connection is gone that this side did not close. */
export type ConnectionEnd =
  | { kind: 'connect-timeout' }
  /** Refused, reset, no such host: `code` is the system's own. */
  | { kind: 'failed'; code: string }
  | { kind: 'closed-by-peer' }
  /** What came is no message, or could not be worked on. */
  | { kind: 'unreadable'; reason: string }
  /** This side has dropped it. */
  | { kind: 'dropped'; reason: string };

export interface ConnectionOptions<Message> {
  address: Address;
  framing: Framing<Message>;
  timers: Timers;
  connectTimeoutMs: number;
  /** An Error that it throws ends the connection as `unreadable`. */
  onMessage(message: Message): void;
  onOpen?(): void;
  /** Called once, when the connection is gone; not after `close`. No other handler is called afterwards. */
  onEnd(end: ConnectionEnd): void;
}

/** A TCP connection that carries messages. */
export interface Connection {
  /** True from the moment it is established until it is gone. */
  isOpen(): boolean;
  /** True once it is established; false if it went before. */
  opened(): Promise<boolean>;
  /**
   * What is sent before it is established leaves then; what is sent when it is gone, never. `onGone` is called when the bytes are
   * not needed here any more.
   */
  send(bytes: Buffer | string, onGone?: () => void): void;
  /** Ends it after what was sent has left. No handler is called any more. Resolves when the socket is gone. */
  close(): Promise<void>;
  /** Ends it at once because the other side misbehaves or is silent: `onEnd` is called before this returns. */
  drop(reason: string): void;
}

/** Connects, once: who wants the connection to come back uses `PersistentConnection`. */
export function openConnection<Message>(options: ConnectionOptions<Message>): Connection {
  const { address, framing, timers, connectTimeoutMs } = options;
  const { socket, readyEvent } = socketTo(address);
  const messagesOf = framing();
  const { promise: opened, resolve: setOpened } = Promise.withResolvers<boolean>();
  let state: 'connecting' | 'open' | 'gone' = 'connecting';

  const leave = (): void => {
    state = 'gone';
    connecting.cancel();
    setOpened(false); // no effect on one that was open
  };
  const end = (how: ConnectionEnd): void => {
    if (state === 'gone') return;
    leave();
    socket.destroy();
    options.onEnd(how);
  };
  const receive = (bytes: Buffer): void => {
    for (const message of messagesOf(bytes)) {
      if (state === 'gone') return;
      options.onMessage(message);
    }
  };
  const connecting = timers.at(timers.nowMs() + connectTimeoutMs, () => end({ kind: 'connect-timeout' }));
  socket.setNoDelay(true);
  socket.on(readyEvent, () => {
    if (state === 'gone') return;
    state = 'open';
    connecting.cancel();
    setOpened(true);
    options.onOpen?.();
  });
  socket.on('error', (error: NodeJS.ErrnoException) =>
    end({ kind: 'failed', code: error.code ?? error.message }),
  );
  socket.on('close', () => end({ kind: 'closed-by-peer' }));
  socket.on('data', (bytes: Buffer) => {
    if (state === 'gone') return;
    try {
      receive(bytes);
    } catch (error) {
      end({ kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) });
    }
  });
  return {
    isOpen: () => state === 'open',
    opened: () => opened,
    send(bytes, onGone) {
      if (state === 'gone') onGone?.();
      else socket.write(bytes, () => onGone?.());
    },
    close() {
      const wasOpen = state === 'open';
      leave();
      const { promise, resolve } = Promise.withResolvers<void>();
      if (socket.closed) return Promise.resolve();
      socket.once('close', () => resolve());
      if (wasOpen) socket.destroySoon();
      else socket.destroy();
      return promise;
    },
    drop: (reason) => end({ kind: 'dropped', reason }),
  };
}

/** A socket on its way, and the event by which it is ready: with TLS, when both sides have shown who they are. */
function socketTo({ host, port, tls }: Address): { socket: Socket; readyEvent: 'connect' | 'secureConnect' } {
  if (tls === undefined) return { socket: connect({ host, port }), readyEvent: 'connect' };
  const { serverName: servername, ...identity } = tls;
  const socket = connectTls({ host, port, ...identity, servername, minVersion: 'TLSv1.2' });
  return { socket, readyEvent: 'secureConnect' };
}
