import { z } from 'zod';
import { nameOf, type RequestName } from './requests.ts';

/** What names a request, and DE 7 of it (of a reversal: what DE 90 says): MMDDhhmmss. */
const named = z.object({
  at: z.string(),
  stan: z.string(),
  rrn: z.string(),
  terminalId: z.string(),
  transmittedAt: z.string(),
});

const entry = named.extend({
  reference: z.string(),
  maskedPan: z.string(),
  /** What has moved, or would have. */
  amountMinor: z.number().int(),
  /** What was asked for: more than has moved if the issuer gave a part. */
  requestedMinor: z.number().int(),
  currency: z.literal('RUB'),
  responseCode: z.string(),
  authorisationCode: z.string().nullable(),
  /** The bank's business day, which ends at its cut-over: YYYY-MM-DD. */
  businessDate: z.string(),
});
export type Entry = z.infer<typeof entry>;

/** A line of the books. A reversal stands under the name of the debit that it undoes; a refund has one of its own. */
const booked = entry.extend({
  number: z.number().int(),
  /** A reservation moves nothing: it ends as a debit, is let go by a reversal (`release`), or lapses. */
  kind: z.enum([
    'debit',
    'decline',
    'reversal',
    'reversal-of-nothing',
    'refund',
    'reservation',
    'release',
    'lapse',
  ]),
  /** The name of the debit that a refund gives back. */
  refundOf: z.string().optional(),
});
export type Booked = z.infer<typeof booked>;

/**
 * Bookkeeping alone: a request goes to the issuer (`asked`, written before it goes); it was never answered and has been
 * undone there (`given-up`); the issuer holds the money and the bank has not posted it yet (`held`).
 */
const note = z.discriminatedUnion('kind', [
  named.extend({ kind: z.literal('asked') }),
  named.extend({ kind: z.literal('given-up') }),
  entry.extend({ kind: z.literal('held') }),
]);
type Note = z.infer<typeof note>;

export const bookRecord = z.union([booked, note]);
export type BookRecord = z.infer<typeof bookRecord>;

/** What became of a request so far. */
export interface Standing {
  state: 'never-seen' | 'open' | 'given-up' | 'held' | 'decided';
  /** How often an issuer was asked under this name. */
  asked: number;
  /** DE 7 of the request that was last asked or decided. */
  transmittedAt: string | undefined;
  decided: Booked | undefined;
  held: Entry | undefined;
  /** Debits less reversals and refunds. */
  netMinor: number;
  /** What is reserved and was neither debited, let go, nor has lapsed. */
  reserved: Booked | undefined;
}

const neverSeen: Standing = {
  state: 'never-seen',
  asked: 0,
  transmittedAt: undefined,
  decided: undefined,
  held: undefined,
  netMinor: 0,
  reserved: undefined,
};

/** The bank's own books: they only grow. Each record is handed to `write` before anything that rests on it is done. */
export class Books {
  readonly #write: (record: BookRecord) => void;
  readonly #booked: Booked[] = [];
  readonly #standings = new Map<string, Standing>();
  readonly #reversals = new Set<string>();
  readonly #names = new Map<string, RequestName>();
  readonly #refunds = new Map<string, Booked>();
  readonly #debitsByReference = new Map<string, Booked[]>();

  constructor(records: readonly BookRecord[], write: (record: BookRecord) => void) {
    this.#write = write;
    for (const record of records) this.#fold(record);
  }

  book(line: Omit<Booked, 'number'>): Booked {
    const record = { ...line, number: this.#booked.length + 1 };
    this.#append(record);
    return record;
  }

  note(record: Note): void {
    this.#append(record);
  }

  standingOf(name: string): Standing {
    return this.#standings.get(name) ?? neverSeen;
  }

  /** True if a reversal was booked for the request of this name and transmission time, whether or not there was a debit. */
  isReversed(name: string, transmittedAt: string): boolean {
    return this.#reversals.has(`${name} ${transmittedAt}`);
  }

  /** The refund that was booked under this name. */
  refundNamed(name: string): Booked | undefined {
    return this.#refunds.get(name);
  }

  /** The debits of a sale that stand, in their order. */
  standingDebitsOf(reference: string): Booked[] {
    const ofSale = this.#debitsByReference.get(reference) ?? [];
    return ofSale.filter((debit) => this.standingOf(nameOf(debit)).netMinor > 0);
  }

  /** The request that a message names by its STAN, its terminal and when it was transmitted, whatever RRN it bears. */
  named(stan: string, terminalId: string, transmittedAt: string): RequestName | undefined {
    return this.#names.get(`${stan} ${terminalId} ${transmittedAt}`);
  }

  /** Reservations that stand. */
  reservations(): Booked[] {
    return [...this.#standings.values()].flatMap(({ reserved }) => reserved ?? []);
  }

  /** What issuers were asked and nobody knows the answer of. */
  open(): RequestName[] {
    return this.#inState('open');
  }

  /** What issuers hold and the bank has not posted. */
  held(): RequestName[] {
    return this.#inState('held');
  }

  /** The books as they are shown. */
  list(): readonly Booked[] {
    return this.#booked;
  }

  #inState(state: Standing['state']): RequestName[] {
    return [...this.#standings].flatMap(([name, standing]) => {
      if (standing.state !== state) return [];
      const [stan = '', rrn = '', ...terminal] = name.split(' ');
      return [{ stan, rrn, terminalId: terminal.join(' ') }];
    });
  }

  #append(record: BookRecord): void {
    this.#write(record);
    this.#fold(record);
  }

  #fold(record: BookRecord): void {
    if ('number' in record) this.#foldBooked(record);
    else {
      const state = record.kind === 'asked' ? 'open' : record.kind;
      const asked = this.standingOf(nameOf(record)).asked + (record.kind === 'asked' ? 1 : 0);
      const held = record.kind === 'held' ? record : undefined;
      this.#setName(record);
      this.#change(record, { state, asked, held, transmittedAt: record.transmittedAt });
    }
  }

  #foldBooked(record: Booked): void {
    this.#booked.push(record);
    const { amountMinor, kind, transmittedAt } = record;
    const standing = this.standingOf(nameOf(record));
    if (kind === 'refund') {
      this.#refunds.set(nameOf(record), record);
      const original = record.refundOf!;
      const of = this.standingOf(original);
      this.#standings.set(original, { ...of, netMinor: of.netMinor - amountMinor });
    } else if (kind === 'debit' || kind === 'decline' || kind === 'reservation') {
      const netMinor = standing.netMinor + (kind === 'debit' ? amountMinor : 0);
      const reserved = kind === 'reservation' ? record : undefined;
      // What was reserved stays what was answered when it is debited.
      const decided = kind === 'debit' && standing.reserved !== undefined ? standing.decided : record;
      this.#change(record, { state: 'decided', decided, held: undefined, transmittedAt, netMinor, reserved });
      this.#setName(record);
      if (kind === 'debit') this.#index(record);
    } else if (kind === 'release' || kind === 'lapse') {
      if (kind === 'release') this.#reversals.add(`${nameOf(record)} ${transmittedAt}`);
      this.#change(record, { reserved: undefined });
    } else {
      this.#reversals.add(`${nameOf(record)} ${transmittedAt}`);
      if (kind === 'reversal') this.#change(record, { netMinor: standing.netMinor - amountMinor });
    }
  }

  #setName({ stan, rrn, terminalId, transmittedAt }: RequestName & { transmittedAt: string }): void {
    this.#names.set(`${stan} ${terminalId} ${transmittedAt}`, { stan, rrn, terminalId });
  }

  #index(debit: Booked): void {
    const ofSale = this.#debitsByReference.get(debit.reference);
    if (ofSale === undefined) this.#debitsByReference.set(debit.reference, [debit]);
    else ofSale.push(debit);
  }

  #change(name: RequestName, change: Partial<Standing>): void {
    this.#standings.set(nameOf(name), { ...this.standingOf(nameOf(name)), ...change });
  }
}
