import type { tillApi } from '@bivak/contracts';
import { formatMoney, useLanguage } from '@bivak/screen';
import { type CSSProperties, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isFound } from './search.ts';

type Item = tillApi.Catalogue['items'][number];

interface Props {
  catalogue: tillApi.Catalogue;
  /** What is searched for. */
  words: string;
  onWords: (words: string) => void;
  onAdd: (sku: string) => void;
}

/** Goods as tiles, with categories and a search that is always there. */
export function Goods(props: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [category, setCategory] = useState<string>();
  const { words, onWords } = props;
  const { categories, items, currency } = props.catalogue;
  const shown = items.filter((item) =>
    words === ''
      ? category === undefined || item.category === category
      : isFound([item.nameRu, item.nameEn, item.sku, item.barcode], words),
  );
  return (
    <section className="goods" aria-label={t('goods')}>
      <div className="finding">
        <Search {...props} only={shown.length === 1 ? shown[0] : undefined} />
        {[{ id: undefined, ru: t('all'), en: t('all') }, ...categories].map((one) => (
          <button
            key={one.id ?? ''}
            type="button"
            className="category"
            aria-pressed={category === one.id && words === ''}
            onClick={() => {
              setCategory(one.id);
              onWords('');
            }}
          >
            {one[language]}
          </button>
        ))}
      </div>
      {shown.length === 0 && (
        <p className="hint" role="status">
          {t('nothingFound')}
        </p>
      )}
      <div className="tiles">
        {shown.map((item) => (
          <button
            key={item.sku}
            type="button"
            className="tile"
            style={{ '--good': item.color } as CSSProperties}
            data-testid={`tile-${item.sku}`}
            onClick={() => props.onAdd(item.sku)}
          >
            <span className="name">{language === 'ru' ? item.nameRu : item.nameEn}</span>
            <span className="price">{formatMoney(language, item.priceMinor, currency)}</span>
          </button>
        ))}
      </div>
    </section>
  );
}

/** Enter takes the only good that is found. */
function Search({ words, onWords, onAdd, only }: Props & { only: Item | undefined }) {
  const { t } = useTranslation();
  const onSubmit = (event: React.FormEvent): void => {
    event.preventDefault();
    if (only === undefined) return;
    onAdd(only.sku);
    onWords('');
  };
  return (
    <form onSubmit={onSubmit} className="search">
      <input
        type="text"
        inputMode="search"
        autoComplete="off"
        enterKeyHint="done"
        data-testid="search"
        aria-label={t('search')}
        placeholder={t('search')}
        value={words}
        onChange={(event) => onWords(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onWords('');
        }}
      />
      {words !== '' && (
        <button
          type="button"
          className="plain"
          aria-label={t('searchClear')}
          onClick={() => onWords('')}
          data-testid="search-clear"
        >
          ✕
        </button>
      )}
    </form>
  );
}
