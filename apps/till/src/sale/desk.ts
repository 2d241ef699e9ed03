import type { Clock } from '@bivak/clock';
import type { Check, RefusalReason, tillApi } from '@bivak/contracts';
import { Problem } from '@bivak/http-api';
import type { CardTap, EntryBody } from '@bivak/journal';
import type { CardReader } from '../card/index.ts';
import { FiscalError } from '../fiscal/port.ts';
import type { InTurn } from '../in-turn.ts';
import { type Journal, JournalError } from '../journal/index.ts';
import type { ShiftKeeper } from '../shift/index.ts';
import { decide, type Knowledge } from './acceptance.ts';
import type { Catalogue } from './catalogue.ts';
import { type Basket, checkKey, contentsOf, ringUp } from './ring-up.ts';
import { outcomeUnknown, refusalOf, type Signing } from './signing.ts';
import { type SaleRecord, type SaleStore, saleIdOf } from './store.ts';

/** The way to the host while the buyer waits; the uplink has it. */
export interface OnlineDesk {
  /** True where the link is up and the host knows this till. */
  isThere(): boolean;
  /** Ships the journal now and waits, at most about four seconds, for what the host says of this sale. */
  authorise(saleId: string): Promise<'approved' | 'declined' | 'no-answer'>;
}

/** Takes sales: one after another, each exactly once. */
export interface SaleDesk {
  /**
   * Makes the sale, or gives the one that was made under this `saleKey`. Throws Problem: `unknown-sku`, `bad-quantity`,
   * `bad-sale-key`, `sale-too-long`, `sum-overflow` (nothing is stored), 409 `sale-key-reused`, `till-data-old`, 503
   * `sale-outcome-unknown`, `data-not-written`.
   */
  sell(sale: tillApi.NewSale): Promise<SaleRecord>;
}

export interface DeskOptions {
  journal: Journal;
  store: SaleStore;
  catalogue: Catalogue;
  knowledge: Knowledge;
  reader: CardReader;
  shift: ShiftKeeper;
  signing: Signing;
  online: OnlineDesk;
  clock: Clock;
  currency: string;
  inTurn: InTurn;
  /** True once the host has shown that this till's data is an old copy: numbers would be used twice. */
  isOldCopy: () => boolean;
}

export function saleDesk(options: DeskOptions): SaleDesk {
  const { store, inTurn } = options;
  const underWay = new Map<string, { contents: string; result: Promise<SaleRecord> }>();
  return {
    async sell(sale) {
      checkKey(sale.saleKey);
      const contents = contentsOf(sale);
      const running = underWay.get(sale.saleKey);
      if (running !== undefined) {
        if (running.contents !== contents) throw keyReused(sale.saleKey);
        return running.result;
      }
      const result = inTurn(() => sellInTurn(sale, options));
      underWay.set(sale.saleKey, { contents, result });
      try {
        return await result;
      } finally {
        underWay.delete(sale.saleKey);
      }
    },
  };

  async function sellInTurn(sale: tillApi.NewSale, given: DeskOptions): Promise<SaleRecord> {
    const earlier = store.byKey(sale.saleKey);
    if (earlier !== undefined) return sameAgain(sale, earlier, given);
    if (given.isOldCopy()) throw oldCopy();
    const basket = ringUp(sale.items, given.catalogue);
    const saleId = saleIdOf(given.journal.tillId, store.lastNumber() + 1);
    try {
      await new OneSale(saleId, sale, basket, given).run();
    } catch (error) {
      if (error instanceof JournalError && error.code === 'not-written')
        throw notWritten(error, store.byId(saleId));
      throw error;
    }
    return store.byId(saleId)!;
  }
}

/** What a full or failed disk leaves of a sale: nothing before its intent is stored, then an end that is not known yet. */
function notWritten(error: JournalError, begun: SaleRecord | undefined): Problem {
  if (begun !== undefined)
    return outcomeUnknown(
      begun.saleId,
      `Sale ${begun.saleId} has no end yet, since ${error.message}. Mend that`,
    );
  return new Problem(
    503,
    'data-not-written',
    `There was no sale, since ${error.message}. Mend that, then repeat this request.`,
  );
}

/** Selling on would give new sales the identities of sales that the host has already: it would take them for the same. */
const oldCopy = (): Problem =>
  new Problem(
    409,
    'till-data-old',
    'This till’s data was put back to an old copy: the host has later sales of it. Sell at another till and call support; the newer data, if it is still there, has to come back.',
  );

const keyReused = (saleKey: string, saleId?: string): Problem =>
  new Problem(
    409,
    'sale-key-reused',
    `saleKey "${saleKey}" belongs to ${saleId ?? 'a sale under way'} with other contents; take a new key for a new sale`,
    saleId === undefined ? {} : { saleId },
  );

/** The sale that was made under this key; one whose end is unknown is resolved first. */
async function sameAgain(
  sale: tillApi.NewSale,
  earlier: SaleRecord,
  { store, signing }: DeskOptions,
): Promise<SaleRecord> {
  const { lines, tender } = earlier.begun;
  // A refusal keeps no contact, so that only goods and tender can be compared then.
  const contact = 'contact' in earlier.begun ? earlier.begun.contact : sale.contact;
  if (contentsOf({ items: lines, tender, contact }) !== contentsOf(sale))
    throw keyReused(sale.saleKey, earlier.saleId);
  if (earlier.state !== 'intended') return earlier;
  try {
    await signing.settle();
  } catch (error) {
    if (error instanceof FiscalError) throw outcomeUnknown(earlier.saleId);
    if (error instanceof JournalError && error.code === 'not-written') throw notWritten(error, earlier);
    throw error;
  }
  return store.byId(earlier.saleId)!;
}

type Intent = EntryBody<'sale.intent'>;

/** One sale on its way from the basket to its end. Every step that could be repeated after a crash is stored before it is taken. */
class OneSale {
  readonly #saleId: string;
  readonly #sale: tillApi.NewSale;
  readonly #basket: Basket;
  readonly #given: DeskOptions;

  constructor(saleId: string, sale: tillApi.NewSale, basket: Basket, given: DeskOptions) {
    this.#saleId = saleId;
    this.#sale = sale;
    this.#basket = basket;
    this.#given = given;
  }

  async run(): Promise<void> {
    const { shift, signing } = this.#given;
    try {
      // Before the buyer is asked for a card: a drive that is not there makes no sale.
      await signing.settle();
      await shift.ensureOpen();
    } catch (error) {
      if (!(error instanceof FiscalError)) throw error;
      return this.#refuse(refusalOf(error), this.#asked(), null, []);
    }
    if (this.#sale.tender === 'cash') await this.#sellForCash();
    else await this.#sellByCard();
  }

  async #sellForCash(): Promise<void> {
    const { intent, soldAtMs } = this.#intend('cash', null, []);
    await this.#given.signing.sign(intent, soldAtMs, { mode: 'cash', checks: [] });
  }

  async #sellByCard(): Promise<void> {
    const { reader, clock, knowledge, online, signing } = this.#given;
    const { totalMinor } = this.#basket;
    const answer = await reader.ask({
      saleId: this.#saleId,
      amountMinor: totalMinor,
      currency: this.#given.currency,
    });
    const asked = this.#asked() === 'online' ? 'online' : 'offline';
    if (!answer.read) return this.#refuse(answer.reason, asked, null, []);
    const decisions = decide(answer.card, totalMinor, clock.nowMs(), knowledge);
    const { accepted, reason, checks } = decisions[asked];
    if (!accepted) return this.#refuse(reason!, asked, answer.card, checks);
    const { intent, soldAtMs } = this.#intend(asked, answer.card, checks);
    if (asked === 'offline') return signing.sign(intent, soldAtMs, { mode: asked, checks });
    const outcome = await online.authorise(this.#saleId);
    if (outcome === 'declined') return signing.abandon(this.#saleId, 'declined-online');
    if (outcome === 'approved') return signing.sign(intent, soldAtMs, { mode: 'online', checks });
    const { offline } = decisions;
    if (!offline.accepted) return signing.abandon(this.#saleId, offline.reason!);
    return signing.sign(intent, soldAtMs, { mode: 'offline', checks: offline.checks });
  }

  /** Which way this sale goes now: the host is asked only while the link is up. */
  #asked(): Intent['asked'] {
    if (this.#sale.tender === 'cash') return 'cash';
    return this.#given.online.isThere() ? 'online' : 'offline';
  }

  #basics() {
    const { lines, totalMinor } = this.#basket;
    const { saleKey, tender } = this.#sale;
    // The first shift has the number 1; a till that could open none yet refuses in it.
    const shiftNumber = Math.max(1, this.#given.shift.current().number);
    return {
      saleId: this.#saleId,
      saleKey,
      lines,
      totalMinor,
      currency: this.#given.currency,
      tender,
      shiftNumber,
    };
  }

  #intend(
    asked: Intent['asked'],
    card: CardTap | null,
    checks: Check[],
  ): { intent: Intent; soldAtMs: number } {
    const intent: Intent = { ...this.#basics(), asked, card, contact: this.#sale.contact ?? null, checks };
    const entry = this.#given.journal.append({ kind: 'sale.intent', body: intent });
    return { intent, soldAtMs: Date.parse(entry.at) };
  }

  #refuse(reason: RefusalReason, asked: Intent['asked'], card: CardTap | null, checks: Check[]): void {
    const { maskedPan = null, cardReference = null } = card ?? {};
    this.#given.journal.append({
      kind: 'sale.refused',
      body: { ...this.#basics(), asked, reason, maskedPan, cardReference, checks },
    });
  }
}
