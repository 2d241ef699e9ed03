import { sandboxApi } from '@bivak/contracts';
import { z } from 'zod';
import type { RecordFile } from '../fiscal-keeping/record-file.ts';

/** What names a question at the bank: asked again under the same name, it is the same question. */
const questionName = z.object({ stan: z.string(), rrn: z.string(), terminalId: z.string() });
export type QuestionName = z.infer<typeof questionName>;

/** A line of the bank's books: the public entry, and what the bank needs to know a question again. */
const bookedRecord = sandboxApi.ledgerEntry.extend({
  terminalId: z.string(),
  /** DE 7 of the request that was decided, or DE 90 of the one that was reversed: MMDDhhmmss. */
  transmittedAt: z.string(),
});
export type BookedRecord = z.infer<typeof bookedRecord>;

/**
 * A question that went to the issuer (`asked`, written before it goes), and one whose answer never came and which has
 * been undone there (`given-up`): bookkeeping of the bank alone, no money has moved.
 */
const openRecord = questionName.extend({
  kind: z.enum(['asked', 'given-up']),
  at: z.string(),
  transmittedAt: z.string(),
});
export type OpenRecord = z.infer<typeof openRecord>;

export const ledgerRecord = z.union([bookedRecord, openRecord]);
export type LedgerRecord = z.infer<typeof ledgerRecord>;

export const nameOf = ({ stan, rrn, terminalId }: QuestionName): string => `${stan} ${rrn} ${terminalId}`;

/** What became of a question so far. */
export type Standing =
  | { state: 'never-seen' }
  | { state: 'open' | 'given-up'; record: OpenRecord }
  | { state: 'decided'; record: BookedRecord };

/** The bank's own books: append-only, each record on the disk before anything is answered. */
export class Ledger {
  readonly #file: RecordFile;
  readonly #booked: BookedRecord[] = [];
  readonly #standings = new Map<string, Standing>();
  readonly #reversals = new Map<string, BookedRecord>();

  constructor(file: RecordFile, records: readonly LedgerRecord[]) {
    this.#file = file;
    for (const record of records) this.#fold(record);
  }

  /** Books a line; it is on the disk when this returns. Throws where the disk does not take it. */
  book(entry: Omit<BookedRecord, 'number'>): void {
    this.#append({ ...entry, number: this.#booked.length + 1 });
  }

  /** Notes that a question goes to the issuer, or that it was given up and undone there. */
  note(record: OpenRecord): void {
    this.#append(record);
  }

  standingOf(name: QuestionName): Standing {
    return this.#standings.get(nameOf(name)) ?? { state: 'never-seen' };
  }

  /** The reversal booked for the request of this name and transmission time, whether or not there was a debit. */
  reversalOf(name: QuestionName, transmittedAt: string): BookedRecord | undefined {
    return this.#reversals.get(`${nameOf(name)} ${transmittedAt}`);
  }

  /** Questions to the issuer of which nobody knows the answer. */
  openQuestions(): OpenRecord[] {
    return [...this.#standings.values()].flatMap((standing) =>
      standing.state === 'open' ? [standing.record] : [],
    );
  }

  /** The books as they are shown. */
  list(): readonly BookedRecord[] {
    return this.#booked;
  }

  #append(record: LedgerRecord): void {
    this.#file.append(record);
    this.#fold(record);
  }

  #fold(record: LedgerRecord): void {
    if (!('number' in record)) {
      const state = record.kind === 'asked' ? 'open' : 'given-up';
      this.#standings.set(nameOf(record), { state, record });
      return;
    }
    this.#booked.push(record);
    if (record.kind === 'debit' || record.kind === 'decline')
      this.#standings.set(nameOf(record), { state: 'decided', record });
    else this.#reversals.set(`${nameOf(record)} ${record.transmittedAt}`, record);
  }
}
