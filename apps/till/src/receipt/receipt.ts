import type { tillApi } from '@bivak/contracts';
import type { FiscalMark, LineItem, SaleMode, Tender, VatRate } from '@bivak/domain';
import type { Translate } from '@bivak/messages';
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

export interface ReceiptSale {
  saleId: string;
  lineItems: readonly LineItem[];
  totalMinor: number;
  tender: Tender;
  mode: SaleMode;
  maskedPan: string | null;
  phone: string | null;
  fiscal: FiscalMark;
}

/**
 * The fiscal receipt of a sale, 42 characters wide, with the requisites that art. 4.7 of 54-ФЗ asks for, and the QR code's
 * text. `t` says it in the language of the receipt; the law's is Russian.
 */
export function receiptOf(sale: ReceiptSale, head: ReceiptHead, t: Translate): tillApi.Receipt {
  const { fiscal } = sale;
  return paper(
    [
      ...headLines(fiscal, head, t),
      rule(),
      ...sale.lineItems.flatMap((lineItem) => lineItemLines(lineItem, t)),
      rule(),
      ...leftRight(t('receipt:total'), `=${sum(sale.totalMinor)}`),
      ...leftRight(t(`receipt:${sale.tender}`), `=${sum(sale.totalMinor)}`),
      ...vatLines(sale.lineItems, t),
      ...cardLines(sale, t),
      rule(),
      ...leftRight(t('receipt:serialNumber'), head.serialNumber),
      ...leftRight(t('receipt:registrationNumber'), fiscal.registrationNumber),
      ...leftRight(t('receipt:drive'), fiscal.driveNumber),
      ...leftRight(
        t('receipt:document', { number: fiscal.documentNumber }),
        t('receipt:sign', { sign: fiscal.fiscalSign }),
      ),
      ...leftRight(t('receipt:saleId'), sale.saleId),
      ...(sale.phone === null ? [] : leftRight(t('receipt:buyer'), sale.phone)),
      ...leftRight(t('receipt:site'), 'www.nalog.gov.ru'),
    ],
    fiscal.qr,
  );
}

function headLines(fiscal: FiscalMark, head: ReceiptHead, t: Translate): string[] {
  const { merchant, timeZone, cashier } = head;
  return [
    ...centred(merchant.name),
    ...centred(merchant.address),
    ...centred(t('receipt:inn', { inn: merchant.inn })),
    ...centred(head.place),
    rule('='),
    ...centred(t('receipt:title')),
    ...leftRight(t('receipt:sale'), localTime(fiscal.signedAt, timeZone)),
    ...leftRight(
      t('receipt:shift', { number: fiscal.shiftNumber }),
      t('receipt:number', { number: fiscal.receiptNumber }),
    ),
    ...leftRight(t('receipt:cashier'), cashier),
    ...leftRight(t('receipt:taxSystem'), taxSystemName(head.taxSystem, t)),
  ];
}

/** Tag 1055: the lowest of the systems in use. */
const taxSystemBits = ['1', '2', '4', '8', '16', '32'] as const;

function taxSystemName(taxSystem: number, t: Translate): string {
  const bit = taxSystemBits.find((name) => Number(name) === (taxSystem & -taxSystem));
  return bit === undefined ? '' : t(`receipt:taxSystems.${bit}`);
}

function lineItemLines({ name, quantity, priceMinor, sumMinor, vatRate }: LineItem, t: Translate): string[] {
  return [
    ...leftRight(name, ''),
    ...leftRight(`  ${quantity} x ${sum(priceMinor)}  ${vatName(vatRate, t)}`, `=${sum(sumMinor)}`),
  ].map((text) => text.trimEnd());
}

function vatLines(lineItems: readonly LineItem[], t: Translate): string[] {
  return [...sumsByVat(lineItems)].flatMap(([vatRate, sumMinor]) =>
    vatRate === 'none'
      ? leftRight(t('receipt:vatNone'), `=${sum(sumMinor)}`)
      : leftRight(
          t('receipt:vatOf', { vat: vatName(vatRate, t) }),
          `=${sum(vatContainedMinor(sumMinor, vatRate))}`,
        ),
  );
}

/** The receipt's sum at each VAT rate, in the order of its items. */
export function sumsByVat(
  lineItems: readonly Pick<LineItem, 'vatRate' | 'sumMinor'>[],
): Map<VatRate, number> {
  const sums = new Map<VatRate, number>();
  for (const { vatRate, sumMinor } of lineItems) sums.set(vatRate, (sums.get(vatRate) ?? 0) + sumMinor);
  return sums;
}

function cardLines({ tender, maskedPan, mode }: ReceiptSale, t: Translate): string[] {
  if (tender !== 'card') return [];
  return [
    ...leftRight(t('receipt:pan'), maskedPan ?? ''),
    ...(mode === 'offline'
      ? [...centred(t('receipt:offline')), ...centred(t('receipt:offlineWhen'))]
      : centred(t('receipt:online'))),
  ];
}
