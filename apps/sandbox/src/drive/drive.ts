import { createHmac } from 'node:crypto';
import {
  type AnswerName,
  answerCode,
  bytesOf,
  containerOf,
  containerTypes,
  type DriveCommand,
  decodeContainer,
  decodeDateTime,
  decodeFields,
  documentLimitsBytes,
  documentTags,
  driveCommands,
  encodeArchived,
  encodeArchivedConfirmation,
  encodeContainer,
  encodeDate,
  encodeDateTime,
  encodeFields,
  encodeTlv,
  type Field,
  innValid,
  type LocalSeconds,
  numberOf,
  orThrow,
  parseTlvList,
  registrationNumberValid,
  signToTag1077,
  textOf,
  warningBits,
} from '@bivak/fiscal';
import { messageSign, operatorSign, signsMatch } from '../fiscal-keeping/key-system.ts';
import type { DriveMemory } from './memory.ts';
import type { DocumentRecord } from './records.ts';

/** What a command is answered with. */
export interface Answer {
  code: number;
  data: Buffer;
}

interface OpenDocument {
  begun: DriveCommand;
  code: number;
  atLocal: LocalSeconds | null;
  parts: Buffer[];
  bytes: number;
}

const dayMs = 86_400_000;
const unconfirmedLongestMs = 30 * dayMs;
const shiftLongestS = 24 * 3_600;
const driftLongestMs = 5 * 60_000;
const archiveLargest = 230_000;
/** 15 months from the registration (a drive for the general tax system). */
const lifetimeMs = 470 * dayMs;

class Refusal extends Error {
  readonly answer: AnswerName;
  readonly data: Buffer;
  constructor(answer: AnswerName, data: Buffer = Buffer.alloc(0)) {
    super(answer);
    this.answer = answer;
    this.data = data;
  }
}

const none = Buffer.alloc(0);
const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/**
 * A fiscal drive: answers the commands of drive protocol v1.1 and enforces its rules (phases, order of commands, sizes, 24
 * hours of a shift, 30 days without confirmation, the clock). What is signed is in its archive before it is answered.
 */
export class Drive {
  readonly #number: string;
  readonly #memory: DriveMemory;
  readonly #timerMs: () => number;
  #open: OpenDocument | null = null;
  #isConnected = false;
  #message: Buffer | null = null;
  #reading: Buffer[] = [];

  constructor(number: string, memory: DriveMemory, timerMs: () => number) {
    this.#number = number;
    this.#memory = memory;
    this.#timerMs = timerMs;
  }

  /** Power lost: what was begun and not signed is gone. */
  powerLost(): void {
    this.#open = null;
    this.#message = null;
    this.#reading = [];
    this.#isConnected = false;
  }

  /** Answers one command. Never throws for what the cash register sends. */
  answer(code: number, data: Buffer): Answer {
    const name = (Object.keys(driveCommands) as DriveCommand[]).find(
      (command) => driveCommands[command] === code,
    );
    const handler = name === undefined ? undefined : this.#handlers[name];
    if (handler === undefined) return { code: answerCode('unknown-command'), data: none };
    try {
      return { code: answerCode('done'), data: handler(data) };
    } catch (error) {
      if (error instanceof Refusal) return { code: answerCode(error.answer), data: error.data };
      throw error;
    }
  }

  readonly #handlers: Partial<Record<DriveCommand, (data: Buffer) => Buffer>> = {
    readStatus: () => this.#status(),
    readDriveNumber: () => Buffer.from(this.#number, 'latin1'),
    readLifetime: () => encodeDate(Math.floor((this.#registeredAtMs() + lifetimeMs) / 1_000)),
    readVersion: () => Buffer.concat([Buffer.from('fn_v_1_1_bivak  ', 'latin1'), Buffer.of(0)]),
    cancelDocument: () => this.#cancel(),
    passData: (data) => this.#pass(data),
    beginRegistration: (data) => this.#begin('beginRegistration', documentTags.registration, data, false),
    finishRegistration: (data) => this.#finishRegistration(data),
    readShift: () => this.#readShift(),
    beginOpenShift: (data) => this.#begin('beginOpenShift', documentTags.openShift, data, true),
    finishOpenShift: () => this.#finishShift('beginOpenShift'),
    beginCloseShift: (data) => this.#begin('beginCloseShift', documentTags.closeShift, data, true),
    finishCloseShift: () => this.#finishShift('beginCloseShift'),
    beginReceipt: (data) => this.#begin('beginReceipt', documentTags.receipt, data, true),
    finishReceipt: (data) => this.#finishReceipt(data),
    readExchange: () => this.#readExchange(),
    setTransport: (data) => this.#setTransport(data),
    beginMessage: () => this.#beginMessage(),
    readMessage: (data) => this.#readMessage(data),
    cancelMessage: () => this.#endMessage(),
    finishMessage: () => this.#endMessage(),
    passConfirmation: (data) => this.#confirm(data),
    findDocument: (data) => this.#find(data),
    findConfirmation: (data) => this.#findConfirmation(data),
    countUnconfirmed: () => u16(this.#memory.unconfirmed().length),
    readRegistration: () => this.#readRegistration(),
    beginDocumentRead: (data) => this.#beginRead(data),
    readDocumentField: () => this.#readField(),
  };

  #registeredAtMs(): number {
    return this.#memory.document(1)?.timerMs ?? this.#timerMs();
  }

  #phase(): number {
    return this.#memory.registration === null ? 1 : 3;
  }

  #needFiscal(): void {
    if (this.#phase() !== 3) throw new Refusal('wrong-state');
  }

  #oldestWaitMs(): number {
    const [oldest] = this.#memory.unconfirmed();
    return oldest === undefined ? 0 : this.#timerMs() - oldest.timerMs;
  }

  /** Bits of the warning flags (table 9): less than 30 or 3 days of life, the operator silent for too long. */
  #warnings(): number {
    const leftMs = this.#registeredAtMs() + lifetimeMs - this.#timerMs();
    const life =
      leftMs < 3 * dayMs
        ? warningBits['replace-within-3-days']
        : leftMs < 30 * dayMs
          ? warningBits['replace-within-30-days']
          : 0;
    const memory =
      this.#memory.documents().length > archiveLargest * 0.9 ? warningBits['memory-90-percent'] : 0;
    return life | memory | (this.#oldestWaitMs() > 5 * dayMs ? warningBits['operator-overdue'] : 0);
  }

  hasWarnings(): boolean {
    return this.#warnings() !== 0;
  }

  #status(): Buffer {
    const last = this.#memory.last();
    const openCodes: Partial<Record<DriveCommand, number>> = {
      beginRegistration: 1,
      beginOpenShift: 2,
      beginReceipt: 4,
      beginCloseShift: 8,
    };
    const begun = this.#open === null ? 0 : (openCodes[this.#open.begun] ?? 0);
    return Buffer.concat([
      Buffer.of(
        this.#phase(),
        begun,
        (this.#open?.bytes ?? 0) > 0 ? 1 : 0,
        this.#memory.shift.isOpen ? 1 : 0,
        this.#warnings(),
      ),
      last === undefined ? Buffer.alloc(5) : encodeDateTime(last.madeAtLocal),
      Buffer.from(this.#number, 'latin1'),
      u32(last?.number ?? 0),
    ]);
  }

  #cancel(): Buffer {
    this.#open = null;
    return none;
  }

  /** Begins a document; the date and time of the operation is its parameter, where it has one. */
  #begin(command: DriveCommand, code: number, data: Buffer, hasTime: boolean): Buffer {
    if (this.#open !== null) throw new Refusal('wrong-state');
    if (hasTime) this.#needFiscal();
    else if (this.#phase() !== 1 || (data[0] ?? 0) !== 0) throw new Refusal('wrong-state');
    const atLocal = hasTime ? timeOf(data) : null;
    const isShiftOpen = this.#memory.shift.isOpen;
    if (command === 'beginOpenShift' && isShiftOpen) throw new Refusal('wrong-state');
    if ((command === 'beginReceipt' || command === 'beginCloseShift') && !isShiftOpen)
      throw new Refusal('wrong-state');
    if (atLocal !== null) this.#checkTime(command, atLocal);
    this.#checkResources(command);
    this.#open = { begun: command, code, atLocal, parts: [], bytes: 0 };
    return none;
  }

  #checkTime(command: DriveCommand, atLocal: LocalSeconds): void {
    const last = this.#memory.last();
    if (last === undefined) return;
    if (atLocal < minuteOf(last.madeAtLocal)) throw new Refusal('wrong-date-time');
    if (command === 'beginReceipt' && atLocal - this.#memory.shift.openedAtLocal > shiftLongestS)
      throw new Refusal('shift-over-24h');
    // The drive has no calendar: it compares what the cash register's clock says has passed with its own timer.
    const saidMs = (atLocal - minuteOf(last.madeAtLocal)) * 1_000;
    if (Math.abs(saidMs - (this.#timerMs() - last.timerMs)) > driftLongestMs + 60_000)
      throw new Refusal('clock-drift');
  }

  #checkResources(command: DriveCommand): void {
    if (command === 'beginRegistration') return;
    if (this.#timerMs() > this.#registeredAtMs() + lifetimeMs && command !== 'beginCloseShift')
      throw new Refusal('drive-expired');
    if (this.#memory.documents().length >= archiveLargest) throw new Refusal('archive-full');
    if (this.#oldestWaitMs() > unconfirmedLongestMs) throw new Refusal('not-confirmed-30-days');
  }

  #pass(data: Buffer): Buffer {
    const open = this.#open;
    if (open === null) throw new Refusal('wrong-state');
    if (data.length === 0 || !parseTlvList(data).ok) throw new Refusal('bad-parameters');
    if (open.bytes + data.length > (documentLimitsBytes[open.begun] ?? 0))
      throw new Refusal('document-too-large');
    open.parts.push(Buffer.from(data));
    open.bytes += data.length;
    return none;
  }

  #taken(command: DriveCommand): OpenDocument {
    const open = this.#open;
    if (open?.begun !== command || open.bytes === 0) throw new Refusal('wrong-state');
    return open;
  }

  /** Signs a document and keeps it. The sign is a keyed hash of everything that stands in it. */
  #sign(
    open: OpenDocument,
    atLocal: LocalSeconds,
    own: Field[],
    facts: Partial<DocumentRecord> = {},
  ): DocumentRecord {
    const number = this.#memory.documents().length + 1;
    const head: Field[] = [
      { tag: 1041, value: this.#number },
      ...own,
      { tag: 1040, value: number },
      { tag: 1012, value: atLocal },
    ];
    const content = Buffer.concat([orThrow(encodeFields(head)), ...open.parts]);
    const fiscalSign = createHmac('sha256', `sandbox drive ${this.#number}`)
      .update(content)
      .digest()
      .readUInt32BE();
    const sign = orThrow(encodeFields([{ tag: 1077, value: signToTag1077(fiscalSign) }]));
    const record: DocumentRecord = {
      kind: 'document',
      code: open.code,
      number,
      madeAtLocal: atLocal,
      timerMs: this.#timerMs(),
      fiscalSign,
      body: Buffer.concat([content, sign]).toString('hex'),
      shiftNumber: this.#memory.shift.number,
      receiptNumber: 0,
      operation: 0,
      totalMinor: 0,
      ...facts,
    };
    this.#memory.keep(record);
    this.#open = null;
    return record;
  }

  #identity(): Field[] {
    const { inn, registrationNumber } = this.#memory.registration!;
    return [
      { tag: 1037, value: registrationNumber },
      { tag: 1018, value: inn },
    ];
  }

  #finishRegistration(data: Buffer): Buffer {
    const open = this.#taken('beginRegistration');
    if (data.length !== 39) throw new Refusal('bad-parameters');
    const atLocal = timeOf(data);
    const inn = data.toString('latin1', 5, 17).trim();
    const registrationNumber = data.toString('latin1', 17, 37).trim();
    const fields = decodeFields(Buffer.concat(open.parts));
    const serialNumber = fields.ok ? (textOf(fields.value, 1013) ?? '') : '';
    if (!innValid(inn) || !registrationNumberValid(registrationNumber, inn, serialNumber))
      throw new Refusal('bad-parameters');
    const [taxSystems, modes] = [data[37]!, data[38]!];
    const own: Field[] = [
      { tag: 1037, value: registrationNumber },
      { tag: 1018, value: inn },
      { tag: 1062, value: taxSystems },
      { tag: 1002, value: (modes & 2) >> 1 },
    ];
    const document = this.#sign(open, atLocal, own);
    this.#memory.keep({
      kind: 'registration',
      inn,
      registrationNumber,
      taxSystems,
      modes,
      madeAtLocal: atLocal,
      documentNumber: document.number,
    });
    return Buffer.concat([u32(document.number), u32(document.fiscalSign)]);
  }

  #readShift(): Buffer {
    this.#needFiscal();
    const { isOpen, number, receipts } = this.#memory.shift;
    return Buffer.concat([Buffer.of(isOpen ? 1 : 0), u16(number), u16(receipts)]);
  }

  #finishShift(command: 'beginOpenShift' | 'beginCloseShift'): Buffer {
    const open = this.#taken(command);
    const shiftNumber = this.#memory.shift.number + (command === 'beginOpenShift' ? 1 : 0);
    const own: Field[] = [...this.#identity(), { tag: 1038, value: shiftNumber }];
    if (command === 'beginCloseShift') own.push({ tag: 1118, value: this.#memory.shift.receipts });
    const document = this.#sign(open, open.atLocal!, own, { shiftNumber });
    return Buffer.concat([u16(shiftNumber), u32(document.number), u32(document.fiscalSign)]);
  }

  #finishReceipt(data: Buffer): Buffer {
    const open = this.#taken('beginReceipt');
    if (data.length !== 11) throw new Refusal('bad-parameters');
    const atLocal = timeOf(data);
    const operation = data[5]!;
    const totalMinor = data.readUIntLE(6, 5);
    if (operation < 1 || operation > 4) throw new Refusal('bad-parameters');
    if (atLocal < open.atLocal! || atLocal - this.#memory.shift.openedAtLocal > shiftLongestS)
      throw new Refusal('wrong-date-time');
    const receiptNumber = this.#memory.shift.receipts + 1;
    const shiftNumber = this.#memory.shift.number;
    const own: Field[] = [
      ...this.#identity(),
      { tag: 1038, value: shiftNumber },
      { tag: 1042, value: receiptNumber },
      { tag: 1054, value: operation },
      { tag: 1020, value: totalMinor },
    ];
    const document = this.#sign(open, atLocal, own, { receiptNumber, operation, totalMinor, shiftNumber });
    return Buffer.concat([u16(receiptNumber), u32(document.number), u32(document.fiscalSign)]);
  }

  #readExchange(): Buffer {
    this.#needFiscal();
    const waiting = this.#memory.unconfirmed();
    const [first] = waiting;
    const status = (this.#isConnected ? 1 : 0) | (first === undefined ? 0 : 2);
    return Buffer.concat([
      Buffer.of(status, this.#message === null ? 0 : 1),
      u16(Math.min(waiting.length, 0xffff)),
      u32(first?.number ?? 0),
      first === undefined ? Buffer.alloc(5) : encodeDateTime(first.madeAtLocal),
    ]);
  }

  #setTransport(data: Buffer): Buffer {
    this.#needFiscal();
    if (data.length !== 1 || data[0]! > 1) throw new Refusal('bad-parameters');
    this.#isConnected = data[0] === 1;
    if (!this.#isConnected) this.#message = null;
    return none;
  }

  #beginMessage(): Buffer {
    this.#needFiscal();
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

  #readMessage(data: Buffer): Buffer {
    if (!this.#isConnected) throw new Refusal('no-operator-connection');
    if (this.#message === null) throw new Refusal('wrong-state');
    if (data.length !== 4) throw new Refusal('bad-parameters');
    const [offset, length] = [data.readUInt16LE(0), Math.min(1_024, data.readUInt16LE(2))];
    if (offset > this.#message.length) throw new Refusal('unknown-command');
    return this.#message.subarray(offset, offset + length);
  }

  #endMessage(): Buffer {
    if (this.#message === null) throw new Refusal('wrong-state');
    this.#message = null;
    return none;
  }

  /** Takes the operator's confirmation: its container, with the operator's sign over everything but itself. */
  #confirm(data: Buffer): Buffer {
    this.#needFiscal();
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

  #documentAt(data: Buffer): DocumentRecord {
    this.#needFiscal();
    const found = data.length === 4 ? this.#memory.document(data.readUInt32LE(0)) : undefined;
    if (found === undefined) throw new Refusal('no-such-data');
    return found;
  }

  #find(data: Buffer): Buffer {
    const found = this.#documentAt(data);
    const { inn, registrationNumber, taxSystems, modes } = this.#memory.registration!;
    const common = {
      confirmed: this.#memory.confirmation(found.number) !== undefined,
      madeAtLocal: found.madeAtLocal,
      documentNumber: found.number,
      fiscalSign: found.fiscalSign,
    };
    if (found.code === documentTags.receipt) {
      return encodeArchived({
        ...common,
        code: documentTags.receipt,
        operation: found.operation,
        totalMinor: found.totalMinor,
      });
    }
    if (found.code === documentTags.registration) {
      return encodeArchived({
        ...common,
        code: documentTags.registration,
        inn,
        registrationNumber,
        taxSystems,
        modes,
      });
    }
    const code = found.code === documentTags.openShift ? documentTags.openShift : documentTags.closeShift;
    return encodeArchived({ ...common, code, shiftNumber: found.shiftNumber });
  }

  #findConfirmation(data: Buffer): Buffer {
    const found = this.#documentAt(data);
    const confirmation = this.#memory.confirmation(found.number);
    if (confirmation === undefined) throw new Refusal('no-such-data');
    return encodeArchivedConfirmation({
      confirmedAtLocal: confirmation.atLocal,
      operatorSign: confirmation.sign,
      documentNumber: found.number,
    });
  }

  #readRegistration(): Buffer {
    const registration = this.#memory.registration;
    if (registration === null) throw new Refusal('wrong-state');
    const document = this.#memory.document(registration.documentNumber)!;
    return Buffer.concat([
      encodeDateTime(registration.madeAtLocal),
      Buffer.from(registration.inn.padEnd(12), 'latin1'),
      Buffer.from(registration.registrationNumber.padEnd(20), 'latin1'),
      Buffer.of(registration.taxSystems, registration.modes),
      u32(document.number),
      u32(document.fiscalSign),
    ]);
  }

  #beginRead(data: Buffer): Buffer {
    const found = this.#documentAt(data);
    const body = Buffer.from(found.body, 'hex');
    this.#reading = orThrow(parseTlvList(body)).map(({ tag, value }) => orThrow(encodeTlv(tag, value)));
    return Buffer.concat([u16(found.code), u16(body.length)]);
  }

  #readField(): Buffer {
    const next = this.#reading.shift();
    if (next === undefined) throw new Refusal('no-such-data');
    return next;
  }
}

/** Documents are dated to the minute by commands; what was kept with seconds is compared by its minute. */
const minuteOf = (local: LocalSeconds): LocalSeconds => local - (local % 60);

function timeOf(data: Buffer): LocalSeconds {
  const time = decodeDateTime(data);
  if (!time.ok) throw new Refusal('wrong-date-time');
  return time.value;
}
