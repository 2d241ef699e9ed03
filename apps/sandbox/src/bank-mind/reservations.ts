import type { Booked, Books, Entry } from './books.ts';
import { approved, approvedInPart, recordNotFound } from './codes.ts';
import type { IssuerRequest, MindContext } from './context.ts';
import { nameOf, type RequestName } from './requests.ts';
import type { Turns } from './turns.ts';

/** So long a sum stays reserved. */
const lapsesAfterMs = 7 * 86_400_000;

/** What is said of a request that was decided: of a part of the sum that it is one. */
export const saidOf = ({ responseCode, amountMinor, requestedMinor }: Entry): string =>
  responseCode === approved && amountMinor < requestedMinor ? approvedInPart : responseCode;

/** Debits what was reserved under a name, once, however often it is told; what is said of it then. */
export function completeReserved(
  books: Books,
  key: string,
  amountMinor: number,
  when: Pick<Entry, 'at' | 'businessDate'>,
): string {
  const { netMinor, reserved } = books.standingOf(key);
  if (netMinor > 0) return approved;
  if (reserved?.amountMinor !== amountMinor) return recordNotFound;
  books.book({ ...reserved, ...when, kind: 'debit' });
  return approved;
}

/** What became of a request: its code, or that the bank does not know it. */
export function becameOf(books: Books, key: string, amountMinor: number): string {
  const { netMinor, state, decided: before, reserved } = books.standingOf(key);
  const standingMinor = netMinor > 0 ? netMinor : (reserved?.amountMinor ?? 0);
  if (state === 'held' || standingMinor === amountMinor) return approved;
  if (standingMinor > 0) return approvedInPart;
  return before?.kind === 'decline' ? before.responseCode : recordNotFound;
}

/** Lets reservations go that nobody has completed. */
export class Lapses {
  readonly #context: MindContext;
  readonly #turns: Turns;
  readonly #issuerName: (name: RequestName) => IssuerRequest;

  constructor(context: MindContext, turns: Turns, issuerName: (name: RequestName) => IssuerRequest) {
    this.#context = context;
    this.#turns = turns;
    this.#issuerName = issuerName;
    for (const reservation of context.books.reservations()) this.await(reservation);
  }

  await(reservation: Booked): void {
    const afterMs = Math.max(0, Date.parse(reservation.at) + lapsesAfterMs - this.#context.nowMs);
    const key = nameOf(reservation);
    this.#context.later(afterMs, () =>
      this.#turns.take(key, (done) => {
        const { books } = this.#context;
        if (books.standingOf(key).reserved?.number !== reservation.number) {
          done();
          return;
        }
        this.#context.undo(this.#issuerName(reservation), (isDone) => {
          const at = new Date(this.#context.nowMs).toISOString();
          if (isDone) books.book({ ...reservation, kind: 'lapse', at });
          else this.await(reservation);
          done();
        });
      }),
    );
  }
}
