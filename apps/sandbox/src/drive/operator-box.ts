import {
  bytesOf,
  containerOf,
  containerTypes,
  decodeContainer,
  decodeFields,
  documentTags,
  encodeContainer,
  encodeDateTime,
  encodeFields,
  numberOf,
  orThrow,
} from '@bivak/fiscal';
import { messageSign, operatorSign, signsMatch } from '../fiscal-keeping/key-system.ts';
import type { DriveMemory } from './memory.ts';
import { none, Refusal, u16, u32 } from './refusal.ts';

/** What the drive has for the fiscal operator, and what it takes from it (commands 20h to 26h). */
export class OperatorBox {
  readonly #number: string;
  readonly #memory: DriveMemory;
  #isConnected = false;
  #message: Buffer | null = null;
  /** The document that was read to its end and whose confirmation has not come. */
  #awaited: number | null = null;

  constructor(number: string, memory: DriveMemory) {
    this.#number = number;
    this.#memory = memory;
  }

  powerLost(): void {
    this.#isConnected = false;
    this.#message = null;
    this.#awaited = null;
  }

  #needRegistration(): void {
    if (this.#memory.registration === null) throw new Refusal('wrong-state');
  }

  readExchange(): Buffer {
    this.#needRegistration();
    const waiting = this.#memory.unconfirmed();
    const [first] = waiting;
    const isAwaiting = first !== undefined && first.number === this.#awaited;
    const status = (this.#isConnected ? 1 : 0) | (first === undefined ? 0 : 2) | (isAwaiting ? 4 : 0);
    return Buffer.concat([
      Buffer.of(status, this.#message === null ? 0 : 1),
      u16(Math.min(waiting.length, 0xffff)),
      u32(first?.number ?? 0),
      first === undefined ? Buffer.alloc(5) : encodeDateTime(first.madeAtLocal),
    ]);
  }

  setTransport(data: Buffer): Buffer {
    this.#needRegistration();
    if (data[0]! > 1) throw new Refusal('bad-parameters');
    this.#isConnected = data[0] === 1;
    if (!this.#isConnected) this.powerLost();
    return none;
  }

  beginMessage(): Buffer {
    this.#needRegistration();
    if (!this.#isConnected) throw new Refusal('no-operator-connection');
    const [first] = this.#memory.unconfirmed();
    if (first === undefined) throw new Refusal('no-such-data');
    const document = { code: first.code, body: Buffer.from(first.body, 'hex') };
    const sign = messageSign(this.#number, document.body);
    this.#message = orThrow(
      encodeContainer(
        containerOf({
          type: containerTypes.fromDrive,
          driveNumber: this.#number,
          documentNumber: first.number,
          document,
          messageSign: sign,
        }),
      ),
    );
    return u16(this.#message.length);
  }

  readMessage(data: Buffer): Buffer {
    if (!this.#isConnected) throw new Refusal('no-operator-connection');
    if (this.#message === null) throw new Refusal('wrong-state');
    const [offset, length] = [data.readUInt16LE(0), Math.min(1_024, data.readUInt16LE(2))];
    if (offset > this.#message.length) throw new Refusal('unknown-command');
    return this.#message.subarray(offset, offset + length);
  }

  cancelMessage(): Buffer {
    if (this.#message === null) throw new Refusal('wrong-state');
    this.#message = null;
    return none;
  }

  /** The message was read to its end and is on its way: its confirmation is awaited. */
  finishMessage(): Buffer {
    this.cancelMessage();
    this.#awaited = this.#memory.unconfirmed()[0]?.number ?? null;
    return none;
  }

  /** Takes the operator's confirmation: its container, with the operator's sign over everything but itself. */
  confirm(data: Buffer): Buffer {
    this.#needRegistration();
    const refuse = (why: number): never => {
      throw new Refusal('operator-message-refused', Buffer.of(why));
    };
    const container = decodeContainer(data);
    if (!container.ok) return refuse(container.error.code === 'bad-crc' ? 5 : 2);
    if (container.value.driveNumber !== this.#number) return refuse(4);
    const { document } = container.value;
    const fields = decodeFields(document.body);
    if (document.code !== documentTags.confirmation || !fields.ok) return refuse(2);
    const number = numberOf(fields.value, 1040) ?? 0;
    const sign = bytesOf(fields.value, 1078);
    const signed = orThrow(encodeFields(fields.value.filter(({ tag }) => tag !== 1078)));
    if (sign === undefined || !signsMatch(sign, operatorSign(this.#number, signed))) return refuse(1);
    if (this.#memory.document(number) === undefined) return refuse(3);
    const answer = numberOf(fields.value, 1022) ?? 0;
    if (answer === 0 && this.#memory.confirmation(number) === undefined) {
      const atLocal = numberOf(fields.value, 1012) ?? 0;
      this.#memory.keep({ kind: 'confirmation', number, atLocal, sign: Buffer.from(sign).toString('hex') });
    }
    return Buffer.of(answer);
  }
}
