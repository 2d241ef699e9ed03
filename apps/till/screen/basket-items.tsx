import { useRenderer } from '@bivak/screen';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { BasketAction } from './basket.ts';

export interface ShownItem {
  sku: string;
  name: string;
  quantity: number;
  sumMinor: number;
  /** False if the catalogue has no such item any more. */
  isKnown: boolean;
}

interface Props {
  items: readonly ShownItem[];
  currency: string;
  onChange: (action: BasketAction) => void;
}

/** The items rung up; the one that has just changed is brought into view. */
export function BasketItems({ items, currency, onChange }: Props) {
  const { t } = useTranslation('till');
  const list = useRef<HTMLUListElement>(null);
  const before = useRef(new Map<string, number>());
  useEffect(() => {
    const changed = items.findLast(({ sku, quantity }) => before.current.get(sku) !== quantity);
    before.current = new Map(items.map(({ sku, quantity }) => [sku, quantity]));
    if (changed !== undefined)
      list.current?.children[items.indexOf(changed)]?.scrollIntoView({ block: 'nearest' });
  }, [items]);
  if (items.length === 0) return <p className="hint basket-items">{t('empty')}</p>;
  return (
    <ul className="basket-items" ref={list}>
      {items.map((item) => (
        <Item key={item.sku} item={item} currency={currency} onChange={onChange} />
      ))}
    </ul>
  );
}

function Item({ item, currency, onChange }: Omit<Props, 'items'> & { item: ShownItem }) {
  const { t } = useTranslation('till');
  const { money } = useRenderer();
  const { sku, name, quantity, sumMinor, isKnown } = item;
  return (
    <li data-testid={`basket-line-${sku}`}>
      <span className="name">{name}</span>
      {isKnown ? (
        <span className="sum">{money(sumMinor, currency)}</span>
      ) : (
        <strong className="warning">{t('itemGone')}</strong>
      )}
      <span className="stepper">
        <button
          type="button"
          aria-label={t(quantity === 1 ? 'remove' : 'less', { name })}
          onClick={() => onChange({ do: 'change', sku, by: -1 })}
        >
          −
        </button>
        <output>{quantity}</output>
        <button
          type="button"
          disabled={!isKnown}
          aria-label={t('more', { name })}
          onClick={() => onChange({ do: 'change', sku, by: 1 })}
        >
          +
        </button>
      </span>
    </li>
  );
}
