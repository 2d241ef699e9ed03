import type { tillApi } from '@bivak/contracts';
import type { Tender } from '@bivak/domain';
import type { Translate } from '@bivak/messages';
import { all, type Journal, quoted } from '../journal/index.ts';
import { centred, leftRight, localTime, paper, rule, sum, vatName } from '../receipt/index.ts';

export interface ReportOptions {
  journal: Journal;
  merchant: { name: string };
  place: string;
  timeZone: string;
  currency: string;
  /** Says it in the language in which the till prints. */
  t: Translate;
}

/** Sales by item of one shift, or of all: from this till's own projections, so that no link is needed. */
export function itemReport(options: ReportOptions, shift: number | 'all', nowMs: number): tillApi.ItemReport {
  const { database, tillId } = options.journal;
  const where = shift === 'all' ? '' : 'WHERE shift = ?';
  const values = shift === 'all' ? [] : [shift];
  const split = (column: string, name: string): string =>
    `sum(CASE WHEN tender = ${quoted<Tender>('card')} THEN ${column} ELSE 0 END) AS card${name},
     sum(CASE WHEN tender = ${quoted<Tender>('cash')} THEN ${column} ELSE 0 END) AS cash${name}`;
  const rows = all<tillApi.ItemReport['rows'][number]>(
    database.prepare(
      `SELECT sku, max(name) AS name, vat_rate AS vatRate, ${split('quantity', 'Quantity')}, ${split('sum_minor', 'SumMinor')}
       FROM item_total ${where} GROUP BY sku, vat_rate ORDER BY sku, vat_rate`,
    ),
    ...values,
  );
  const vat = all<tillApi.ItemReport['vat'][number]>(
    database.prepare(
      `SELECT vat_rate AS vatRate, ${split('sum_minor', 'SumMinor')}, sum(vat_minor) AS vatMinor
       FROM vat_total ${where} GROUP BY vat_rate ORDER BY vat_rate`,
    ),
    ...values,
  );
  const [totals] = all<{
    cardSales: number;
    cashSales: number;
    cardMinor: number;
    cashMinor: number;
    from: string | null;
  }>(
    database.prepare(
      `SELECT ${split('sales', 'Sales')}, ${split('sum_minor', 'Minor')}, min(first_at) AS "from" FROM sales_total ${where}`,
    ),
    ...values,
  );
  const { from, ...sums } = totals!;
  const [cardSales, cashSales, cardMinor, cashMinor] = [
    sums.cardSales ?? 0,
    sums.cashSales ?? 0,
    sums.cardMinor ?? 0,
    sums.cashMinor ?? 0,
  ];
  const report = {
    tillId,
    from,
    to: new Date(nowMs).toISOString(),
    currency: options.currency,
    rows: rows.map((row) => ({ ...row })),
    vat: vat.map((row) => ({ ...row })),
    totals: {
      sales: cardSales + cashSales,
      cardSales,
      cashSales,
      cardMinor,
      cashMinor,
      sumMinor: cardMinor + cashMinor,
    },
  };
  return { ...report, print: printed(report, options) };
}

type Figures = Omit<tillApi.ItemReport, 'print'>;

/** The report as it is printed. */
function printed(report: Figures, { merchant, place, timeZone, t }: ReportOptions): tillApi.Receipt {
  const { totals } = report;
  const time = (instant: string): string => localTime(instant, timeZone);
  return paper(
    [
      ...centred(merchant.name),
      ...centred(place),
      rule('='),
      ...centred(t('receipt:report.title')),
      ...leftRight(t('receipt:report.till'), report.tillId),
      ...leftRight(t('receipt:report.from'), report.from === null ? '-' : time(report.from)),
      ...leftRight(t('receipt:report.to'), time(report.to)),
      rule(),
      ...(report.rows.length === 0
        ? centred(t('receipt:report.none'))
        : report.rows.flatMap((row) => rowLines(row, t))),
      rule(),
      ...report.vat.flatMap((row) => vatLines(row, t)),
      rule(),
      ...leftRight(t('receipt:report.card', { count: totals.cardSales }), `=${sum(totals.cardMinor)}`),
      ...leftRight(t('receipt:report.cash', { count: totals.cashSales }), `=${sum(totals.cashMinor)}`),
      ...leftRight(t('receipt:report.total', { count: totals.sales }), `=${sum(totals.sumMinor)}`),
    ],
    null,
  );
}

function rowLines(row: Figures['rows'][number], t: Translate): string[] {
  const count = row.cardQuantity + row.cashQuantity;
  const parts = [
    ...(row.cardQuantity > 0
      ? [t('receipt:report.byCard', { quantity: row.cardQuantity, sum: sum(row.cardSumMinor) })]
      : []),
    ...(row.cashQuantity > 0
      ? [t('receipt:report.inCash', { quantity: row.cashQuantity, sum: sum(row.cashSumMinor) })]
      : []),
  ];
  return [
    ...leftRight(row.name, ''),
    ...leftRight(
      `  ${t('receipt:report.pieces', { count })}  ${vatName(row.vatRate, t)}`,
      `=${sum(row.cardSumMinor + row.cashSumMinor)}`,
    ),
    ...parts.flatMap((part) => leftRight(`    ${part}`, '')),
  ].map((line) => line.trimEnd());
}

function vatLines(row: Figures['vat'][number], t: Translate): string[] {
  const vat = vatName(row.vatRate, t);
  return [
    ...leftRight(t('receipt:report.sales', { vat }), `=${sum(row.cardSumMinor + row.cashSumMinor)}`),
    ...(row.cardSumMinor > 0
      ? leftRight(`  ${t('receipt:report.ofCard')}`, `=${sum(row.cardSumMinor)}`)
      : []),
    ...(row.cashSumMinor > 0
      ? leftRight(`  ${t('receipt:report.ofCash')}`, `=${sum(row.cashSumMinor)}`)
      : []),
    ...(row.vatRate === 'none' ? [] : leftRight(`  ${t('receipt:report.tax')}`, `=${sum(row.vatMinor)}`)),
  ];
}
