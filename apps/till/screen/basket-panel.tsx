import type { tillApi } from '@bivak/contracts';
import { formatMoney, useLanguage } from '@bivak/screen';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Basket, BasketAction } from './basket.ts';

interface Props {
  catalogue: tillApi.Catalogue;
  basket: Basket;
  onChange: (action: BasketAction) => void;
  onPay: (tender: 'card' | 'cash') => void;
  onPhone: () => void;
}

/** What is being sold, the total, and the two ways to pay. On an upright screen the lines slide up from the total. */
export function BasketPanel(props: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [isOpen, setOpen] = useState(false);
  const { basket, catalogue } = props;
  const priceOf = new Map(catalogue.items.map((item) => [item.sku, item]));
  const lines = basket.lines.flatMap((line) => {
    const item = priceOf.get(line.sku);
    return item === undefined
      ? []
      : [
          {
            ...line,
            name: language === 'ru' ? item.nameRu : item.nameEn,
            sumMinor: item.priceMinor * line.quantity,
          },
        ];
  });
  const totalMinor = lines.reduce((sum, line) => sum + line.sumMinor, 0);
  const isEmpty = lines.length === 0;
  return (
    <section className={isOpen ? 'basket open' : 'basket'} aria-label={t('basket')}>
      <Lines lines={lines} currency={catalogue.currency} onChange={props.onChange} />
      <div className="basket-tools">
        <button
          type="button"
          className="plain"
          disabled={basket.before === null}
          onClick={() => props.onChange({ do: 'undo' })}
          data-testid="undo"
        >
          {t('undo')}
        </button>
        <button
          type="button"
          className="plain"
          disabled={isEmpty}
          onClick={() => props.onChange({ do: 'clear' })}
          data-testid="clear"
        >
          {t('clear')}
        </button>
        <button type="button" className="plain" onClick={props.onPhone} data-testid="phone">
          {basket.phone ?? t('phoneAdd')}
        </button>
      </div>
      <button type="button" className="total" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span>{t('total')}</span>
        <span className="sum" data-testid="total">
          {formatMoney(language, totalMinor, catalogue.currency)}
        </span>
      </button>
      <div className="pay">
        <button
          type="button"
          className="primary"
          disabled={isEmpty}
          onClick={() => props.onPay('card')}
          data-testid="pay-card"
        >
          {t('card')}
        </button>
        <button
          type="button"
          className="secondary"
          disabled={isEmpty}
          onClick={() => props.onPay('cash')}
          data-testid="pay-cash"
        >
          {t('cash')}
        </button>
      </div>
    </section>
  );
}

function Lines(props: {
  lines: readonly { sku: string; name: string; quantity: number; sumMinor: number }[];
  currency: string;
  onChange: (action: BasketAction) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (props.lines.length === 0) return <p className="hint lines">{t('empty')}</p>;
  return (
    <ul className="lines">
      {props.lines.map(({ sku, name, quantity, sumMinor }) => (
        <li key={sku} data-testid={`basket-line-${sku}`}>
          <span className="name">{name}</span>
          <span className="stepper">
            <button
              type="button"
              aria-label={t(quantity === 1 ? 'remove' : 'less', { name })}
              onClick={() => props.onChange({ do: 'change', sku, by: -1 })}
            >
              −
            </button>
            <output>{quantity}</output>
            <button
              type="button"
              aria-label={t('more', { name })}
              onClick={() => props.onChange({ do: 'change', sku, by: 1 })}
            >
              +
            </button>
          </span>
          <span className="sum">{formatMoney(language, sumMinor, props.currency)}</span>
        </li>
      ))}
    </ul>
  );
}
