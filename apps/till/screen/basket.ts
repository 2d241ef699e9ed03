/** What is being rung up. It outlives a reload of the page. */
export interface Basket {
  lines: readonly { sku: string; quantity: number }[];
  phone: string | null;
  /** Names this sale for the till: asked twice with the same key, the till sells once. */
  saleKey: string;
  /** What "undo" brings back. */
  before: { lines: Basket['lines']; phone: string | null } | null;
}

export type BasketAction =
  | { do: 'add'; sku: string }
  | { do: 'change'; sku: string; by: number }
  | { do: 'clear' }
  | { do: 'undo' }
  | { do: 'phone'; phone: string | null }
  /** The sale is done: the next one begins. */
  | { do: 'next'; saleKey: string }
  /** The sale did not come about: the same goods are tried again, as another sale. */
  | { do: 'again'; saleKey: string };

const mostPieces = 999;

export function emptyBasket(saleKey: string): Basket {
  return { lines: [], phone: null, saleKey, before: null };
}

/** The basket after an action. */
export function changeBasket(basket: Basket, action: BasketAction): Basket {
  switch (action.do) {
    case 'add':
      return { ...basket, lines: changed(basket.lines, action.sku, 1), before: null };
    case 'change':
      return { ...basket, lines: changed(basket.lines, action.sku, action.by), before: kept(basket) };
    case 'clear':
      // The phone goes with the goods: the next buyer is another one.
      return { ...basket, lines: [], phone: null, before: kept(basket) };
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

const kept = ({ lines, phone }: Basket): Basket['before'] => ({ lines, phone });

function changed(lines: Basket['lines'], sku: string, by: number): Basket['lines'] {
  const found = lines.find((line) => line.sku === sku);
  if (found === undefined) return by > 0 ? [...lines, { sku, quantity: by }] : lines;
  const quantity = Math.min(mostPieces, found.quantity + by);
  if (quantity <= 0) return lines.filter((line) => line !== found);
  return lines.map((line) => (line === found ? { sku, quantity } : line));
}

/** What was kept of a basket; undefined where it is none. */
export function readBasket(text: string | null): Basket | undefined {
  try {
    const value = JSON.parse(text ?? 'null') as Partial<Basket> | null;
    const isWhole =
      typeof value?.saleKey === 'string' &&
      Array.isArray(value.lines) &&
      value.lines.every(
        (line) => typeof line.sku === 'string' && Number.isInteger(line.quantity) && line.quantity > 0,
      );
    return isWhole
      ? {
          lines: value.lines!,
          phone: typeof value.phone === 'string' ? value.phone : null,
          saleKey: value.saleKey!,
          before: null,
        }
      : undefined;
  } catch {
    return undefined;
  }
}
