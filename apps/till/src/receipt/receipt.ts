import type { Tender, tillApi } from '@bivak/contracts';
import { vatContainedMinor } from '@bivak/money';
import { centred, leftRight, localTime, paper, rule, sum, vatName } from './layout.ts';

/** Whose till it is, as the head of each paper says. */
export interface ReceiptHead {
  merchant: { name: string; inn: string; address: string };
  place: string;
  timeZone: string;
  /** Of the cash register: tag 1013. */
  serialNumber: string;
  cashier: string;
  /** Tag 1062, a bit each; a receipt is made in the lowest of them. */
  taxSystem: number;
}

/** Tag 1055 as receipts print it. */
const taxSystemNames: Readonly<Record<number, string>> = {
  1: 'ОСН',
  2: 'УСН ДОХОД',
  4: 'УСН ДОХОД-РАСХОД',
  8: 'ЕНВД',
  16: 'ЕСХН',
  32: 'ПАТЕНТ',
};

export interface ReceiptOf {
  saleId: string;
  lines: readonly tillApi.SaleLine[];
  totalMinor: number;
  tender: Tender;
  mode: 'offline' | 'online' | 'cash';
  maskedPan: string | null;
  phone: string | null;
  fiscal: tillApi.FiscalMark;
}

/**
 * The fiscal receipt of a sale in Russian, 42 characters wide, with the requisites that art. 4.7 of 54-ФЗ asks for; the
 * QR code's text beside it.
 */
export function receiptOf(sale: ReceiptOf, head: ReceiptHead): tillApi.Receipt {
  const { fiscal } = sale;
  const { merchant } = head;
  return paper(
    [
      ...centred(merchant.name),
      ...centred(merchant.address),
      ...centred(`ИНН ${merchant.inn}`),
      ...centred(head.place),
      rule('='),
      ...centred('КАССОВЫЙ ЧЕК'),
      ...leftRight('ПРИХОД', localTime(fiscal.signedAt, head.timeZone)),
      ...leftRight(`СМЕНА ${fiscal.shiftNumber}`, `ЧЕК ${fiscal.receiptNumber}`),
      ...leftRight('КАССИР', head.cashier),
      ...leftRight('СНО', taxSystemNames[head.taxSystem & -head.taxSystem] ?? ''),
      rule(),
      ...sale.lines.flatMap(goodsLines),
      rule(),
      ...leftRight('ИТОГ', `=${sum(sale.totalMinor)}`),
      ...leftRight(sale.tender === 'card' ? 'БЕЗНАЛИЧНЫМИ' : 'НАЛИЧНЫМИ', `=${sum(sale.totalMinor)}`),
      ...vatLines(sale.lines),
      ...cardLines(sale),
      rule(),
      ...leftRight('ЗН ККТ', head.serialNumber),
      ...leftRight('РН ККТ', fiscal.registrationNumber),
      ...leftRight('ФН', fiscal.driveNumber),
      ...leftRight(`ФД ${fiscal.documentNumber}`, `ФП ${fiscal.fiscalSign}`),
      ...leftRight('ПРОДАЖА', sale.saleId),
      ...(sale.phone === null ? [] : leftRight('ЭЛ. АДР. ПОКУПАТЕЛЯ', sale.phone)),
      ...leftRight('САЙТ ФНС', 'www.nalog.gov.ru'),
    ],
    fiscal.qr,
  );
}

function goodsLines(line: tillApi.SaleLine): string[] {
  return [
    ...leftRight(line.name, ''),
    ...leftRight(
      `  ${line.quantity} x ${sum(line.priceMinor)}  ${vatName(line.vatRate)}`,
      `=${sum(line.sumMinor)}`,
    ),
  ].map((text) => text.trimEnd());
}

function vatLines(lines: readonly tillApi.SaleLine[]): string[] {
  return [...sumsByVat(lines)].flatMap(([vatRate, sumMinor]) =>
    vatRate === 'none'
      ? leftRight('СУММА БЕЗ НДС', `=${sum(sumMinor)}`)
      : leftRight(`В Т.Ч. ${vatName(vatRate)}`, `=${sum(vatContainedMinor(sumMinor, vatRate))}`),
  );
}

/** The receipt's sum at each VAT rate, in the order of its lines. */
export function sumsByVat(lines: readonly { vatRate: string; sumMinor: number }[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { vatRate, sumMinor } of lines) sums.set(vatRate, (sums.get(vatRate) ?? 0) + sumMinor);
  return sums;
}

function cardLines({ tender, maskedPan, mode }: ReceiptOf): string[] {
  if (tender !== 'card') return [];
  return [
    ...leftRight('КАРТА', maskedPan ?? ''),
    ...(mode === 'offline'
      ? [...centred('Оплата принята без связи:'), ...centred('деньги спишутся, когда связь появится')]
      : centred('Оплата одобрена банком')),
  ];
}
