import { sandboxApi } from '@bivak/contracts';
import type { z } from 'zod';
import type { RecordFile } from '../fiscal-keeping/record-file.ts';

/** A line of the bank's books: the public entry, and what the bank needs to know a question again. */
export const ledgerRecord = sandboxApi.ledgerEntry.extend({
  terminalId: sandboxApi.ledgerEntry.shape.rrn,
  transmittedAt: sandboxApi.ledgerEntry.shape.rrn,
});
export type LedgerRecord = z.infer<typeof ledgerRecord>;

/** What names a debit at the bank. */
export interface DebitName {
  stan: string;
  rrn: string;
  transmittedAt: string;
}

const nameOf = ({ stan, rrn, transmittedAt }: DebitName): string => `${stan} ${rrn} ${transmittedAt}`;

/** The bank's own ledger: append-only, on the disk before anything is answered. */
export class Ledger {
  readonly #entries: LedgerRecord[];
  readonly #file: RecordFile;
  readonly #decisions = new Map<string, LedgerRecord>();
  readonly #reversals = new Map<string, LedgerRecord>();

  constructor(file: RecordFile, entries: readonly LedgerRecord[]) {
    this.#file = file;
    this.#entries = [];
    for (const entry of entries) this.#fold(entry);
  }

  book(entry: Omit<LedgerRecord, 'number'>): LedgerRecord {
    const numbered = { ...entry, number: this.#entries.length + 1 };
    this.#file.append(numbered);
    this.#fold(numbered);
    return numbered;
  }

  #fold(entry: LedgerRecord): void {
    this.#entries.push(entry);
    const byName = entry.kind === 'debit' || entry.kind === 'decline' ? this.#decisions : this.#reversals;
    byName.set(nameOf(entry), entry);
  }

  /** What was decided on a request before. */
  decisionOn(name: DebitName): LedgerRecord | undefined {
    return this.#decisions.get(nameOf(name));
  }

  /** The reversal that was booked for a request, whether or not there was a debit. */
  reversalOf(name: DebitName): LedgerRecord | undefined {
    return this.#reversals.get(nameOf(name));
  }

  list(): LedgerRecord[] {
    return [...this.#entries];
  }
}
