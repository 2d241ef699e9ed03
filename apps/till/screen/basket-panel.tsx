import type { tillApi } from '@bivak/contracts';
import type { Tender } from '@bivak/domain';
import type { Renderer } from '@bivak/messages';
import { useRenderer } from '@bivak/screen';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Basket, BasketAction } from './basket.ts';
import { BasketItems, type ShownItem } from './basket-items.tsx';
import { showPhone } from './phone.ts';

interface Props {
  catalogue: tillApi.Catalogue;
  basket: Basket;
  onChange: (action: BasketAction) => void;
  onPay: (tender: Tender) => void;
  onPhone: () => void;
}

/** What is being sold, the total, and the two ways to pay. On an upright screen the items slide up from the total. */
export function BasketPanel(props: Props) {
  const { t } = useTranslation('till');
  const renderer = useRenderer();
  const [isOpen, setOpen] = useState(false);
  const { basket, catalogue } = props;
  const items = shownItems(basket, catalogue, renderer);
  const totalMinor = items.reduce((sum, { sumMinor }) => sum + sumMinor, 0);
  const pieces = items.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <section className={isOpen ? 'basket open' : 'basket'} aria-label={t('basket')}>
      <BasketItems items={items} currency={catalogue.currency} onChange={props.onChange} />
      <BasketTools {...props} />
      <div className="total">
        <span className="label">
          <span>{t('total')}</span>
          {pieces > 0 && <span className="quiet">{t('pieces', { count: pieces })}</span>}
        </span>
        <span className="sum" data-testid="total">
          {renderer.money(totalMinor, catalogue.currency)}
        </span>
        <button
          type="button"
          className="unfold"
          aria-expanded={isOpen}
          aria-label={t('basket')}
          onClick={() => setOpen(!isOpen)}
          data-testid="unfold"
        >
          <svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true">
            <path d={isOpen ? 'M4 9 L12 17 L20 9' : 'M4 15 L12 7 L20 15'} />
          </svg>
        </button>
      </div>
      <Pay isPossible={items.length > 0 && items.every(({ isKnown }) => isKnown)} onPay={props.onPay} />
    </section>
  );
}

function shownItems(basket: Basket, catalogue: tillApi.Catalogue, { localName }: Renderer): ShownItem[] {
  const known = new Map(catalogue.items.map((item) => [item.sku, item]));
  return basket.items.map(({ sku, quantity }) => {
    const item = known.get(sku);
    // An item that has left the catalogue since it was rung up is shown, so that it can be taken out.
    if (item === undefined) return { sku, quantity, name: sku, sumMinor: 0, isKnown: false };
    const name = localName({ ru: item.nameRu, en: item.nameEn });
    return { sku, quantity, name, sumMinor: item.priceMinor * quantity, isKnown: true };
  });
}

function BasketTools({ basket, onChange, onPhone }: Props) {
  const { t } = useTranslation('till');
  return (
    <div className="basket-tools">
      <button type="button" onClick={onPhone} data-testid="phone">
        {basket.phone === null ? t('phoneAdd') : showPhone(basket.phone)}
      </button>
      <button
        type="button"
        disabled={basket.before === null}
        onClick={() => onChange({ do: 'undo' })}
        data-testid="undo"
      >
        {t('undo')}
      </button>
      <button
        type="button"
        disabled={basket.items.length === 0}
        onClick={() => onChange({ do: 'clear' })}
        data-testid="clear"
      >
        {t('clear')}
      </button>
    </div>
  );
}

function Pay({ isPossible, onPay }: { isPossible: boolean; onPay: Props['onPay'] }) {
  const { t } = useTranslation('till');
  return (
    <div className="pay">
      <button
        type="button"
        className="primary"
        disabled={!isPossible}
        onClick={() => onPay('card')}
        data-testid="pay-card"
      >
        {t('card')}
      </button>
      <button
        type="button"
        className="secondary"
        disabled={!isPossible}
        onClick={() => onPay('cash')}
        data-testid="pay-cash"
      >
        {t('cash')}
      </button>
    </div>
  );
}
