import type { tillApi } from '@bivak/contracts';
import type { ScenarioClient } from './client.ts';
import type { CounterAnswer } from './figures.ts';
import type { Narrator } from './narrator.ts';

type Items = tillApi.NewSale['items'];

/** A sale as the till answered it, and the card that lay on the reader. */
export interface CounterSale {
  card: string | null;
  sale: tillApi.Sale;
}

/** The counter of the train's shop: sells, notes what was answered, and remembers it. */
export class Counter {
  readonly #client: ScenarioClient;
  readonly #narrator: Narrator;
  readonly #sold: CounterSale[] = [];
  #catalogue: tillApi.Catalogue['items'] = [];
  readonly #phones = new Map<string, string>();
  #keys = 0;

  constructor(client: ScenarioClient, narrator: Narrator) {
    this.#client = client;
    this.#narrator = narrator;
  }

  async open(): Promise<void> {
    this.#catalogue = (await this.#client.till(this.#client.tillIds[0]!).catalogue()).items;
    for (const { card, phone } of await this.#client.sandbox.accounts())
      if (phone !== null) this.#phones.set(card, phone);
  }

  answers(): readonly CounterAnswer[] {
    return this.#sold.map(({ sale }) => ({
      saleId: sale.saleId,
      outcome: sale.outcome,
      reason: sale.reason,
      maskedPan: sale.card?.maskedPan ?? null,
    }));
  }

  /** Every sale that was accepted, with the name of the card. */
  accepted(): readonly CounterSale[] {
    return this.#sold.filter(({ sale }) => sale.outcome === 'accepted');
  }

  /** Baskets of two to four items, another for each number. */
  basket(number: number): Items {
    // No souvenirs: an ordinary basket stays within the limit for one sale.
    const items = this.#catalogue.filter(({ priceMinor }) => priceMinor <= 60_000);
    return Array.from({ length: 2 + (number % 3) }, (_, index) => ({
      sku: items[(number * 7 + index * 11) % items.length]!.sku,
      quantity: 1 + ((number + index) % 2),
    })).filter(({ sku }, index, all) => all.findIndex((item) => item.sku === sku) === index);
  }

  /** A basket of one item whose sum comes as near to `wantedMinor` as it can, from below or (`above`) from above. */
  basketOf(wantedMinor: number, above = false): Items {
    const item =
      this.#catalogue.find(({ priceMinor }) => priceMinor >= 10_000 && priceMinor <= 60_000) ??
      this.#catalogue[0]!;
    const count = wantedMinor / item.priceMinor;
    return [{ sku: item.sku, quantity: above ? Math.ceil(count) : Math.floor(count) }];
  }

  /** Sells to a card that lies on the till's reader. */
  async sellByCard(tillId: string, card: string, items: Items): Promise<tillApi.Sale> {
    await this.#client.sandbox.present(tillId, card);
    const phone = this.#phones.get(card);
    return this.#sell(tillId, card, {
      saleKey: this.#key(),
      items,
      tender: 'card',
      ...(phone === undefined ? {} : { contact: { phone } }),
    });
  }

  async sellForCash(tillId: string, items: Items): Promise<tillApi.Sale> {
    return this.#sell(tillId, null, { saleKey: this.#key(), items, tender: 'cash' });
  }

  #key(): string {
    return `scenario-${++this.#keys}`;
  }

  async #sell(tillId: string, card: string | null, sale: tillApi.NewSale): Promise<tillApi.Sale> {
    const answer = await this.#client.till(tillId).sell(sale);
    this.#sold.push({ card, sale: answer });
    await this.#note(tillId, answer);
    return answer;
  }

  async #note(tillId: string, sale: tillApi.Sale): Promise<void> {
    const { saleId, mode, reason, totalMinor, currency, card } = sale;
    const facts = { tillId, saleId, totalMinor, currency, maskedPan: card?.maskedPan ?? null };
    if (reason === null) await this.#narrator.note('sale-accepted', { ...facts, mode });
    else await this.#narrator.note('sale-refused', { ...facts, reason });
  }
}
