import { formatMoney, useLanguage } from '@bivak/screen';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { printReport, useReport } from '../data.ts';
import { ReceiptPreview } from '../outcome.tsx';
import { Sheet } from './sheet.tsx';

/** Sales by item: a table to read and the report as it is printed. Needs no link. */
export function Report(props: { currency: string; onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [shift, setShift] = useState<'current' | 'all'>('current');
  const [isPrinted, setPrinted] = useState(false);
  const { data: report } = useReport(shift);
  const money = (minor: number): string => formatMoney(language, minor, props.currency);
  const tools = (
    <>
      <button
        type="button"
        className="secondary"
        onClick={() => setShift(shift === 'current' ? 'all' : 'current')}
      >
        {t(shift === 'current' ? 'report.all' : 'report.current')}
      </button>
      <button
        type="button"
        className="secondary"
        disabled={isPrinted}
        onClick={() =>
          void printReport(shift).then(
            () => setPrinted(true),
            () => {},
          )
        }
      >
        {t(isPrinted ? 'report.printed' : 'report.print')}
      </button>
    </>
  );
  return (
    <Sheet title={`${t('menu.report')}: ${t(`report.${shift}`)}`} onClose={props.onClose} tools={tools}>
      {report !== undefined && report.rows.length === 0 && <p className="hint">{t('report.none')}</p>}
      {report !== undefined && report.rows.length > 0 && (
        <div className="side-by-side">
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
                <tr key={row.sku}>
                  <td>{row.name}</td>
                  <td>{row.cardQuantity + row.cashQuantity}</td>
                  <td>{money(row.cardSumMinor)}</td>
                  <td>{money(row.cashSumMinor)}</td>
                </tr>
              ))}
              <tr className="sums">
                <td>{t('total')}</td>
                <td>{report.rows.reduce((sum, row) => sum + row.cardQuantity + row.cashQuantity, 0)}</td>
                <td>{money(report.totals.cardMinor)}</td>
                <td>{money(report.totals.cashMinor)}</td>
              </tr>
            </tbody>
          </table>
          <ReceiptPreview receipt={report.print} />
        </div>
      )}
    </Sheet>
  );
}
