import { documentTags, type LocalSeconds } from '@bivak/fiscal';
import type { RecordFile } from '../fiscal-keeping/record-file.ts';
import type { DocumentRecord, DriveRecord, RegistrationRecord } from './records.ts';

export interface Shift {
  isOpen: boolean;
  number: number;
  receipts: number;
  openedAtLocal: LocalSeconds;
}

/** What the drive remembers: folded from records that are on the disk before anything is answered. */
export class DriveMemory {
  readonly #file: RecordFile;
  readonly #documents = new Map<number, DocumentRecord>();
  readonly #confirmed = new Map<number, { atLocal: LocalSeconds; sign: Buffer }>();
  registration: RegistrationRecord | null = null;
  shift: Shift = { isOpen: false, number: 0, receipts: 0, openedAtLocal: 0 };

  constructor(file: RecordFile, records: readonly DriveRecord[]) {
    this.#file = file;
    for (const record of records) this.#fold(record);
  }

  /** Keeps records together. Throws if the disk does not take them; then nothing has happened. */
  keep(record: DriveRecord): void {
    this.#file.append(record);
    this.#fold(record);
  }

  #fold(record: DriveRecord): void {
    if (record.kind === 'registration') this.registration = record;
    else if (record.kind === 'confirmation') {
      this.#confirmed.set(record.number, { atLocal: record.atLocal, sign: Buffer.from(record.sign, 'hex') });
    } else this.#foldDocument(record);
  }

  #foldDocument(record: DocumentRecord): void {
    this.#documents.set(record.number, record);
    if (record.code === documentTags.openShift) {
      this.shift = {
        isOpen: true,
        number: record.shiftNumber,
        receipts: 0,
        openedAtLocal: record.madeAtLocal,
      };
    } else if (record.code === documentTags.closeShift) this.shift = { ...this.shift, isOpen: false };
    else if (record.code === documentTags.receipt)
      this.shift = { ...this.shift, receipts: record.receiptNumber };
  }

  document(number: number): DocumentRecord | undefined {
    return this.#documents.get(number);
  }

  last(): DocumentRecord | undefined {
    return this.#documents.get(this.#documents.size);
  }

  documents(): DocumentRecord[] {
    return [...this.#documents.values()];
  }

  confirmation(number: number): { atLocal: LocalSeconds; sign: Buffer } | undefined {
    return this.#confirmed.get(number);
  }

  /** Documents without a confirmation, the oldest first. */
  unconfirmed(): DocumentRecord[] {
    return this.documents().filter(({ number }) => !this.#confirmed.has(number));
  }
}
