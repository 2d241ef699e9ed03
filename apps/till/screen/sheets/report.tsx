import type { tillApi } from '@bivak/contracts';
import { useRenderer } from '@bivak/screen';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { printReport, useReport } from '../data.ts';
import { PrintButton } from '../print-button.tsx';
import { ReceiptPreview } from '../receipt-preview.tsx';
import { Sheet, Waiting } from './sheet.tsx';

/** Sales by item: a table to read and the report as it is printed. Needs no link. */
export function Report(props: { catalogue: tillApi.Catalogue; onClose: () => void }) {
  const { t } = useTranslation('till');
  const [shift, setShift] = useState<'current' | 'all'>('current');
  const { data: report, isError } = useReport(shift);
  const tools = (
    <>
      <button
        type="button"
        className="secondary"
        onClick={() => setShift(shift === 'current' ? 'all' : 'current')}
      >
        {t(shift === 'current' ? 'report.all' : 'report.current')}
      </button>
      <PrintButton
        key={shift}
        text={t('report.print')}
        printedText={t('report.printed')}
        print={() => printReport(shift)}
      />
    </>
  );
  return (
    <Sheet title={`${t('menu.report')}: ${t(`report.${shift}`)}`} onClose={props.onClose} tools={tools}>
      {report === undefined ? (
        <Waiting isSilent={isError} />
      ) : report.rows.length === 0 ? (
        <p className="hint">{t('report.none')}</p>
      ) : (
        <div className="side-by-side">
          <Rows report={report} catalogue={props.catalogue} />
          <ReceiptPreview receipt={report.print} />
        </div>
      )}
    </Sheet>
  );
}

function Rows({ report, catalogue }: { report: tillApi.ItemReport; catalogue: tillApi.Catalogue }) {
  const { t } = useTranslation('till');
  const { money, localName } = useRenderer({ currency: catalogue.currency });
  const names = new Map(
    catalogue.items.map(({ sku, nameRu, nameEn }) => [sku, localName({ ru: nameRu, en: nameEn })]),
  );
  /** The receipts are in Russian; here the item is named in the cashier’s language, if it is still sold. */
  const nameOf = ({ sku, name }: tillApi.ItemReport['rows'][number]): string => names.get(sku) ?? name;
  return (
    <div className="scrolled">
      <table>
        <thead>
          <tr>
            <th>{t('report.item')}</th>
            <th>{t('report.quantity')}</th>
            <th>{t('report.card')}</th>
            <th>{t('report.cash')}</th>
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => (
            <tr key={`${row.sku} ${row.vatRate}`}>
              <td>{nameOf(row)}</td>
              <td>{row.cardQuantity + row.cashQuantity}</td>
              <td>{money(row.cardSumMinor)}</td>
              <td>{money(row.cashSumMinor)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td>{t('total')}</td>
            <td>{report.rows.reduce((sum, row) => sum + row.cardQuantity + row.cashQuantity, 0)}</td>
            <td>{money(report.totals.cardMinor)}</td>
            <td>{money(report.totals.cashMinor)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
