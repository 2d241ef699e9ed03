import type { tillApi } from '@bivak/contracts';
import { formatInstant, formatMoney, useLanguage } from '@bivak/screen';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSales } from '../data.ts';
import { ReceiptPreview } from '../receipt-preview.tsx';
import { kindOf, Shape } from '../shape.tsx';
import { Sheet, Waiting } from './sheet.tsx';

/** The sales made here, the newest first, each with its receipt or with why there is none. */
export function Sales(props: { timeZone: string | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const { data, isError } = useSales();
  const [opened, setOpened] = useState<string>();
  const sales = data?.items ?? [];
  const sale = sales.find(({ saleId }) => saleId === opened) ?? sales[0];
  return (
    <Sheet title={t('menu.sales')} onClose={props.onClose}>
      {data === undefined ? (
        <Waiting isSilent={isError} />
      ) : sale === undefined ? (
        <p className="hint">{t('sales.none')}</p>
      ) : (
        <div className="side-by-side">
          <ul className="sale-list scrolled">
            {sales.map((one) => (
              <li key={one.saleId}>
                <SaleButton
                  sale={one}
                  timeZone={props.timeZone}
                  isOpened={one === sale}
                  onOpen={() => setOpened(one.saleId)}
                />
              </li>
            ))}
          </ul>
          <Opened key={sale.saleId} sale={sale} />
        </div>
      )}
    </Sheet>
  );
}

function Opened({ sale }: { sale: tillApi.Sale }) {
  const language = useLanguage();
  if (sale.receipt !== null) return <ReceiptPreview receipt={sale.receipt} saleId={sale.saleId} />;
  const words = sale.words?.[language];
  return (
    <div className="no-receipt" data-testid="no-receipt">
      <Shape kind="refused" size={96} />
      <p className="big">{words?.reason}</p>
      <p className="big advice">{words?.advice}</p>
    </div>
  );
}

function SaleButton(props: {
  sale: tillApi.Sale;
  timeZone: string | undefined;
  isOpened: boolean;
  onOpen: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { sale } = props;
  const isRefused = sale.outcome === 'refused';
  const paid = sale.card === null ? t(sale.tender) : `${t('card')} ··${sale.card.maskedPan.slice(-4)}`;
  const state = isRefused ? t('sales.refused') : t(`sales.state.${sale.hostState}`);
  return (
    <button
      type="button"
      className="sale"
      aria-pressed={props.isOpened}
      onClick={props.onOpen}
      data-testid={`sale-${sale.saleId}`}
    >
      <Shape kind={kindOf(sale)} size={36} />
      <span className="figures">{formatInstant(language, sale.soldAt, { timeZone: props.timeZone })}</span>
      <span className="sum">{formatMoney(language, sale.totalMinor, sale.currency)}</span>
      <span className="quiet">{paid}</span>
      <span className="quiet state">{sale.tender === 'cash' && !isRefused ? '' : state}</span>
    </button>
  );
}
