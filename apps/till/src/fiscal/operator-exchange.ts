import { connect, type Socket } from 'node:net';
import type { Clock } from '@bivak/clock';
import { createSessionDeframer, encodeSessionMessage, FORMAT_1_05 } from '@bivak/fiscal';

/** The operator has up to five minutes by the protocol; a radio link that carries nothing for so long is dead. */
const answerTimeoutMs = 30_000;

/** A connection to the fiscal operator: a document goes, its confirmation comes. */
export class OperatorSession {
  readonly #clock: Clock;
  readonly #socket: Socket;
  readonly #deframer = createSessionDeframer();
  #settle: ((confirmation: Buffer | null) => void) | undefined;
  #isDead = false;

  constructor(address: { host: string; port: number }, clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#socket = connect(address);
    this.#socket.setNoDelay(true);
    this.#socket.on('error', () => {}); // 'close' follows
    this.#socket.on('close', () => this.#end());
    this.#socket.on('data', (bytes: Buffer) => {
      for (const message of this.#deframer.push(bytes)) {
        if (message.ok) this.#settle?.(message.value.body);
        else this.#socket.destroy();
      }
    });
    signal.addEventListener('abort', () => this.close(), { once: true });
  }

  #end(): void {
    this.#isDead = true;
    this.#settle?.(null);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Sends a container and resolves with the confirmation's; null where the link died or nothing came. */
  exchange(driveNumber: string, container: Buffer): Promise<Buffer | null> {
    if (this.#isDead) return Promise.resolve(null);
    return new Promise((resolve) => {
      const settle = (confirmation: Buffer | null): void => {
        timer.cancel();
        this.#settle = undefined;
        resolve(confirmation);
      };
      const timer = this.#clock.at(this.#clock.nowMs() + answerTimeoutMs, () => this.#socket.destroy());
      this.#settle = settle;
      const { sessionVersion: formatVersion } = FORMAT_1_05;
      this.#socket.write(
        encodeSessionMessage({ formatVersion, driveNumber, body: container, answerExpected: true }),
      );
    });
  }
}
