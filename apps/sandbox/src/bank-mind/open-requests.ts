import { maskPan } from '@bivak/card';
import type { Entry } from './books.ts';
import type { IssuerRequest, MindContext } from './context.ts';
import { type BankRequest, nameOf, type RequestName } from './requests.ts';
import type { Turns } from './turns.ts';

const resolveEveryMs = 5_000;

/** Whether a request under a name that was decided before is that one again, and not another under its name. */
export function isRepeat(before: Entry, request: BankRequest): boolean {
  return (
    before.requestedMinor === request.amountMinor &&
    // DE 7 of a repeat is its own.
    (request.isRepeat || before.transmittedAt === request.transmittedAt) &&
    before.reference === request.reference &&
    before.maskedPan === maskPan(request.pan)
  );
}

/**
 * Undoes at the issuers what was asked and never answered (the issuers were silent, or the bank's plug was pulled in
 * between); what cannot be undone now stays open for the next time.
 */
export class OpenRequests {
  readonly #context: MindContext;
  readonly #turns: Turns;
  readonly #issuerName: (name: RequestName) => IssuerRequest;
  #isResolving = false;

  constructor(context: MindContext, turns: Turns, issuerName: (name: RequestName) => IssuerRequest) {
    this.#context = context;
    this.#turns = turns;
    this.#issuerName = issuerName;
    if (context.books.open().length > 0) this.resolveLater(0);
  }

  resolveLater(afterMs = resolveEveryMs): void {
    if (this.#isResolving) return;
    this.#isResolving = true;
    this.#context.later(afterMs, () => {
      this.#isResolving = false;
      for (const name of this.#context.books.open()) this.#resolve(name);
    });
  }

  #resolve(name: RequestName): void {
    const { books } = this.#context;
    const key = nameOf(name);
    this.#turns.take(key, (done) => {
      const { state, transmittedAt } = books.standingOf(key);
      if (state !== 'open') {
        done();
        return;
      }
      this.#context.undo(this.#issuerName(name), (isDone) => {
        const at = new Date(this.#context.nowMs).toISOString();
        if (isDone) books.note({ kind: 'given-up', at, ...name, transmittedAt: transmittedAt! });
        else this.resolveLater();
        done();
      });
    });
  }
}
