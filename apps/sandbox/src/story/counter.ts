import type { tillApi } from '@bivak/contracts';
import type { StoryClient } from './client.ts';
import type { CounterAnswer } from './figures.ts';
import { type Narrator, refusalAloud, sum } from './narrator.ts';

type Items = tillApi.NewSale['items'];

/** A sale as the till answered it, and the card that lay on the reader. */
export interface SoldOne {
  card: string | null;
  sale: tillApi.Sale;
}

/** The counter of the train's shop: sells, tells what was answered, and remembers it. */
export class Counter {
  readonly #client: StoryClient;
  readonly #narrator: Narrator;
  readonly #sold: SoldOne[] = [];
  #catalogue: tillApi.Catalogue['items'] = [];
  readonly #phones = new Map<string, string>();
  #keys = 0;

  constructor(client: StoryClient, narrator: Narrator) {
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
  accepted(): readonly SoldOne[] {
    return this.#sold.filter(({ sale }) => sale.outcome === 'accepted');
  }

  /** Baskets of two to four goods, another for each number. */
  basket(number: number): Items {
    // No souvenirs: an ordinary basket stays within the limit for one sale.
    const goods = this.#catalogue.filter(({ priceMinor }) => priceMinor <= 60_000);
    return Array.from({ length: 2 + (number % 3) }, (_, index) => ({
      sku: goods[(number * 7 + index * 11) % goods.length]!.sku,
      quantity: 1 + ((number + index) % 2),
    })).filter(({ sku }, index, all) => all.findIndex((one) => one.sku === sku) === index);
  }

  /** A basket of one good whose sum comes as near to `wantedMinor` as it can, from below or (`above`) from above. */
  basketOf(wantedMinor: number, above = false): Items {
    const good =
      this.#catalogue.find(({ priceMinor }) => priceMinor >= 10_000 && priceMinor <= 60_000) ??
      this.#catalogue[0]!;
    const count = wantedMinor / good.priceMinor;
    return [{ sku: good.sku, quantity: above ? Math.ceil(count) : Math.floor(count) }];
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
    return `story-${++this.#keys}`;
  }

  async #sell(tillId: string, card: string | null, sale: tillApi.NewSale): Promise<tillApi.Sale> {
    const answer = await this.#client.till(tillId).sell(sale);
    this.#sold.push({ card, sale: answer });
    await this.#tell(tillId, answer);
    return answer;
  }

  async #tell(
    tillId: string,
    { saleId, outcome, mode, reason, totalMinor, card }: tillApi.Sale,
  ): Promise<void> {
    const money = sum(totalMinor);
    const of =
      card === null
        ? { en: '', ru: '' }
        : { en: `, card …${card.maskedPan.slice(-4)}`, ru: `, карта …${card.maskedPan.slice(-4)}` };
    if (outcome === 'accepted') {
      const how = {
        offline: { en: 'accepted offline', ru: 'принято офлайн' },
        online: { en: 'accepted online', ru: 'принято со связью' },
        cash: { en: 'cash', ru: 'наличные' },
      }[mode];
      return this.#narrator.say({
        en: `${tillId} ${saleId} ${money.en}${of.en}: ${how.en}`,
        ru: `${tillId} ${saleId} ${money.ru}${of.ru}: ${how.ru}`,
      });
    }
    const aloud = refusalAloud(reason ?? '');
    await this.#narrator.say({
      en: `${tillId} ${money.en}${of.en}: not accepted. ${aloud.en} / ${aloud.ru}`,
      ru: `${tillId} ${money.ru}${of.ru}: не принято. ${aloud.ru} / ${aloud.en}`,
    });
  }
}
