import type { tillApi } from '@bivak/contracts';
import { formatMoney, useLanguage } from '@bivak/screen';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { printReport, useReport } from '../data.ts';
import { PrintButton } from '../print-button.tsx';
import { ReceiptPreview } from '../receipt-preview.tsx';
import { Sheet, Waiting } from './sheet.tsx';

/** Sales by item: a table to read and the report as it is printed. Needs no link. */
export function Report(props: { catalogue: tillApi.Catalogue; onClose: () => void }) {
  const { t } = useTranslation();
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
        words={t('report.print')}
        printedWords={t('report.printed')}
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
  const { t } = useTranslation();
  const language = useLanguage();
  const money = (minor: number): string => formatMoney(language, minor, catalogue.currency);
  /** The receipts are in Russian; here the good is named in the cashier’s language. */
  const nameOf = (row: tillApi.ItemReport['rows'][number]): string =>
    (language === 'en' && catalogue.items.find(({ sku }) => sku === row.sku)?.nameEn) || row.name;
  return (
    <div className="scrolled">
      <table>
        <thead>
          <tr>
            <th>{t('report.goods')}</th>
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
