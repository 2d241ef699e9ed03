import type { Clock } from '@bivak/clock';
import { createSessionDeframer, encodeSessionMessage, FORMAT_1_05 } from '@bivak/fiscal';
import { type Address, type Connection, openConnection, PendingRequests } from '@bivak/net';

/** The operator has up to five minutes by the protocol; a radio link that carries nothing for so long is dead. */
const responseTimeoutMs = 30_000;

/** A connection to the fiscal operator: a document is sent, its confirmation is received. */
export class OperatorSession {
  readonly #connection: Connection;
  /** One document at a time, so that its confirmation needs no key. */
  readonly #pending: PendingRequests<'document', Buffer>;
  #isOver = false;

  constructor(address: Address, clock: Clock, signal: AbortSignal) {
    this.#pending = new PendingRequests(clock);
    const deframe = createSessionDeframer();
    this.#connection = openConnection({
      address,
      framing: () => (bytes) => deframe.push(bytes),
      timers: clock,
      connectTimeoutMs: responseTimeoutMs,
      onMessage: (message) => {
        if (message.ok) this.#pending.respond('document', message.value.body);
        else this.#connection.drop(message.error.message);
      },
      onEnd: () => this.#end(),
    });
    signal.addEventListener('abort', () => this.close(), { once: true });
  }

  #end(): void {
    this.#isOver = true;
    this.#pending.loseAll();
  }

  close(): void {
    void this.#connection.close();
    this.#end();
  }

  /** Sends a container and resolves with the confirmation's; null if the connection was lost or nothing came. */
  async exchange(driveNumber: string, container: Buffer): Promise<Buffer | null> {
    if (this.#isOver) return null;
    const ended = this.#pending.wait('document', responseTimeoutMs);
    const { sessionVersion: formatVersion } = FORMAT_1_05;
    this.#connection.send(
      encodeSessionMessage({ formatVersion, driveNumber, body: container, answerExpected: true }),
    );
    const end = await ended;
    if (end.kind === 'response') return end.response;
    // A confirmation that is late must not be taken for the next document's.
    if (end.kind === 'timeout') this.#connection.drop('no confirmation in time');
    return null;
  }
}
