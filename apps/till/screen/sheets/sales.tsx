import type { tillApi } from '@bivak/contracts';
import { formatInstant, formatMoney, useLanguage } from '@bivak/screen';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSales } from '../data.ts';
import { ReceiptPreview } from '../outcome.tsx';
import { Sheet } from './sheet.tsx';

/** The sales made here, the newest first, each with its receipt. */
export function Sales(props: { onClose: () => void }) {
  const { t } = useTranslation();
  const { data } = useSales();
  const [opened, setOpened] = useState<string>();
  const sales = (data?.items ?? []).toSorted((a, b) => b.soldAt.localeCompare(a.soldAt));
  const sale = sales.find(({ saleId }) => saleId === opened);
  return (
    <Sheet title={t('menu.sales')} onClose={props.onClose}>
      {data !== undefined && sales.length === 0 && <p className="hint">{t('sales.none')}</p>}
      <div className="side-by-side">
        <ul className="sale-list">
          {sales.map((one) => (
            <li key={one.saleId}>
              <SaleButton sale={one} isOpened={one.saleId === opened} onOpen={() => setOpened(one.saleId)} />
            </li>
          ))}
        </ul>
        {sale?.receipt != null && (
          <ReceiptPreview key={sale.saleId} receipt={sale.receipt} saleId={sale.saleId} />
        )}
      </div>
    </Sheet>
  );
}

function SaleButton({
  sale,
  isOpened,
  onOpen,
}: {
  sale: tillApi.Sale;
  isOpened: boolean;
  onOpen: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const state = sale.outcome === 'refused' ? t('sales.refused') : t(`sales.state.${sale.hostState}`);
  return (
    <button
      type="button"
      className="sale"
      aria-pressed={isOpened}
      onClick={onOpen}
      data-testid={`sale-${sale.saleId}`}
    >
      <span>{formatInstant(language, sale.soldAt)}</span>
      <span>{sale.card === null ? t('cash') : `${t('card')} ··${sale.card.maskedPan.slice(-4)}`}</span>
      <span className="sum">{formatMoney(language, sale.totalMinor, sale.currency)}</span>
      <span>{state}</span>
    </button>
  );
}
