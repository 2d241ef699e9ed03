import { sandboxApi } from '@bivak/contracts';
import { z } from 'zod';
import type { RecordFile } from '../fiscal-keeping/record-file.ts';

/** What names a request at the bank: sent again under the same name, it is the same request. */
const requestName = z.object({ stan: z.string(), rrn: z.string(), terminalId: z.string() });
export type RequestName = z.infer<typeof requestName>;

/** An entry of the bank's books: the public one, and what the bank needs to know a request again. */
const bookedRecord = sandboxApi.ledgerEntry.extend({
  terminalId: z.string(),
  /** DE 7 of the request that was decided, or DE 90 of the one that was reversed: MMDDhhmmss. */
  transmittedAt: z.string(),
});
export type BookedRecord = z.infer<typeof bookedRecord>;

/**
 * A request that went to the issuer (`requested`, written before it goes), and one whose answer never came and which has
 * been undone there (`undone`): bookkeeping of the bank alone, no money has moved.
 */
const openRecord = requestName.extend({
  kind: z.enum(['requested', 'undone']),
  at: z.string(),
  transmittedAt: z.string(),
});
export type OpenRecord = z.infer<typeof openRecord>;

export const ledgerRecord = z.union([bookedRecord, openRecord]);
export type LedgerRecord = z.infer<typeof ledgerRecord>;

export const nameOf = ({ stan, rrn, terminalId }: RequestName): string => `${stan} ${rrn} ${terminalId}`;

/** What became of a request so far. */
export type Standing =
  | { state: 'never-seen' }
  | { state: 'open' | 'undone'; record: OpenRecord }
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

  /** Books an entry; it is on the disk when this returns. Throws if the disk does not take it. */
  book(entry: Omit<BookedRecord, 'number'>): void {
    this.#append({ ...entry, number: this.#booked.length + 1 });
  }

  /** Notes that a request goes to the issuer, or that it was undone there. */
  note(record: OpenRecord): void {
    this.#append(record);
  }

  standingOf(name: RequestName): Standing {
    return this.#standings.get(nameOf(name)) ?? { state: 'never-seen' };
  }

  /** The reversal booked for the request of this name and transmission time, whether or not there was a debit. */
  reversalOf(name: RequestName, transmittedAt: string): BookedRecord | undefined {
    return this.#reversals.get(`${nameOf(name)} ${transmittedAt}`);
  }

  /** Requests to the issuer of which nobody knows the response. */
  openRequests(): OpenRecord[] {
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
      const state = record.kind === 'requested' ? 'open' : 'undone';
      this.#standings.set(nameOf(record), { state, record });
      return;
    }
    this.#booked.push(record);
    if (record.kind === 'debit' || record.kind === 'decline')
      this.#standings.set(nameOf(record), { state: 'decided', record });
    else this.#reversals.set(`${nameOf(record)} ${record.transmittedAt}`, record);
  }
}
