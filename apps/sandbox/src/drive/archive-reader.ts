import {
  documentTags,
  encodeArchived,
  encodeArchivedConfirmation,
  encodeDateTime,
  encodeTlv,
  orThrow,
  parseTlvList,
} from '@bivak/fiscal';
import type { DriveMemory } from './memory.ts';
import type { DocumentRecord } from './records.ts';
import { Refusal, u16, u32 } from './refusal.ts';

/** Reads documents back from the drive's archive (commands 40h to 46h). */
export class ArchiveReader {
  readonly #memory: DriveMemory;
  #reading: Buffer[] = [];

  constructor(memory: DriveMemory) {
    this.#memory = memory;
  }

  /** Power lost: a document that was being read has to be begun anew. */
  powerLost(): void {
    this.#reading = [];
  }

  #documentAt(data: Buffer): DocumentRecord {
    if (this.#memory.registration === null) throw new Refusal('wrong-state');
    const found = this.#memory.document(data.readUInt32LE(0));
    if (found === undefined) throw new Refusal('no-such-data');
    return found;
  }

  find(data: Buffer): Buffer {
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

  findConfirmation(data: Buffer): Buffer {
    const found = this.#documentAt(data);
    const confirmation = this.#memory.confirmation(found.number);
    if (confirmation === undefined) throw new Refusal('no-such-data');
    return encodeArchivedConfirmation({
      confirmedAtLocal: confirmation.atLocal,
      operatorSign: confirmation.sign,
      documentNumber: found.number,
    });
  }

  readRegistration(): Buffer {
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

  beginRead(data: Buffer): Buffer {
    const found = this.#documentAt(data);
    const body = Buffer.from(found.body, 'hex');
    this.#reading = orThrow(parseTlvList(body)).map(({ tag, value }) => orThrow(encodeTlv(tag, value)));
    return Buffer.concat([u16(found.code), u16(body.length)]);
  }

  readField(): Buffer {
    const next = this.#reading.shift();
    if (next === undefined) throw new Refusal('no-such-data');
    return next;
  }
}
