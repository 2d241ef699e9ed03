import type { tillApi } from '@bivak/contracts';
import { all, type Journal } from '../journal/index.ts';
import { centred, leftRight, localTime, paper, rule, sum, vatName } from '../receipt/index.ts';

export interface ReportOptions {
  journal: Journal;
  merchant: { name: string };
  place: string;
  timeZone: string;
  currency: string;
}

/** Sales by item of one shift, or of all; from what this till has folded, so that it needs no link. */
export function itemReport(options: ReportOptions, shift: number | 'all', nowMs: number): tillApi.ItemReport {
  const { database, tillId } = options.journal;
  const where = shift === 'all' ? '' : 'WHERE shift = ?';
  const values = shift === 'all' ? [] : [shift];
  const split = (column: string, name: string): string =>
    `sum(CASE WHEN tender = 'card' THEN ${column} ELSE 0 END) AS card${name},
     sum(CASE WHEN tender = 'cash' THEN ${column} ELSE 0 END) AS cash${name}`;
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
function printed(report: Figures, { merchant, place, timeZone }: ReportOptions): tillApi.Receipt {
  const { totals } = report;
  const time = (instant: string): string => localTime(instant, timeZone);
  return paper(
    [
      ...centred(merchant.name),
      ...centred(place),
      rule('='),
      ...centred('ОТЧЁТ ПО ТОВАРАМ'),
      ...leftRight('КАССА', report.tillId),
      ...leftRight('С', report.from === null ? '-' : time(report.from)),
      ...leftRight('ПО', time(report.to)),
      rule(),
      ...(report.rows.length === 0 ? centred('ПРОДАЖ НЕТ') : report.rows.flatMap(rowLines)),
      rule(),
      ...report.vat.flatMap(vatLines),
      rule(),
      ...leftRight(`КАРТОЙ: ${totals.cardSales}`, `=${sum(totals.cardMinor)}`),
      ...leftRight(`НАЛИЧНЫМИ: ${totals.cashSales}`, `=${sum(totals.cashMinor)}`),
      ...leftRight(`ВСЕГО ПРОДАЖ: ${totals.sales}`, `=${sum(totals.sumMinor)}`),
    ],
    null,
  );
}

function rowLines(row: Figures['rows'][number]): string[] {
  const quantity = row.cardQuantity + row.cashQuantity;
  const parts = [
    ...(row.cardQuantity > 0 ? [`карта ${row.cardQuantity} =${sum(row.cardSumMinor)}`] : []),
    ...(row.cashQuantity > 0 ? [`наличные ${row.cashQuantity} =${sum(row.cashSumMinor)}`] : []),
  ];
  return [
    ...leftRight(row.name, ''),
    ...leftRight(`  ${quantity} шт  ${vatName(row.vatRate)}`, `=${sum(row.cardSumMinor + row.cashSumMinor)}`),
    ...parts.flatMap((part) => leftRight(`    ${part}`, '')),
  ].map((line) => line.trimEnd());
}

function vatLines(row: Figures['vat'][number]): string[] {
  return [
    ...leftRight(`ПРОДАЖИ, ${vatName(row.vatRate)}`, `=${sum(row.cardSumMinor + row.cashSumMinor)}`),
    ...(row.cardSumMinor > 0 ? leftRight('  картой', `=${sum(row.cardSumMinor)}`) : []),
    ...(row.cashSumMinor > 0 ? leftRight('  наличными', `=${sum(row.cashSumMinor)}`) : []),
    ...(row.vatRate === 'none' ? [] : leftRight('  в т.ч. налог', `=${sum(row.vatMinor)}`)),
  ];
}
