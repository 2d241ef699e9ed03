import type { tillApi } from '@bivak/contracts';
import { formatMoney, useLanguage } from '@bivak/screen';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

type Item = tillApi.Catalogue['items'][number];

/** Goods as tiles, with categories and a search that is always there. */
export function Goods(props: { catalogue: tillApi.Catalogue; onAdd: (sku: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [category, setCategory] = useState<string>();
  const [words, setWords] = useState('');
  const { categories, items, currency } = props.catalogue;
  const shown = items.filter((item) =>
    words === '' ? category === undefined || item.category === category : isFound(item, words),
  );
  const nameOf = (item: Item): string => (language === 'ru' ? item.nameRu : item.nameEn);
  const onSubmit = (event: React.FormEvent): void => {
    event.preventDefault();
    if (shown.length !== 1) return;
    props.onAdd(shown[0]!.sku);
    setWords('');
  };
  return (
    <section className="goods" aria-label={t('search')}>
      <form onSubmit={onSubmit} className="search">
        <input
          type="search"
          data-testid="search"
          aria-label={t('search')}
          placeholder={t('search')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          ref={(input) => input?.addEventListener('scanned', () => setWords(''))}
        />
      </form>
      <div className="categories">
        {[{ id: undefined, ru: t('all'), en: t('all') }, ...categories].map((one) => (
          <button
            key={one.id ?? ''}
            type="button"
            className="category"
            aria-pressed={category === one.id && words === ''}
            onClick={() => {
              setCategory(one.id);
              setWords('');
            }}
          >
            {one[language]}
          </button>
        ))}
      </div>
      {shown.length === 0 && <p className="hint">{t('nothingFound')}</p>}
      <div className="tiles">
        {shown.map((item) => (
          <button
            key={item.sku}
            type="button"
            className="tile"
            style={{ borderTopColor: item.color }}
            data-testid={`tile-${item.sku}`}
            onClick={() => props.onAdd(item.sku)}
          >
            <span className="name">{nameOf(item)}</span>
            <span className="price">{formatMoney(language, item.priceMinor, currency)}</span>
          </button>
        ))}
      </div>
    </section>
  );
}

/** Every word has to be somewhere in the names, the SKU or the barcode. */
function isFound(item: Item, words: string): boolean {
  const text = `${item.nameRu} ${item.nameEn} ${item.sku} ${item.barcode}`.toLocaleLowerCase();
  return words
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
