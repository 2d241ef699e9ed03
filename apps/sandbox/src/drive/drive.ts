import { createHmac } from 'node:crypto';
import {
  answerCode,
  type DriveCommand,
  decodeFields,
  documentLimitsBytes,
  documentTags,
  driveCommands,
  encodeDate,
  encodeDateTime,
  encodeFields,
  type Field,
  innValid,
  type LocalSeconds,
  modeFields,
  orThrow,
  parseTlvList,
  registrationNumberValid,
  signToTag1077,
  textOf,
  warningBits,
} from '@bivak/fiscal';
import { ArchiveReader } from './archive-reader.ts';
import type { DriveMemory } from './memory.ts';
import { OperatorBox } from './operator-box.ts';
import { hasRightLength } from './parameters.ts';
import type { DocumentRecord } from './records.ts';
import { minuteOf, none, Refusal, timeOf, u16, u32 } from './refusal.ts';

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
const maxUnconfirmedMs = 30 * dayMs;
const maxShiftSeconds = 24 * 3_600;
const maxDriftMs = 5 * 60_000;
const maxDocuments = 230_000;
/** 15 months from the registration (a drive for the general tax system). */
const lifetimeMs = 470 * dayMs;
const maxRegistrations = 12;

/**
 * A fiscal drive: answers the commands of drive protocol v1.1 and enforces its rules (phases, order of commands, sizes, 24
 * hours of a shift, 30 days without confirmation, the clock). What is signed is in its archive before it is answered.
 */
export class Drive {
  readonly #number: string;
  readonly #memory: DriveMemory;
  readonly #timerMs: () => number;
  #open: OpenDocument | null = null;
  readonly #operator: OperatorBox;
  readonly #archive: ArchiveReader;

  constructor(number: string, memory: DriveMemory, timerMs: () => number) {
    this.#number = number;
    this.#memory = memory;
    this.#timerMs = timerMs;
    this.#operator = new OperatorBox(number, memory);
    this.#archive = new ArchiveReader(memory);
  }

  /** Power lost: what was begun and not signed is gone. */
  powerLost(): void {
    this.#open = null;
    this.#operator.powerLost();
    this.#archive.powerLost();
  }

  /** Answers one command. Never throws for what the cash register sends. */
  answer(code: number, data: Buffer): Answer {
    const name = (Object.keys(driveCommands) as DriveCommand[]).find(
      (command) => driveCommands[command] === code,
    );
    const handler = name === undefined ? undefined : this.#handlers[name];
    if (name === undefined || handler === undefined || !hasRightLength(name, data))
      return { code: answerCode('unknown-command'), data: none };
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
    readLifetime: () => this.#lifetime(),
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
    readExchange: () => this.#operator.readExchange(),
    setTransport: (data) => this.#operator.setTransport(data),
    beginMessage: () => this.#operator.beginMessage(),
    readMessage: (data) => this.#operator.readMessage(data),
    cancelMessage: () => this.#operator.cancelMessage(),
    finishMessage: () => this.#operator.finishMessage(),
    passConfirmation: (data) => this.#operator.confirm(data),
    findDocument: (data) => this.#archive.find(data),
    findConfirmation: (data) => this.#archive.findConfirmation(data),
    countUnconfirmed: () => u16(this.#memory.unconfirmed().length),
    readRegistration: () => this.#archive.readRegistration(),
    beginDocumentRead: (data) => this.#archive.beginRead(data),
    readDocumentField: () => this.#archive.readField(),
  };

  #registeredAtMs(): number {
    return this.#memory.document(1)?.timerMs ?? this.#timerMs();
  }

  /** The date of its end, how often the cash register may still be registered anew, how often it was. */
  #lifetime(): Buffer {
    const made = this.#memory.registration === null ? 0 : 1;
    const endsAt = encodeDate(Math.floor((this.#registeredAtMs() + lifetimeMs) / 1_000));
    return Buffer.concat([endsAt, Buffer.of(maxRegistrations - made, made)]);
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
      this.#memory.documents().length > maxDocuments * 0.9 ? warningBits['memory-90-percent'] : 0;
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

  /** Begins a document; the date and time of the operation is its parameter, if it has one. */
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
    if (command !== 'beginReceipt') return;
    if (atLocal - this.#memory.shift.openedAtLocal > maxShiftSeconds) throw new Refusal('shift-over-24h');
    // Held against receipts alone (table 40): a clock that was set right is taken on with the next shift. The drive has no calendar: it compares what the cash register's clock says has passed with its own timer.
    const saidMs = (atLocal - minuteOf(last.madeAtLocal)) * 1_000;
    if (Math.abs(saidMs - (this.#timerMs() - last.timerMs)) > maxDriftMs + 60_000)
      throw new Refusal('clock-drift');
  }

  #checkResources(command: DriveCommand): void {
    if (command === 'beginRegistration') return;
    if (this.#timerMs() > this.#registeredAtMs() + lifetimeMs && command !== 'beginCloseShift')
      throw new Refusal('drive-expired');
    if (this.#memory.documents().length >= maxDocuments && command !== 'beginCloseShift')
      throw new Refusal('archive-full');
    if (this.#oldestWaitMs() > maxUnconfirmedMs) throw new Refusal('not-confirmed-30-days');
  }

  #pass(data: Buffer): Buffer {
    const open = this.#open;
    if (open === null) throw new Refusal('wrong-state');
    if (data.length === 0 || !parseTlvList(data).ok) throw new Refusal('unknown-command'); // 01h: a wrong format
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
      ...modeFields(modes),
      { tag: 1062, value: taxSystems },
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
    if (command === 'beginCloseShift') own.push(...this.#shiftTotals());
    const document = this.#sign(open, open.atLocal!, own, { shiftNumber });
    return Buffer.concat([u16(shiftNumber), u32(document.number), u32(document.fiscalSign)]);
  }

  /** What a closing report counts: receipts, documents with those that open and close the shift, what nobody confirmed. */
  #shiftTotals(): Field[] {
    const { receipts, number } = this.#memory.shift;
    const ofShift = this.#memory.documents().filter(({ shiftNumber }) => shiftNumber === number);
    const unconfirmed = this.#memory.unconfirmed();
    return [
      { tag: 1118, value: receipts },
      { tag: 1111, value: ofShift.length + 1 },
      { tag: 1097, value: unconfirmed.length },
      { tag: 1098, value: unconfirmed[0]?.madeAtLocal ?? 0 },
    ];
  }

  #finishReceipt(data: Buffer): Buffer {
    const open = this.#taken('beginReceipt');
    const atLocal = timeOf(data);
    const operation = data[5]!;
    const totalMinor = data.readUIntLE(6, 5);
    if (operation < 1 || operation > 4) throw new Refusal('bad-parameters');
    if (atLocal < open.atLocal! || atLocal - this.#memory.shift.openedAtLocal > maxShiftSeconds)
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
}
