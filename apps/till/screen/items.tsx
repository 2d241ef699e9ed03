import type { tillApi } from '@bivak/contracts';
import { useRenderer } from '@bivak/screen';
import { type CSSProperties, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isFound } from './search.ts';

type Item = tillApi.Catalogue['items'][number];

interface Props {
  catalogue: tillApi.Catalogue;
  /** What is searched for. */
  query: string;
  onQuery: (query: string) => void;
  onAdd: (sku: string) => void;
}

/** Items as tiles, with categories and a search that is always there. */
export function Items(props: Props) {
  const { t } = useTranslation('till');
  const { money, localName } = useRenderer();
  const [category, setCategory] = useState<string>();
  const { query, onQuery } = props;
  const { categories, items, currency } = props.catalogue;
  const shown = items.filter((item) =>
    query === ''
      ? category === undefined || item.category === category
      : isFound([item.nameRu, item.nameEn, item.sku, item.barcode], query),
  );
  return (
    <section className="items" aria-label={t('items')}>
      <div className="finding">
        <Search {...props} only={shown.length === 1 ? shown[0] : undefined} />
        {[
          { id: undefined, name: t('all') },
          ...categories.map(({ id, ...name }) => ({ id, name: localName(name) })),
        ].map(({ id, name }) => (
          <button
            key={id ?? ''}
            type="button"
            className="category"
            aria-pressed={category === id && query === ''}
            onClick={() => {
              setCategory(id);
              onQuery('');
            }}
          >
            {name}
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
            style={{ '--item-color': item.color } as CSSProperties}
            data-testid={`tile-${item.sku}`}
            onClick={() => props.onAdd(item.sku)}
          >
            <span className="name">{localName({ ru: item.nameRu, en: item.nameEn })}</span>
            <span className="price">{money(item.priceMinor, currency)}</span>
          </button>
        ))}
      </div>
    </section>
  );
}

/** Enter takes the only item that is found. */
function Search({ query, onQuery, onAdd, only }: Props & { only: Item | undefined }) {
  const { t } = useTranslation('till');
  const onSubmit = (event: React.FormEvent): void => {
    event.preventDefault();
    if (only === undefined) return;
    onAdd(only.sku);
    onQuery('');
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
        value={query}
        onChange={(event) => onQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onQuery('');
        }}
      />
      {query !== '' && (
        <button
          type="button"
          className="plain"
          aria-label={t('searchClear')}
          onClick={() => onQuery('')}
          data-testid="search-clear"
        >
          ✕
        </button>
      )}
    </form>
  );
}
