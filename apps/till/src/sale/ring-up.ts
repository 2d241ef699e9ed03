import { tillApi } from '@bivak/contracts';
import { type LineItem, Problem, type SaleRequest, saleRequest } from '@bivak/domain';
import { MoneyError, multiplyMinor, sumMinor } from '@bivak/money';
import type { Catalogue } from './catalogue.ts';

export interface Basket {
  lineItems: LineItem[];
  totalMinor: number;
}

/** The largest sum that a bank message can carry: ISO 8583, field 4, twelve digits. */
export const maxSaleMinor = 999_999_999_999;

/** A drive takes 30 KiB of a receipt (drive protocol, 4.5); head and totals have room in what is left. */
const maxLineItemsBytes = 28 * 1024;
/** An item's requisites (tag 1059 and those within it) with the longest numbers, without the name. */
const lineItemBytes = 70;

/**
 * Prices the items. Throws Problem `unknown-sku`, `bad-quantity`, `sale-too-long` or `sum-overflow`, which name the item;
 * nothing has been stored then.
 */
export function ringUp(items: tillApi.NewSale['items'], catalogue: Catalogue): Basket {
  const lineItems = items.map((item, index) => lineItemOf(item, index, catalogue));
  const bytes = lineItems.reduce((sum, { name }) => sum + lineItemBytes + name.length, 0);
  if (bytes > maxLineItemsBytes) throw new Problem('sale-too-long', { lineItems: lineItems.length });
  const totalMinor = exact(() => sumMinor(lineItems.map((lineItem) => lineItem.sumMinor)));
  if (totalMinor > maxSaleMinor) throw sumOverflow();
  return { lineItems, totalMinor };
}

function lineItemOf(
  { sku, quantity }: tillApi.NewSale['items'][number],
  index: number,
  catalogue: Catalogue,
): LineItem {
  const item = catalogue.bySku.get(sku);
  if (item === undefined) throw new Problem('unknown-sku', { index, sku });
  if (!Number.isSafeInteger(quantity) || quantity < 1)
    throw new Problem('bad-quantity', { index, maxQuantity: tillApi.maxQuantity });
  const { nameRu: name, priceMinor, vatRate } = item;
  return {
    sku,
    name,
    quantity,
    priceMinor,
    sumMinor: exact(() => multiplyMinor(priceMinor, quantity)),
    vatRate,
  };
}

const sumOverflow = (): Problem => new Problem('sum-overflow', { maxMinor: maxSaleMinor });

function exact(sum: () => number): number {
  try {
    return sum();
  } catch (error) {
    if (error instanceof MoneyError) throw sumOverflow();
    throw error;
  }
}

/** Throws Problem `bad-sale-key` if the key holds what a signed journal or a database cannot: control characters, half a character. */
export function checkKey(saleKey: string): void {
  if (!saleKey.isWellFormed() || /\p{Cc}/u.test(saleKey)) throw new Problem('bad-sale-key', {});
}

const comparedRequest = saleRequest.omit({ saleKey: true });

/**
 * What two requests of one saleKey have to have in common to be the same sale: how many of which items, contact, and
 * whatever else was asked for.
 */
export function contentsOf(
  sale: Omit<SaleRequest, 'saleKey'> & {
    items: readonly { sku: string; quantity: number }[];
    contact?: { phone: string } | null | undefined;
  },
): string {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of sale.items) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  const items = [...quantities].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([items, comparedRequest.parse(sale), sale.contact?.phone ?? null]);
}
