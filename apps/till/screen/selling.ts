import { tillApi } from '@bivak/contracts';
import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { type Basket, changeBasket, emptyBasket, readBasket } from './basket.ts';
import { cancelCard, saleById, sell, TillError } from './data.ts';

const basketKey = 'bivak.basket';
const pendingKey = 'bivak.pending';
const shownKey = 'bivak.shown';
const retryMs = 700;

/**
 * Why the answer is late: the till cannot be reached, it cannot write down what it does, or it does not know yet what became
 * of the sale.
 */
export type Trouble = 'lost' | 'unwritten' | 'unsure';

export type Phase =
  | { name: 'ringing-up' }
  /** The till works; in trouble it is asked again under the same key. */
  | { name: 'paying'; sale: tillApi.NewSale; trouble: Trouble | null }
  | { name: 'done'; sale: tillApi.Sale };

/** A word to the cashier that stays until it is touched or the next sale is paid. */
export type Notice =
  | 'cancelled'
  | 'put-aside'
  | 'key-reused'
  | 'sale-too-long'
  | 'till-data-old'
  | 'not-taken'
  | { unknownBarcode: string }
  | 'scan-later';

/** What is said where the till refuses to make a sale at all, by the code of its problem. */
const refusals: Readonly<Record<string, Notice>> = {
  'sale-key-reused': 'key-reused',
  'sale-too-long': 'sale-too-long',
  'till-data-old': 'till-data-old',
};

const newKey = (): string => `screen-${crypto.randomUUID()}`;

/** The basket and the sale that is made of it. A lost answer or a reload never makes a second sale: the key stays. */
export function useSelling() {
  const [basket, change] = useReducer(
    changeBasket,
    undefined,
    (): Basket => readBasket(localStorage.getItem(basketKey)) ?? emptyBasket(newKey()),
  );
  const [phase, setPhase] = useState<Phase>({ name: 'ringing-up' });
  const [notice, setNotice] = useState<Notice>();
  const asking = useRef<Asking>(undefined);
  useEffect(() => localStorage.setItem(basketKey, JSON.stringify(basket)), [basket]);

  const end = useCallback((sale: tillApi.Sale, wasCancelled: boolean): void => {
    const isRefused = sale.outcome === 'refused';
    change({ do: isRefused ? 'again' : 'next', saleKey: newKey() });
    if (isRefused && wasCancelled && sale.reason === 'card-not-presented') {
      setNotice('cancelled');
      setPhase({ name: 'ringing-up' });
      return;
    }
    localStorage.setItem(shownKey, sale.saleId);
    setPhase({ name: 'done', sale });
  }, []);

  const submit = useCallback(
    async (asked: tillApi.NewSale): Promise<void> => {
      if (asking.current !== undefined) return;
      const own: Asking = { isOver: false, wasCancelled: false };
      asking.current = own;
      localStorage.setItem(pendingKey, JSON.stringify(asked));
      setNotice(undefined);
      const answer = await askUntilAnswered(asked, own, (trouble) =>
        setPhase({ name: 'paying', sale: asked, trouble }),
      );
      if (answer === 'put-aside') return;
      asking.current = undefined;
      localStorage.removeItem(pendingKey);
      if (!(answer instanceof TillError)) return end(answer, own.wasCancelled);
      if (answer.code === 'sale-key-reused') change({ do: 'again', saleKey: newKey() });
      setNotice(refusals[answer.code] ?? 'not-taken');
      setPhase({ name: 'ringing-up' });
    },
    [end],
  );

  useEffect(() => {
    const pending = readPending(localStorage.getItem(pendingKey));
    if (pending !== undefined) return void submit(pending);
    const shown = localStorage.getItem(shownKey);
    // An outcome stays until it is touched, over a reload too.
    if (shown !== null)
      void saleById(shown).then(
        (sale) => setPhase((now) => (now.name === 'ringing-up' ? { name: 'done', sale } : now)),
        () => localStorage.removeItem(shownKey),
      );
  }, [submit]);

  const pay = (tender: 'card' | 'cash'): void => {
    if (basket.lines.length === 0) return;
    localStorage.removeItem(shownKey);
    const contact = basket.phone === null ? {} : { contact: { phone: basket.phone } };
    void submit({ saleKey: basket.saleKey, items: [...basket.lines], tender, ...contact });
  };
  const next = (): void => {
    localStorage.removeItem(shownKey);
    setPhase({ name: 'ringing-up' });
  };
  const cancel = (): void => {
    if (asking.current !== undefined) asking.current.wasCancelled = true;
    void cancelCard().catch(() => {}); // a till that is gone shows as trouble
  };
  /** Stops asking for a sale whose end the till does not know yet; it shows among the sales when the till does. */
  const putAside = (): void => {
    if (asking.current !== undefined) asking.current.isOver = true;
    asking.current = undefined;
    localStorage.removeItem(pendingKey);
    change({ do: 'next', saleKey: newKey() });
    setNotice('put-aside');
    setPhase({ name: 'ringing-up' });
  };
  return { basket, change, phase, pay, next, cancel, putAside, notice, setNotice };
}

interface Asking {
  isOver: boolean;
  wasCancelled: boolean;
}

/**
 * Asks for a sale, under its one key, until the till says what became of it or refuses to make it. Any 5xx may have come
 * after the sale was begun, so that only another ask can tell.
 */
async function askUntilAnswered(
  asked: tillApi.NewSale,
  own: Asking,
  onTrouble: (trouble: Trouble | null) => void,
): Promise<tillApi.Sale | TillError | 'put-aside'> {
  onTrouble(null);
  while (!own.isOver) {
    try {
      const sale = await sell(asked);
      if (!own.isOver) return sale;
    } catch (failure) {
      if (own.isOver) break;
      if (failure instanceof TillError && failure.status < 500) return failure;
      onTrouble(troubleOf(failure));
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
  return 'put-aside';
}

function troubleOf(failure: unknown): Trouble {
  if (!(failure instanceof TillError)) return 'lost';
  return failure.code === 'data-not-written' ? 'unwritten' : 'unsure';
}

function readPending(text: string | null): tillApi.NewSale | undefined {
  try {
    return tillApi.newSale.safeParse(JSON.parse(text ?? 'null')).data;
  } catch {
    return undefined;
  }
}
