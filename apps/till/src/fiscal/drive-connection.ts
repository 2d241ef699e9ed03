import type { Clock } from '@bivak/clock';
import type { FiscalRefusal } from '@bivak/domain';
import {
  answerName,
  createDeframer,
  type DriveCommand,
  type DriveFrame,
  driveCommands,
  ENQ,
  encodeFrame,
  orThrow,
  type Result,
  WARNING_BIT,
} from '@bivak/fiscal';
import { type Address, type Connection, openConnection, PendingRequests } from '@bivak/net';
import { FiscalError } from './port.ts';

const responseTimeoutMs = 2_000;
const connectTimeoutMs = 2_000;

/** How much a response has to hold at least (sections 4.2 to 4.6 of the drive protocol); shorter ones are none. */
const minResponseBytes: Readonly<Partial<Record<DriveCommand, number>>> = {
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

/** What a drive has sent, decoded; a response that cannot be decoded is as good as none. Throws FiscalError `silent`. */
export function decodedOrSilent<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new FiscalError('silent', `the fiscal drive’s response cannot be read: ${result.error.message}`);
}

/** The connection to the drive: one command at a time, its response, and ENQ if the response was lost on the way. */
export class DriveConnection {
  readonly #address: Address;
  readonly #clock: Clock;
  #connection: Connection | undefined;
  /** One command at a time, so that its response needs no key. */
  readonly #pending: PendingRequests<'command', DriveFrame>;

  constructor(address: Address, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
    this.#pending = new PendingRequests(clock);
  }

  /**
   * Sends a command and resolves with its response's data. Rejects with FiscalError `refused` if the drive refuses it, and
   * `silent` if it does not respond, to a repeated request (ENQ) included, or with too few bytes.
   */
  async send(command: DriveCommand, data: Uint8Array = Buffer.alloc(0)): Promise<Buffer> {
    const connection = await this.#connected();
    let response = await this.#exchange(connection, orThrow(encodeFrame(driveCommands[command], data)));
    if (response === null && connection.isOpen()) {
      response = await this.#exchange(connection, Buffer.of(ENQ));
      // A drive that was only slow responds twice: the next command must not take the second response for its own.
      this.close();
    }
    if (response === null) throw this.#silent(command, `the fiscal drive does not respond (${command})`);
    const code = response.code & ~WARNING_BIT;
    if (code === 0) {
      if (response.data.length >= (minResponseBytes[command] ?? 0)) return response.data;
      throw this.#silent(command, `the fiscal drive’s response to ${command} is cut short`);
    }
    const refusal = (answerName(code) ?? 'other') as FiscalRefusal;
    throw new FiscalError('refused', `the fiscal drive refused ${command}: ${refusal}`, {
      refusal,
      answerCode: code,
    });
  }

  /** Nothing is known of what the drive did; whatever it sends now on this connection belongs to nothing. */
  #silent(command: DriveCommand, message: string): FiscalError {
    this.close();
    return new FiscalError('silent', message, { outcomeKnown: !command.startsWith('finish') });
  }

  close(): void {
    void this.#connection?.close();
    this.#connection = undefined;
    this.#pending.loseAll();
  }

  async #connected(): Promise<Connection> {
    this.#connection ??= this.#open();
    const connection = this.#connection;
    if (!(await connection.opened())) throw new FiscalError('silent', 'the fiscal drive cannot be reached');
    return connection;
  }

  #open(): Connection {
    const deframer = createDeframer();
    const connection: Connection = openConnection({
      address: this.#address,
      framing: () => (bytes) => deframer.push(bytes),
      timers: this.#clock,
      connectTimeoutMs,
      onMessage: (item) => {
        if (item.kind === 'frame') this.#pending.respond('command', item.frame);
        else if (item.kind === 'error' && item.fatal) connection.drop(item.error.message);
      },
      onEnd: () => {
        if (this.#connection === connection) this.close();
      },
    });
    return connection;
  }

  /** The response, or null if none came in time or the connection was lost. */
  async #exchange(connection: Connection, bytes: Buffer): Promise<DriveFrame | null> {
    const ended = this.#pending.wait('command', responseTimeoutMs);
    connection.send(bytes);
    const end = await ended;
    return end.kind === 'response' ? end.response : null;
  }
}
