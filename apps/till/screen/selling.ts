import type { tillApi } from '@bivak/contracts';
import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { type Basket, changeBasket, emptyBasket, readBasket } from './basket.ts';
import { sell, TillError } from './data.ts';

const basketKey = 'bivak.basket';
const pendingKey = 'bivak.pending';
const retryMs = 700;

export type Phase =
  | { name: 'ringing-up' }
  /** The till works; `isLost`: it cannot be reached just now and is asked again under the same key. */
  | { name: 'paying'; tender: 'card' | 'cash'; isLost: boolean }
  | { name: 'done'; sale: tillApi.Sale };

const newKey = (): string => `screen-${crypto.randomUUID()}`;

/** The basket and the sale that is made of it. A lost answer or a reload never makes a second sale: the key stays. */
export function useSelling() {
  const [basket, change] = useReducer(
    changeBasket,
    undefined,
    (): Basket => readBasket(localStorage.getItem(basketKey)) ?? emptyBasket(newKey()),
  );
  const [phase, setPhase] = useState<Phase>({ name: 'ringing-up' });
  const [error, setError] = useState<string>();
  const isAsking = useRef(false);
  useEffect(() => localStorage.setItem(basketKey, JSON.stringify(basket)), [basket]);

  const submit = useCallback(async (asked: tillApi.NewSale): Promise<void> => {
    if (isAsking.current) return;
    isAsking.current = true;
    localStorage.setItem(pendingKey, JSON.stringify(asked));
    setPhase({ name: 'paying', tender: asked.tender, isLost: false });
    try {
      for (;;) {
        try {
          const sale = await sell(asked);
          change({ do: 'next', saleKey: newKey() });
          setPhase({ name: 'done', sale });
          break;
        } catch (failure) {
          if (failure instanceof TillError) {
            setError(failure.message);
            setPhase({ name: 'ringing-up' });
            break;
          }
          setPhase({ name: 'paying', tender: asked.tender, isLost: true });
          await new Promise((resolve) => setTimeout(resolve, retryMs));
        }
      }
    } finally {
      localStorage.removeItem(pendingKey);
      isAsking.current = false;
    }
  }, []);

  useEffect(() => {
    const pending = localStorage.getItem(pendingKey);
    if (pending !== null) void submit(JSON.parse(pending) as tillApi.NewSale);
  }, [submit]);

  const pay = (tender: 'card' | 'cash'): void => {
    if (basket.lines.length === 0) return;
    const contact = basket.phone === null ? {} : { contact: { phone: basket.phone } };
    void submit({ saleKey: basket.saleKey, items: [...basket.lines], tender, ...contact });
  };
  return {
    basket,
    change,
    phase,
    pay,
    next: () => setPhase({ name: 'ringing-up' }),
    error,
    dismiss: () => setError(undefined),
    setError,
  };
}
