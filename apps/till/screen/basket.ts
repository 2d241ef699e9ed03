import { z } from 'zod';

const basketItem = z.object({ sku: z.string(), quantity: z.number().int().min(1) });
type BasketItem = z.infer<typeof basketItem>;

/** What is being rung up. It outlives a reload of the page. */
export interface Basket {
  items: readonly BasketItem[];
  phone: string | null;
  /** Names this sale for the till: sent twice with the same key, it is made once. */
  saleKey: string;
  /** What "undo" brings back. */
  before: { items: Basket['items']; phone: string | null } | null;
}

export type BasketAction =
  | { do: 'add'; sku: string }
  | { do: 'change'; sku: string; by: number }
  | { do: 'clear' }
  | { do: 'undo' }
  | { do: 'phone'; phone: string | null }
  /** The sale is done: the next one begins. */
  | { do: 'next'; saleKey: string }
  /** The sale was not made: the same items are tried again, as another sale. */
  | { do: 'again'; saleKey: string };

const maxPieces = 999;

export function emptyBasket(saleKey: string): Basket {
  return { items: [], phone: null, saleKey, before: null };
}

/** The basket after an action. */
export function changeBasket(basket: Basket, action: BasketAction): Basket {
  switch (action.do) {
    case 'add':
      return { ...basket, items: changed(basket.items, action.sku, 1), before: null };
    case 'change':
      return { ...basket, items: changed(basket.items, action.sku, action.by), before: undoable(basket) };
    case 'clear':
      // The phone goes with the items: the next buyer is another one.
      return { ...basket, items: [], phone: null, before: undoable(basket) };
    case 'undo':
      return basket.before === null ? basket : { ...basket, ...basket.before, before: null };
    case 'phone':
      return { ...basket, phone: action.phone };
    case 'next':
      return emptyBasket(action.saleKey);
    case 'again':
      return { ...basket, saleKey: action.saleKey };
  }
}

const undoable = ({ items, phone }: Basket): Basket['before'] => ({ items, phone });

function changed(items: Basket['items'], sku: string, by: number): Basket['items'] {
  const found = items.find((item) => item.sku === sku);
  if (found === undefined) return by > 0 ? [...items, { sku, quantity: by }] : items;
  const quantity = Math.min(maxPieces, found.quantity + by);
  if (quantity <= 0) return items.filter((item) => item !== found);
  return items.map((item) => (item === found ? { sku, quantity } : item));
}

const storedBasket = z.object({
  saleKey: z.string(),
  items: z.array(basketItem),
  phone: z.string().nullable().catch(null),
});

/** Reads a stored basket; undefined if it is none. */
export function readBasket(text: string | null): Basket | undefined {
  try {
    const stored = storedBasket.safeParse(JSON.parse(text ?? 'null')).data;
    return stored === undefined ? undefined : { ...stored, before: null };
  } catch {
    return undefined; // not JSON
  }
}
