import type { Clock } from '@bivak/clock';
import type { FiscalMark, ShiftMark } from '@bivak/domain';
import {
  type DriveCommand,
  encodeDateTime,
  encodeFields,
  type Field,
  formatQr,
  instantOfLocal,
  LONGEST_FRAME_DATA_BYTES,
  type LocalSeconds,
  localSecondsAt,
  orThrow,
  receiptFields,
  registrationFields,
  registrationNumberValid,
  type Seller,
  shiftFields,
} from '@bivak/fiscal';
import { DriveConnection } from './drive-connection.ts';
import { findReceipt } from './drive-documents.ts';
import { readStatus } from './drive-status.ts';
import { OperatorSession } from './operator-exchange.ts';
import {
  FiscalError,
  type FiscalReceipt,
  type FiscalRegister,
  type FiscalRegistration,
  type FiscalStatus,
} from './port.ts';

/** Blocks in which a message is read from the drive. */
const blockBytes = 1_000;
const saleOperation = 1;

/** A fiscal drive reached by the drive protocol (ФНС, v1.1) over TCP. */
export function connectDrive(options: {
  host: string;
  port: number;
  timeZone: string;
  clock: Clock;
}): FiscalRegister {
  return new DriveRegister(options);
}

class DriveRegister implements FiscalRegister {
  readonly #drive: DriveConnection;
  readonly #clock: Clock;
  readonly #timeZone: string;
  #seller: Seller | undefined;
  #registrationNumber = '';
  #driveNumber = '';
  /** Calls follow one another: a drive does one thing at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor({
    host,
    port,
    timeZone,
    clock,
  }: { host: string; port: number; timeZone: string; clock: Clock }) {
    this.#drive = new DriveConnection({ host, port }, clock);
    this.#clock = clock;
    this.#timeZone = timeZone;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => {});
    return result;
  }

  #now(): LocalSeconds {
    return localSecondsAt(this.#clock.nowMs(), this.#timeZone);
  }

  /** Who the drive is: asked once, also if the till was restarted and has not registered anything. */
  async #identify(): Promise<void> {
    if (this.#driveNumber !== '') return;
    const { driveNumber, registrationNumber } = await readStatus(this.#drive, this.#timeZone);
    this.#registrationNumber = registrationNumber ?? '';
    this.#driveNumber = driveNumber;
  }

  status(): Promise<FiscalStatus> {
    return this.#inTurn(() => readStatus(this.#drive, this.#timeZone));
  }

  ensureRegistered(registration: FiscalRegistration): Promise<FiscalStatus> {
    return this.#inTurn(async () => {
      const { merchant, registrationNumber, serialNumber } = registration;
      if (!registrationNumberValid(registrationNumber, merchant.inn, serialNumber)) {
        throw new FiscalError('refused', 'the registration number does not match INN and serial number', {
          refusal: 'bad-registration',
        });
      }
      this.#seller = {
        ...merchant,
        place: registration.place,
        operatorName: registration.operatorName,
        operatorInn: registration.operatorInn,
        taxSystem: registration.taxSystem,
      };
      const before = await readStatus(this.#drive, this.#timeZone);
      const status = before.phase === 'awaiting-registration' ? await this.#register(registration) : before;
      if (status.registrationNumber !== registrationNumber) {
        throw new FiscalError('refused', `the fiscal drive is registered as ${status.registrationNumber}`, {
          refusal: 'registered-for-another',
        });
      }
      this.#registrationNumber = registrationNumber;
      this.#driveNumber = status.driveNumber;
      return status;
    });
  }

  async #register(registration: FiscalRegistration): Promise<FiscalStatus> {
    const { merchant, registrationNumber, serialNumber, cashier, taxSystem } = registration;
    const finish = Buffer.concat([
      encodeDateTime(this.#now()),
      Buffer.from(merchant.inn.padEnd(12), 'latin1'),
      Buffer.from(registrationNumber.padEnd(20), 'latin1'),
      Buffer.of(taxSystem, 0),
    ]);
    await this.#document(
      'beginRegistration',
      Buffer.of(0),
      registrationFields(this.#registeredSeller(), serialNumber, cashier),
      'finishRegistration',
      finish,
    );
    return readStatus(this.#drive, this.#timeZone);
  }

  #registeredSeller(): Seller {
    if (this.#seller === undefined)
      throw new FiscalError('refused', 'the fiscal drive is not registered yet', { refusal: 'wrong-state' });
    return this.#seller;
  }

  openShift({ cashier }: { cashier: string }): Promise<ShiftMark> {
    return this.#inTurn(() =>
      this.#shift('beginOpenShift', 'finishOpenShift', cashier, 'shift-already-open'),
    );
  }

  closeShift({ cashier }: { cashier: string }): Promise<ShiftMark> {
    return this.#inTurn(() => this.#shift('beginCloseShift', 'finishCloseShift', cashier, 'shift-not-open'));
  }

  async #shift(
    begin: DriveCommand,
    finish: DriveCommand,
    cashier: string,
    refusal: 'shift-already-open' | 'shift-not-open',
  ): Promise<ShiftMark> {
    const isOpen = (await this.#drive.send('readShift'))[0] === 1;
    if (isOpen === (refusal === 'shift-already-open')) throw new FiscalError('refused', refusal, { refusal });
    const atLocal = this.#now();
    const response = await this.#document(
      begin,
      encodeDateTime(atLocal),
      shiftFields(this.#registeredSeller(), cashier),
      finish,
    );
    return {
      shiftNumber: response.readUInt16LE(0),
      documentNumber: response.readUInt32LE(2),
      fiscalSign: response.readUInt32LE(6),
      signedAt: new Date(instantOfLocal(atLocal - (atLocal % 60), this.#timeZone)).toISOString(),
    };
  }

  /** Begins a document, passes its data in whole requisites, and finishes it. What a lost connection had begun is cancelled first. */
  async #document(
    begin: DriveCommand,
    beginData: Uint8Array,
    fields: readonly Field[],
    finish: DriveCommand,
    finishData?: Uint8Array,
  ): Promise<Buffer> {
    await this.#drive.send('cancelDocument');
    await this.#drive.send(begin, beginData);
    let part: Buffer = Buffer.alloc(0);
    for (const field of fields) {
      const bytes = orThrow(encodeFields([field]));
      if (part.length + bytes.length > LONGEST_FRAME_DATA_BYTES) {
        await this.#drive.send('passData', part);
        part = Buffer.alloc(0);
      }
      part = Buffer.concat([part, bytes]);
    }
    await this.#drive.send('passData', part);
    return this.#drive.send(finish, finishData);
  }

  sell(receipt: FiscalReceipt): Promise<FiscalMark> {
    return this.#inTurn(async () => {
      try {
        return await this.#sign(receipt);
      } catch (error) {
        if (!(error instanceof FiscalError) || error.code !== 'silent' || error.outcomeKnown) throw error;
        // The drive may have signed before it went silent: it is asked before anything else.
        const found = await this.#find(receipt.saleId).catch(() => undefined);
        if (found === undefined) throw error;
        if (found === null) throw new FiscalError('silent', error.message, { outcomeKnown: true });
        return found;
      }
    });
  }

  async #sign(receipt: FiscalReceipt): Promise<FiscalMark> {
    const isCard = receipt.tender === 'card';
    const fields = receiptFields(this.#registeredSeller(), {
      ...receipt,
      lines: receipt.lineItems,
      cashMinor: isCard ? 0 : receipt.totalMinor,
      cardMinor: isCard ? receipt.totalMinor : 0,
    });
    if (!fields.ok)
      throw new FiscalError('refused', `the receipt cannot be made: ${fields.error.message}`, {
        refusal: 'bad-parameters',
      });
    const atLocal = this.#now();
    const time = encodeDateTime(atLocal);
    const total = Buffer.alloc(6);
    total[0] = saleOperation;
    total.writeUIntLE(receipt.totalMinor, 1, 5);
    // Before the signature: after it nothing may fail any more.
    const shift = await this.#drive.send('readShift');
    const response = await this.#document(
      'beginReceipt',
      time,
      fields.value,
      'finishReceipt',
      Buffer.concat([time, total]),
    );
    return this.#mark({
      receiptNumber: response.readUInt16LE(0),
      documentNumber: response.readUInt32LE(2),
      fiscalSign: response.readUInt32LE(6),
      shiftNumber: shift.readUInt16LE(1),
      soldAtLocal: atLocal - (atLocal % 60),
      totalMinor: receipt.totalMinor,
    });
  }

  #mark(signed: {
    receiptNumber: number;
    documentNumber: number;
    fiscalSign: number;
    shiftNumber: number;
    soldAtLocal: LocalSeconds;
    totalMinor: number;
  }): FiscalMark {
    const { soldAtLocal, totalMinor, ...mark } = signed;
    return {
      ...mark,
      driveNumber: this.#driveNumber,
      registrationNumber: this.#registrationNumber,
      signedAt: new Date(instantOfLocal(soldAtLocal, this.#timeZone)).toISOString(),
      qr: formatQr({
        soldAtLocal,
        totalMinor,
        driveNumber: this.#driveNumber,
        documentNumber: mark.documentNumber,
        fiscalSign: mark.fiscalSign,
        operation: saleOperation,
      }),
    };
  }

  resolve(saleId: string): Promise<FiscalMark | null> {
    return this.#inTurn(() => this.#find(saleId));
  }

  async #find(saleId: string): Promise<FiscalMark | null> {
    await this.#identify();
    await this.#drive.send('cancelDocument');
    const found = await findReceipt(this.#drive, saleId);
    if (found === null) return null;
    return this.#mark({
      receiptNumber: found.receiptNumber ?? 0,
      documentNumber: found.documentNumber,
      fiscalSign: found.fiscalSign,
      shiftNumber: found.shiftNumber ?? 0,
      soldAtLocal: found.madeAtLocal,
      totalMinor: found.totalMinor ?? 0,
    });
  }

  async unsent(): Promise<{ count: number; oldestAtMs: number | null }> {
    const { unsentDocuments, oldestUnsentAtMs } = await this.status();
    return { count: unsentDocuments, oldestAtMs: oldestUnsentAtMs };
  }

  async drain(operator: { host: string; port: number }, signal: AbortSignal): Promise<number> {
    const session = new OperatorSession(operator, this.#clock, signal);
    let confirmed = 0;
    try {
      while (!signal.aborted) {
        // A piece is one document; a sale that waits goes between two pieces, also while the operator is awaited.
        const message = await this.#inTurn(() => this.#nextMessage());
        if (message === null) break;
        const confirmation = await session.exchange(this.#driveNumber, message);
        if (confirmation === null) break;
        await this.#inTurn(() => this.#drive.send('passConfirmation', confirmation));
        confirmed++;
      }
    } finally {
      session.close();
      await this.#inTurn(() => this.#drive.send('setTransport', Buffer.of(0)).catch(() => Buffer.alloc(0)));
    }
    return confirmed;
  }

  /** The drive's next document for the operator, as its container; null if all are confirmed. */
  async #nextMessage(): Promise<Buffer | null> {
    await this.#identify();
    await this.#drive.send('setTransport', Buffer.of(1));
    if ((await this.#drive.send('readExchange')).readUInt16LE(2) === 0) return null;
    const length = (await this.#drive.send('beginMessage')).readUInt16LE(0);
    const blocks: Buffer[] = [];
    for (let offset = 0; offset < length; offset += blockBytes) {
      const block = Buffer.alloc(4);
      block.writeUInt16LE(offset, 0);
      block.writeUInt16LE(Math.min(blockBytes, length - offset), 2);
      blocks.push(await this.#drive.send('readMessage', block));
    }
    await this.#drive.send('finishMessage');
    return Buffer.concat(blocks);
  }

  close(): Promise<void> {
    this.#drive.close();
    return Promise.resolve();
  }
}
