import type { tillApi } from '@bivak/contracts';
import { Problem } from '@bivak/http-api';
import { MoneyError, multiplyMinor, sumMinor } from '@bivak/money';
import type { Catalogue } from './catalogue.ts';

export interface Basket {
  lines: tillApi.SaleLine[];
  totalMinor: number;
}

/** The highest sum that a bank message can carry: ISO 8583, field 4, twelve digits. */
export const highestSaleMinor = 999_999_999_999;

/** A drive takes 30 KiB of a receipt (drive protocol, 4.5); head and totals have room in what is left. */
const longestLinesBytes = 28 * 1024;
/** A line's requisites (tag 1059 and those within it) with the longest numbers, without the name. */
const lineBytes = 70;

/**
 * Prices the items. Throws Problem `unknown-sku`, `bad-quantity`, `sale-too-long` or `sum-overflow`, which name the item;
 * nothing has been stored then.
 */
export function ringUp(items: tillApi.NewSale['items'], catalogue: Catalogue): Basket {
  const lines = items.map(({ sku, quantity }, index) => {
    const good = catalogue.bySku.get(sku);
    if (good === undefined)
      throw new Problem(422, 'unknown-sku', `items[${index}]: the catalogue has no good with sku "${sku}"`);
    if (!Number.isSafeInteger(quantity) || quantity < 1)
      throw new Problem(
        422,
        'bad-quantity',
        `items[${index}]: quantity ${quantity} is not 1 or more whole pieces`,
      );
    const { nameRu: name, priceMinor, vatRate } = good;
    return {
      sku,
      name,
      quantity,
      priceMinor,
      sumMinor: exact(() => multiplyMinor(priceMinor, quantity)),
      vatRate,
    };
  });
  const bytes = lines.reduce((sum, { name }) => sum + lineBytes + name.length, 0);
  if (bytes > longestLinesBytes)
    throw new Problem(
      422,
      'sale-too-long',
      `items: ${lines.length} lines with such names do not fit one receipt; split the sale`,
    );
  const totalMinor = exact(() => sumMinor(lines.map((line) => line.sumMinor)));
  if (totalMinor > highestSaleMinor) throw overflow(`${totalMinor} is more than ${highestSaleMinor}`);
  return { lines, totalMinor };
}

const overflow = (what: string): Problem =>
  new Problem(422, 'sum-overflow', `the sum of the sale cannot be paid: ${what} minor units; split the sale`);

function exact(sum: () => number): number {
  try {
    return sum();
  } catch (error) {
    if (error instanceof MoneyError) throw overflow(error.message);
    throw error;
  }
}

/** Throws Problem `bad-sale-key` where the key holds what a signed journal or a database cannot: control characters, half a character. */
export function checkKey(saleKey: string): void {
  if (saleKey.isWellFormed() && !/\p{Cc}/u.test(saleKey)) return;
  throw new Problem(
    422,
    'bad-sale-key',
    'saleKey: holds a control character or half a character; take letters and digits',
  );
}

/**
 * What two requests of one saleKey have to have in common to be the same sale: how many of which goods, tender, contact.
 */
export function contentsOf(sale: {
  items: readonly { sku: string; quantity: number }[];
  tender: string;
  contact?: { phone: string } | null | undefined;
}): string {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of sale.items) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  const items = [...quantities].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([items, sale.tender, sale.contact?.phone ?? null]);
}
