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
  WARNING_BIT,
} from '@bivak/fiscal';
import { FiscalError, type FiscalRefusal } from './port.ts';

const answerTimeoutMs = 2_000;
const connectTimeoutMs = 2_000;

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
   * `silent` where it does not answer, asked again (ENQ) included.
   */
  async ask(command: DriveCommand, data: Uint8Array = Buffer.alloc(0)): Promise<Buffer> {
    const socket = await this.#connected();
    let answer = await this.#exchange(socket, orThrow(encodeFrame(driveCommands[command], data)));
    if (answer === null && !socket.destroyed) answer = await this.#exchange(socket, Buffer.of(ENQ));
    if (answer === null) {
      this.close();
      throw new FiscalError('silent', `the fiscal drive does not answer (${command})`, {
        outcomeKnown: !command.startsWith('finish'),
      });
    }
    const code = answer.code & ~WARNING_BIT;
    if (code === 0) return answer.data;
    const refusal = (answerName(code) ?? 'other') as FiscalRefusal;
    throw new FiscalError('refused', `the fiscal drive refused ${command}: ${refusal}`, {
      refusal,
      answerCode: code,
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
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
      if (this.#socket === socket) this.#socket = undefined;
      this.#waiting?.settle(null);
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
