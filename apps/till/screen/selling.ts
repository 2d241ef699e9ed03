import { tillApi } from '@bivak/contracts';
import type { ProblemCode, Tender } from '@bivak/domain';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { type Basket, changeBasket, emptyBasket, readBasket } from './basket.ts';
import { cancelCard, saleById, sell, TillProblem } from './data.ts';

const basketKey = 'bivak.basket';
const pendingKey = 'bivak.pending';
const shownKey = 'bivak.shown';
const retryMs = 700;

/**
 * Why there is no result yet: the till cannot be reached, it cannot write to its disk, or it does not know yet what became of
 * the sale.
 */
export type Trouble = 'lost' | 'unwritten' | 'unsure';

export type Phase =
  | { name: 'ringing-up' }
  /** The till works; in trouble the request is repeated under the same key. */
  | { name: 'paying'; sale: tillApi.NewSale; trouble: Trouble | null }
  | { name: 'done'; sale: tillApi.Sale };

/** A message to the cashier that stays until it is touched or the next sale is paid. */
export type Notice =
  | 'cancelled'
  | 'put-aside'
  | 'key-reused'
  | 'sale-too-long'
  | 'till-data-old'
  | 'not-taken'
  | { unknownBarcode: string }
  | 'scan-later';

/** What the cashier is told if the till refuses to make a sale at all. */
const refusals: Readonly<Partial<Record<ProblemCode, Notice>>> = {
  'sale-key-reused': 'key-reused',
  'sale-too-long': 'sale-too-long',
  'till-data-old': 'till-data-old',
};

const newKey = (): string => `screen-${crypto.randomUUID()}`;

/** The basket and the sale that is made of it. A lost response or a reload never makes a second sale: the key stays. */
export function useSelling() {
  const [basket, change] = useReducer(
    changeBasket,
    undefined,
    (): Basket => readBasket(localStorage.getItem(basketKey)) ?? emptyBasket(newKey()),
  );
  const [phase, setPhase] = useState<Phase>({ name: 'ringing-up' });
  const [notice, setNotice] = useState<Notice>();
  const pending = useRef<PendingSale>(undefined);
  const queries = useQueryClient();
  useEffect(() => localStorage.setItem(basketKey, JSON.stringify(basket)), [basket]);

  const end = useCallback(
    (sale: tillApi.Sale, wasCancelled: boolean): void => {
      // The bar would say for a second that all is sent.
      void queries.invalidateQueries({ queryKey: ['status'] });
      const isRefused = sale.outcome === 'refused';
      change({ do: isRefused ? 'again' : 'next', saleKey: newKey() });
      if (isRefused && wasCancelled && sale.reason === 'card-not-presented') {
        setNotice('cancelled');
        setPhase({ name: 'ringing-up' });
        return;
      }
      localStorage.setItem(shownKey, sale.saleId);
      setPhase({ name: 'done', sale });
    },
    [queries],
  );

  const submit = useCallback(
    async (sale: tillApi.NewSale): Promise<void> => {
      if (pending.current !== undefined) return;
      const started: PendingSale = { isOver: false, wasCancelled: false };
      pending.current = started;
      localStorage.setItem(pendingKey, JSON.stringify(sale));
      setNotice(undefined);
      const result = await sellUntilKnown(sale, started, (trouble) =>
        setPhase({ name: 'paying', sale, trouble }),
      );
      if (result === 'put-aside') return;
      pending.current = undefined;
      localStorage.removeItem(pendingKey);
      if (!(result instanceof TillProblem)) return end(result, started.wasCancelled);
      if (result.code === 'sale-key-reused') change({ do: 'again', saleKey: newKey() });
      setNotice((result.code === null ? undefined : refusals[result.code]) ?? 'not-taken');
      setPhase({ name: 'ringing-up' });
    },
    [end],
  );

  useEffect(() => {
    const stored = readPending(localStorage.getItem(pendingKey));
    if (stored !== undefined) return void submit(stored);
    const shown = localStorage.getItem(shownKey);
    // An outcome stays until it is touched, over a reload too.
    if (shown !== null)
      void saleById(shown).then(
        (sale) => setPhase((now) => (now.name === 'ringing-up' ? { name: 'done', sale } : now)),
        () => localStorage.removeItem(shownKey),
      );
  }, [submit]);

  const pay = (tender: Tender, isAnotherPurchase?: true): void => {
    if (basket.items.length === 0) return;
    localStorage.removeItem(shownKey);
    void submit(saleOf(basket, tender, isAnotherPurchase));
  };
  const next = (): void => {
    localStorage.removeItem(shownKey);
    setPhase({ name: 'ringing-up' });
  };
  const cancel = (): void => {
    if (pending.current !== undefined) pending.current.wasCancelled = true;
    void cancelCard().catch(() => {}); // a till that is gone shows as trouble
  };
  /** Stops waiting for a sale whose end the till does not know yet; it shows among the sales when the till does. */
  const putAside = (): void => {
    if (pending.current !== undefined) pending.current.isOver = true;
    pending.current = undefined;
    localStorage.removeItem(pendingKey);
    change({ do: 'next', saleKey: newKey() });
    setNotice('put-aside');
    setPhase({ name: 'ringing-up' });
  };
  return { basket, change, phase, pay, next, cancel, putAside, notice, setNotice };
}

function saleOf(
  { saleKey, items, phone }: Basket,
  tender: Tender,
  isAnotherPurchase?: true,
): tillApi.NewSale {
  const contact = phone === null ? {} : { contact: { phone } };
  const said = isAnotherPurchase === undefined ? {} : { isAnotherPurchase };
  return { saleKey, items: [...items], tender, ...contact, ...said };
}

interface PendingSale {
  isOver: boolean;
  wasCancelled: boolean;
}

/**
 * Requests a sale, under its one key, until the till knows what became of it or refuses to make it. Any 5xx may have come
 * after the sale was begun, so that only another request can tell.
 */
async function sellUntilKnown(
  newSale: tillApi.NewSale,
  pending: PendingSale,
  onTrouble: (trouble: Trouble | null) => void,
): Promise<tillApi.Sale | TillProblem | 'put-aside'> {
  onTrouble(null);
  while (!pending.isOver) {
    try {
      const sale = await sell(newSale);
      if (!pending.isOver) return sale;
    } catch (failure) {
      if (pending.isOver) break;
      if (failure instanceof TillProblem && failure.status < 500) return failure;
      onTrouble(troubleOf(failure));
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
  return 'put-aside';
}

function troubleOf(failure: unknown): Trouble {
  if (!(failure instanceof TillProblem)) return 'lost';
  return failure.code === 'data-not-written' ? 'unwritten' : 'unsure';
}

function readPending(text: string | null): tillApi.NewSale | undefined {
  try {
    return tillApi.newSale.safeParse(JSON.parse(text ?? 'null')).data;
  } catch {
    return undefined;
  }
}
