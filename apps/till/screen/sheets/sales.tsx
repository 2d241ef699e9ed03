import type { tillApi } from '@bivak/contracts';
import { useRenderer } from '@bivak/screen';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSales } from '../data.ts';
import { ReceiptPreview } from '../receipt-preview.tsx';
import { kindOf, Shape } from '../shape.tsx';
import { Sheet, Waiting } from './sheet.tsx';

/** The sales made here, the newest first, each with its receipt or with why there is none. */
export function Sales(props: { timeZone: string | undefined; onClose: () => void }) {
  const { t } = useTranslation('till');
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
            {sales.map((listed) => (
              <li key={listed.saleId}>
                <SaleButton
                  sale={listed}
                  timeZone={props.timeZone}
                  isOpened={listed === sale}
                  onOpen={() => setOpened(listed.saleId)}
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
  const { refusal } = useRenderer();
  if (sale.receipt !== null) return <ReceiptPreview receipt={sale.receipt} saleId={sale.saleId} />;
  const text = sale.reason === null ? undefined : refusal(sale.reason);
  return (
    <div className="no-receipt" data-testid="no-receipt">
      <Shape kind="refused" size={96} />
      <p className="big">{text?.reason}</p>
      <p className="big advice">{text?.advice}</p>
    </div>
  );
}

function SaleButton(props: {
  sale: tillApi.Sale;
  timeZone: string | undefined;
  isOpened: boolean;
  onOpen: () => void;
}) {
  const { t } = useTranslation('till');
  const { money, instant } = useRenderer({ timeZone: props.timeZone });
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
      <span className="figures">{instant(sale.soldAt)}</span>
      <span className="sum">{money(sale.totalMinor, sale.currency)}</span>
      <span className="quiet">{paid}</span>
      <span className="quiet state">{sale.tender === 'cash' && !isRefused ? '' : state}</span>
    </button>
  );
}
