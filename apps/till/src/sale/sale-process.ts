import type { Clock } from '@bivak/clock';
import type { tillApi, uplinkApi } from '@bivak/contracts';
import {
  type CardBlock,
  type CardMode,
  type CardSummary,
  type CardTap,
  type Check,
  type Contact,
  type RefusalReason,
  type SaleMode,
  saleRequest,
} from '@bivak/domain';
import type { Entry, EntryBody, EntryDraft } from '@bivak/journal';
import type { CardReader } from '../card/index.ts';
import { FiscalError } from '../fiscal/port.ts';
import type { Journal } from '../journal/index.ts';
import type { ShiftService } from '../shift/index.ts';
import { decide, type Knowledge } from './acceptance.ts';
import type { Catalogue } from './catalogue.ts';
import { isPossibleDouble } from './doubles.ts';
import type { ReaderKeys } from './reader-keys.ts';
import type { Basket } from './ring-up.ts';
import { refusalOf, type SaleToSign, type Signing } from './signing.ts';
import type { SaleStore } from './store.ts';

/** What came of a sale that the host was asked to authorise. */
export type OnlineAuthorization = Exclude<uplinkApi.OnlineOutcomeState, 'pending'> | 'no-answer';

/** The way to the host while the buyer waits; the uplink has it. */
export interface OnlineAuthorizer {
  /** True if the link is up and the host knows this till. */
  isAvailable(): boolean;
  /** Ships the journal now and waits, at most about four seconds, for what the host decides about this sale. */
  authorize(saleId: string): Promise<OnlineAuthorization>;
}

/** What a sale is made with. */
export interface SaleContext {
  journal: Journal;
  store: SaleStore;
  catalogue: Catalogue;
  knowledge: Knowledge;
  reader: CardReader;
  readerKeys: ReaderKeys;
  shift: ShiftService;
  signing: Signing;
  online: OnlineAuthorizer;
  clock: Clock;
  currency: string;
  askAboutDoublesWithinMs: number;
}

type Intent = EntryBody<'sale.intent'>;
/** What lies beside an intent: see `intentAttachments`. */
type IntentContents = { card?: CardBlock; contact?: Contact };

/** One sale on its way from the basket to its end. Every step that could be repeated after a crash is stored before it is taken. */
export class SaleProcess {
  readonly #saleId: string;
  readonly #newSale: tillApi.NewSale;
  readonly #basket: Basket;
  readonly #context: SaleContext;

  constructor(saleId: string, newSale: tillApi.NewSale, basket: Basket, context: SaleContext) {
    this.#saleId = saleId;
    this.#newSale = newSale;
    this.#basket = basket;
    this.#context = context;
  }

  async run(): Promise<void> {
    const { shift, signing } = this.#context;
    const isCash = this.#newSale.tender === 'cash';
    try {
      // Before the buyer is asked for a card: a drive that is not there makes no sale.
      await signing.resolveOpen();
      await shift.ensureOpen();
    } catch (error) {
      if (!(error instanceof FiscalError)) throw error;
      return this.#refuse(refusalOf(error), isCash ? 'cash' : this.#cardMode(), null, []);
    }
    if (isCash) await this.#sellForCash();
    else await this.#sellByCard();
  }

  async #sellForCash(): Promise<void> {
    const sale = this.#intend('cash', null, []);
    await this.#context.signing.sign(sale, { mode: 'cash', checks: [] });
  }

  async #sellByCard(): Promise<void> {
    const { reader, clock, knowledge, online, signing, currency, journal, readerKeys } = this.#context;
    const amountMinor = this.#basket.totalMinor;
    const { tillId } = journal;
    const reading = await reader.read({ tillId, saleId: this.#saleId, amountMinor, currency });
    const requestedMode = this.#cardMode();
    if (!reading.read) return this.#refuse(reading.reason, requestedMode, null, []);
    // Used before: another sale's tap, or a reader that has lost its memory.
    if (!readerKeys.isUnused(reading.card.ksn))
      return this.#refuse('reader-key-reused', requestedMode, reading.card, []);
    const decisions = decide(reading.card, amountMinor, clock.nowMs(), knowledge);
    const { accepted, reason, checks } = decisions[requestedMode];
    if (!accepted) return this.#refuse(reason!, requestedMode, reading.card, checks);
    if (this.#isAskedAbout(reading.card))
      return this.#refuse('possible-double', requestedMode, reading.card, checks);
    const sale = this.#intend(requestedMode, reading.card, checks);
    if (requestedMode === 'offline') return signing.sign(sale, { mode: 'offline', checks });
    const outcome = await online.authorize(this.#saleId);
    if (outcome === 'declined') return signing.abandon(this.#saleId, 'declined-online');
    if (outcome === 'approved') return signing.sign(sale, { mode: 'online', checks });
    const { offline } = decisions;
    if (!offline.accepted) return signing.abandon(this.#saleId, offline.reason!);
    return signing.sign(sale, { mode: 'offline', checks: offline.checks });
  }

  /** The same card has just paid the same sum, and the cashier has not said that this is another purchase. */
  #isAskedAbout(card: CardTap): boolean {
    if (this.#newSale.isAnotherPurchase === true) return false;
    const { store, clock, askAboutDoublesWithinMs } = this.#context;
    const sale = { saleId: this.#saleId, amountMinor: this.#basket.totalMinor, atMs: clock.nowMs() };
    return isPossibleDouble(card, sale, store, askAboutDoublesWithinMs);
  }

  /** Which way a card goes now: the host is asked only while the link is up. */
  #cardMode(): CardMode {
    return this.#context.online.isAvailable() ? 'online' : 'offline';
  }

  #basics(requestedMode: SaleMode) {
    const request = saleRequest.parse(this.#newSale);
    const { currency, shift } = this.#context;
    // The first shift has the number 1; a till that could open none yet refuses in it.
    const shiftNumber = Math.max(1, shift.current().number);
    return { ...request, saleId: this.#saleId, ...this.#basket, currency, shiftNumber, requestedMode };
  }

  #intend(requestedMode: SaleMode, tap: CardTap | null, checks: Check[]): SaleToSign {
    const { contact } = this.#newSale;
    const { ciphertext, ...card } = tap ?? {};
    const intent: Intent = {
      ...this.#basics(requestedMode),
      card: tap === null ? null : (card as CardSummary),
      checks,
    };
    const beside = {
      ...(ciphertext === undefined ? {} : { card: { ciphertext } }),
      ...(contact === undefined ? {} : { contact }),
    } satisfies IntentContents;
    const entry = this.#append({ kind: 'sale.intent', body: intent }, tap, beside);
    return { intent, soldAtMs: Date.parse(entry.at), phone: contact?.phone ?? null };
  }

  /** The serial number of a tap is used up with the entry that names it. */
  #append(draft: EntryDraft, tap: CardTap | null, beside: IntentContents = {}): Entry {
    const { journal, readerKeys } = this.#context;
    return journal.append(draft, () => tap !== null && readerKeys.use(tap.ksn), beside);
  }

  #refuse(reason: RefusalReason, requestedMode: SaleMode, card: CardTap | null, checks: Check[]): void {
    const { maskedPan = null, cardReference = null } = card ?? {};
    const body = { ...this.#basics(requestedMode), reason, maskedPan, cardReference, checks };
    this.#append({ kind: 'sale.refused', body }, card);
  }
}
