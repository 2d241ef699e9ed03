import type { BackoffRange } from './backoff.ts';
import {
  type Address,
  type Connection,
  type ConnectionEnd,
  type ConnectionOptions,
  openConnection,
} from './connection.ts';
import { Retry } from './retry.ts';

export interface PersistentConnectionOptions<Message>
  extends Pick<ConnectionOptions<Message>, 'framing' | 'timers' | 'connectTimeoutMs'> {
  /** Tried one after the other, each time from the first on. */
  addresses: readonly Address[];
  backoff: BackoffRange;
  /** Gives numbers from 0 up to, not including, 1. */
  random: () => number;
  onOpen?(connection: Connection): void;
  onMessage(message: Message, connection: Connection): void;
  /** An address could not be connected, and the next one is tried at once. */
  onNextAddress?(end: ConnectionEnd, next: Address): void;
  /** A connection is gone, or could not be established; the next one is scheduled already. Not called after `close`. */
  onLost(end: ConnectionEnd): void;
}

/** A connection that is opened again whenever it is lost, later each time until `resetBackoff` says that it was of use. */
export class PersistentConnection<Message> {
  readonly #options: PersistentConnectionOptions<Message>;
  readonly #retry: Retry;
  #current: Connection | undefined;
  #isClosed = false;

  constructor(options: PersistentConnectionOptions<Message>) {
    this.#options = options;
    this.#retry = new Retry(options.timers, options.backoff, options.random);
    this.#open();
  }

  /** The connection that is open or being opened; undefined while the next try is awaited. */
  get current(): Connection | undefined {
    return this.#current;
  }

  /** Does not wait for the back-off; nothing if a connection is open or being opened. */
  connectNow(): void {
    if (this.#current === undefined) this.#open();
  }

  /** The other side works as it should: after the next loss the first pause is the shortest again. */
  resetBackoff(): void {
    this.#retry.reset();
  }

  /** Ends it for good. No handler is called any more. Resolves when the socket is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retry.cancel();
    const closing = this.#current;
    this.#current = undefined;
    await closing?.close();
  }

  #open(): void {
    if (this.#isClosed) return;
    this.#retry.cancel();
    this.#openAt(0);
  }

  #openAt(index: number): void {
    const { addresses, framing, timers, connectTimeoutMs, onOpen, onMessage, onLost } = this.#options;
    let wasOpen = false;
    const connection: Connection = openConnection({
      address: addresses[index]!,
      framing,
      timers,
      connectTimeoutMs,
      onOpen: () => {
        wasOpen = true;
        onOpen?.(connection);
      },
      onMessage: (message) => onMessage(message, connection),
      onEnd: (end) => {
        this.#current = undefined;
        const next = addresses[index + 1];
        if (!wasOpen && next !== undefined) {
          this.#options.onNextAddress?.(end, next);
          this.#openAt(index + 1);
          return;
        }
        this.#retry.schedule(() => this.#open());
        onLost(end);
      },
    });
    this.#current = connection;
  }
}
