import { formatMoney, useLanguage } from '@bivak/screen';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { BasketAction } from './basket.ts';

export interface BasketLine {
  sku: string;
  name: string;
  quantity: number;
  sumMinor: number;
  /** False where the catalogue has no such good any more. */
  isKnown: boolean;
}

interface Props {
  lines: readonly BasketLine[];
  currency: string;
  onChange: (action: BasketAction) => void;
}

/** The goods rung up; the one that has just changed is brought into view. */
export function BasketLines({ lines, currency, onChange }: Props) {
  const { t } = useTranslation();
  const list = useRef<HTMLUListElement>(null);
  const before = useRef(new Map<string, number>());
  useEffect(() => {
    const changed = lines.findLast(({ sku, quantity }) => before.current.get(sku) !== quantity);
    before.current = new Map(lines.map(({ sku, quantity }) => [sku, quantity]));
    if (changed !== undefined)
      list.current?.children[lines.indexOf(changed)]?.scrollIntoView({ block: 'nearest' });
  }, [lines]);
  if (lines.length === 0) return <p className="hint lines">{t('empty')}</p>;
  return (
    <ul className="lines" ref={list}>
      {lines.map((line) => (
        <Line key={line.sku} line={line} currency={currency} onChange={onChange} />
      ))}
    </ul>
  );
}

function Line({ line, currency, onChange }: Omit<Props, 'lines'> & { line: BasketLine }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { sku, name, quantity } = line;
  return (
    <li data-testid={`basket-line-${sku}`}>
      <span className="name">{name}</span>
      {line.isKnown ? (
        <span className="sum">{formatMoney(language, line.sumMinor, currency)}</span>
      ) : (
        <strong className="warning">{t('goodGone')}</strong>
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
          disabled={!line.isKnown}
          aria-label={t('more', { name })}
          onClick={() => onChange({ do: 'change', sku, by: 1 })}
        >
          +
        </button>
      </span>
    </li>
  );
}
