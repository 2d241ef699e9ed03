import { connect, type Socket } from 'node:net';
import type { Clock, Timer } from '@bivak/clock';
import {
  answerName,
  createDeframer,
  type DriveCommand,
  driveCommands,
  ENQ,
  encodeFrame,
  orThrow,
  type Result,
  WARNING_BIT,
} from '@bivak/fiscal';
import { FiscalError, type FiscalRefusal } from './port.ts';

const answerTimeoutMs = 2_000;
const connectTimeoutMs = 2_000;

/** How much an answer has to hold at least (sections 4.2 to 4.6 of the drive protocol); shorter ones are no answers. */
const answerBytes: Readonly<Partial<Record<DriveCommand, number>>> = {
  readStatus: 30,
  readShift: 5,
  readExchange: 13,
  readRegistration: 37,
  finishRegistration: 8,
  finishOpenShift: 10,
  finishCloseShift: 10,
  finishReceipt: 10,
  beginMessage: 2,
  beginDocumentRead: 2,
};

/** What a drive has sent, read; an answer that nobody can read is as good as none. Throws FiscalError `silent`. */
export function legible<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new FiscalError('silent', `the fiscal drive’s answer cannot be read: ${result.error.message}`);
}

/** The drive's line: one command at a time, its answer, and ENQ where the answer was lost on the way. */
export class DriveLine {
  readonly #address: { host: string; port: number };
  readonly #clock: Clock;
  #socket: Socket | undefined;
  #waiting: { settle: (answer: { code: number; data: Buffer } | null) => void } | undefined;

  constructor(address: { host: string; port: number }, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }

  /**
   * Sends a command and resolves with its answer's data. Rejects with FiscalError `refused` where the drive says no, and
   * `silent` where it does not answer, asked again (ENQ) included, or with too few bytes.
   */
  async ask(command: DriveCommand, data: Uint8Array = Buffer.alloc(0)): Promise<Buffer> {
    const socket = await this.#connected();
    let answer = await this.#exchange(socket, orThrow(encodeFrame(driveCommands[command], data)));
    if (answer === null && !socket.destroyed) {
      answer = await this.#exchange(socket, Buffer.of(ENQ));
      // A drive that was only slow answers twice: the next command must not take the second answer for its own.
      this.close();
    }
    if (answer === null) throw this.#silent(command, `the fiscal drive does not answer (${command})`);
    const code = answer.code & ~WARNING_BIT;
    if (code === 0) {
      if (answer.data.length >= (answerBytes[command] ?? 0)) return answer.data;
      throw this.#silent(command, `the fiscal drive’s answer to ${command} is cut short`);
    }
    const refusal = (answerName(code) ?? 'other') as FiscalRefusal;
    throw new FiscalError('refused', `the fiscal drive refused ${command}: ${refusal}`, {
      refusal,
      answerCode: code,
    });
  }

  /** Nothing is known of what the drive did; whatever it says now on this connection belongs to nothing. */
  #silent(command: DriveCommand, message: string): FiscalError {
    this.close();
    return new FiscalError('silent', message, { outcomeKnown: !command.startsWith('finish') });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#waiting?.settle(null);
  }

  #connected(): Promise<Socket> {
    if (this.#socket !== undefined && !this.#socket.destroyed) return Promise.resolve(this.#socket);
    return new Promise((resolve, reject) => {
      const socket = connect(this.#address);
      const silent = (): void => {
        socket.destroy();
        reject(new FiscalError('silent', 'the fiscal drive cannot be reached'));
      };
      const timer = this.#clock.at(this.#clock.nowMs() + connectTimeoutMs, silent);
      socket.setNoDelay(true);
      socket.once('connect', () => {
        timer.cancel();
        this.#socket = socket;
        resolve(socket);
      });
      socket.once('error', silent);
      this.#listen(socket, timer);
    });
  }

  #listen(socket: Socket, connecting: Timer): void {
    const deframer = createDeframer();
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      connecting.cancel();
      if (this.#socket === socket) this.close();
    });
    socket.on('data', (bytes: Buffer) => {
      for (const item of deframer.push(bytes)) {
        if (item.kind === 'frame') this.#waiting?.settle(item.frame);
        else if (item.kind === 'error' && item.fatal) socket.destroy();
      }
    });
  }

  #exchange(socket: Socket, bytes: Buffer): Promise<{ code: number; data: Buffer } | null> {
    return new Promise((resolve) => {
      const settle = (answer: { code: number; data: Buffer } | null): void => {
        timer.cancel();
        this.#waiting = undefined;
        resolve(answer);
      };
      const timer = this.#clock.at(this.#clock.nowMs() + answerTimeoutMs, () => settle(null));
      this.#waiting = { settle };
      socket.write(bytes);
    });
  }
}
