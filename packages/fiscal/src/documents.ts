import { type VatRate, vatTable } from '@bivak/domain';
import { vatContainedMinor } from '@bivak/money';
import { type Field, numberOf, textOf } from './fields.ts';
import type { LocalSeconds } from './local-time.ts';
import { fail, ok, type Result } from './result.ts';
import { signFromTag1077 } from './sign.ts';
import { documentTags } from './tags.ts';
import { printableText } from './text.ts';

/** Tag 1209 and the session header's version for FFD 1.05. */
export const FORMAT_1_05 = { tagValue: 2, sessionVersion: '0105' } as const;
const KKT_VERSION = '001';
const FNS_SITE = 'www.nalog.gov.ru';
/** Tag 1192: what a receipt is found by afterwards. */
export const MAX_SALE_ID_CHARS = 16;

/** Who sells, where and by whose leave: stands in every document. */
export interface Seller {
  name: string;
  inn: string;
  address: string;
  place: string;
  operatorName: string;
  operatorInn: string;
  /** Tag 1062, a bit each: 1 general, 2 simplified on income, 4 simplified on profit, 16 farm tax, 32 patent. */
  taxSystem: number;
}

/** What the cash register passes for a registration report; the drive adds what it knows itself. */
export function registrationFields(seller: Seller, serialNumber: string, cashier: string): Field[] {
  return [
    { tag: 1048, value: printableText(seller.name, 256) },
    { tag: 1009, value: printableText(seller.address, 256) },
    { tag: 1187, value: printableText(seller.place, 256) },
    { tag: 1021, value: printableText(cashier, 64) },
    { tag: 1221, value: 0 },
    { tag: 1017, value: seller.operatorInn },
    { tag: 1046, value: printableText(seller.operatorName, 256) },
    { tag: 1060, value: FNS_SITE },
    { tag: 1209, value: FORMAT_1_05.tagValue },
    { tag: 1189, value: FORMAT_1_05.tagValue },
    { tag: 1188, value: KKT_VERSION },
    { tag: 1013, value: serialNumber },
  ];
}

/** What the drive adds to a registration report, from the byte of modes (drive protocol, table 21): a tag for each bit. */
export function modeFields(modes: number): Field[] {
  return [1056, 1002, 1001, 1109, 1110, 1108].map((tag, bit) => ({ tag, value: (modes >> bit) & 1 }));
}

/** What the cash register passes when a shift is opened or closed. */
export function shiftFields(seller: Seller, cashier: string): Field[] {
  return [
    { tag: 1209, value: FORMAT_1_05.tagValue },
    { tag: 1048, value: printableText(seller.name, 256) },
    { tag: 1009, value: printableText(seller.address, 256) },
    { tag: 1187, value: printableText(seller.place, 256) },
    { tag: 1021, value: printableText(cashier, 64) },
    { tag: 1188, value: KKT_VERSION },
  ];
}

export interface ReceiptLine {
  name: string;
  /** Pieces. */
  quantity: number;
  priceMinor: number;
  sumMinor: number;
  vatRate: VatRate;
}

export interface ReceiptInput {
  saleId: string;
  cashier: string;
  lines: readonly ReceiptLine[];
  totalMinor: number;
  cashMinor: number;
  cardMinor: number;
  phone: string | null;
}

/** What the cash register passes for a receipt. An error if the receipt contradicts itself or does not fit. */
export function receiptFields(seller: Seller, receipt: ReceiptInput): Result<Field[]> {
  const sums = checkSums(receipt);
  if (!sums.ok) return sums;
  const items: Field[] = [];
  const sumByRate = new Map<VatRate, number>();
  for (const line of receipt.lines) {
    items.push(itemField(line));
    sumByRate.set(line.vatRate, (sumByRate.get(line.vatRate) ?? 0) + line.sumMinor);
  }
  return ok([
    { tag: 1209, value: FORMAT_1_05.tagValue },
    { tag: 1055, value: seller.taxSystem & -seller.taxSystem },
    { tag: 1048, value: printableText(seller.name, 256) },
    { tag: 1009, value: printableText(seller.address, 256) },
    { tag: 1187, value: printableText(seller.place, 256) },
    { tag: 1021, value: printableText(receipt.cashier, 64) },
    { tag: 1060, value: FNS_SITE },
    ...(receipt.phone === null ? [] : [{ tag: 1008, value: receipt.phone }]),
    ...items,
    { tag: 1031, value: receipt.cashMinor },
    { tag: 1081, value: receipt.cardMinor },
    { tag: 1215, value: 0 },
    { tag: 1216, value: 0 },
    { tag: 1217, value: 0 },
    ...vatTotals(sumByRate),
    { tag: 1192, value: receipt.saleId },
  ]);
}

function checkSums(receipt: ReceiptInput): Result<null> {
  const { saleId, lines, totalMinor, cashMinor, cardMinor } = receipt;
  if (saleId.length > MAX_SALE_ID_CHARS) {
    return fail('too-large', 0, `sale "${saleId}": tag 1192 holds ${MAX_SALE_ID_CHARS} characters`);
  }
  if (lines.length === 0) return fail('bad-value', 0, 'a receipt has a line at least');
  const wrong = lines.find((line) => line.priceMinor * line.quantity !== line.sumMinor);
  if (wrong !== undefined) return fail('bad-value', 0, `${wrong.name}: price times quantity is not the sum`);
  const sum = lines.reduce((total, line) => total + line.sumMinor, 0);
  if (sum !== totalMinor) return fail('bad-value', 0, `the lines make ${sum}, the total says ${totalMinor}`);
  if (cashMinor + cardMinor !== totalMinor)
    return fail('bad-value', 0, 'cash and card do not make the total');
  if (totalMinor >= 2 ** 40) return fail('too-large', 0, `a total of ${totalMinor}; the drive takes 40 bits`);
  return ok(null);
}

function itemField(line: ReceiptLine): Field {
  const { code, percent } = vatTable[line.vatRate];
  return {
    tag: 1059,
    value: [
      { tag: 1214, value: 4 }, // paid in full
      { tag: 1212, value: 1 }, // goods
      { tag: 1030, value: printableText(line.name, 128) },
      { tag: 1079, value: line.priceMinor },
      { tag: 1023, value: line.quantity.toString() },
      { tag: 1199, value: code },
      ...(percent > 0 ? [{ tag: 1200, value: vatContainedMinor(line.sumMinor, line.vatRate) }] : []),
      { tag: 1043, value: line.sumMinor },
    ],
  };
}

function vatTotals(sumByRate: ReadonlyMap<VatRate, number>): Field[] {
  const fields: Field[] = [];
  const listed: Field[] = [];
  for (const [rate, sumMinor] of sumByRate) {
    const { code, percent, totalTag } = vatTable[rate];
    const value = percent > 0 ? vatContainedMinor(sumMinor, rate) : sumMinor;
    if (totalTag !== null) fields.push({ tag: totalTag, value });
    else {
      const pair = [
        { tag: 1199, value: code },
        { tag: 1120, value },
      ];
      listed.push({ tag: 1119, value: pair });
    }
  }
  fields.sort((left, right) => left.tag - right.tag);
  return listed.length === 0 ? fields : [...fields, { tag: 1115, value: listed }];
}

/** What a signed document says of itself, as far as its kind has it. */
export interface DocumentFacts {
  code: number;
  driveNumber: string;
  registrationNumber: string;
  documentNumber: number;
  madeAtLocal: LocalSeconds;
  /** The printed fiscal sign. */
  fiscalSign: number;
  shiftNumber: number | null;
  receiptNumber: number | null;
  /** 1 sale, 2 return of a sale, 3 purchase, 4 return of a purchase. */
  operation: number | null;
  totalMinor: number | null;
  cashMinor: number | null;
  cardMinor: number | null;
  /** Tag 1192. */
  saleId: string | null;
}

/** Reads the facts of a signed document (its fields as the drive gives them). */
export function documentFacts(code: number, fields: readonly Field[]): Result<DocumentFacts> {
  const driveNumber = textOf(fields, 1041);
  const documentNumber = numberOf(fields, 1040);
  const madeAtLocal = numberOf(fields, 1012);
  const sign = fields.find((field) => field.tag === 1077)?.value;
  if (driveNumber === undefined) return fail('bad-value', 0, 'tag 1041 (drive number) is missing');
  if (documentNumber === undefined) return fail('bad-value', 0, 'tag 1040 (document number) is missing');
  if (madeAtLocal === undefined) return fail('bad-value', 0, 'tag 1012 (date and time) is missing');
  if (!(sign instanceof Uint8Array)) return fail('bad-value', 0, 'tag 1077 (fiscal sign) is missing');
  const fiscalSign = signFromTag1077(sign);
  if (!fiscalSign.ok) return fiscalSign;
  return ok({
    code,
    driveNumber,
    registrationNumber: textOf(fields, 1037) ?? '',
    documentNumber,
    madeAtLocal,
    fiscalSign: fiscalSign.value,
    shiftNumber: numberOf(fields, 1038) ?? null,
    receiptNumber: numberOf(fields, 1042) ?? null,
    operation: numberOf(fields, 1054) ?? null,
    totalMinor: numberOf(fields, 1020) ?? null,
    cashMinor: numberOf(fields, 1031) ?? null,
    cardMinor: numberOf(fields, 1081) ?? null,
    saleId: textOf(fields, 1192) ?? null,
  });
}

/** Kinds of documents as the operator's archive lists them. */
export type DocumentKind =
  | 'registration'
  | 'open-shift'
  | 'receipt'
  | 'close-shift'
  | 'state-report'
  | 'correction'
  | 'close-archive'
  | 'other';

const kinds: Readonly<Record<number, DocumentKind>> = {
  [documentTags.registration]: 'registration',
  [documentTags.registrationChange]: 'registration',
  [documentTags.openShift]: 'open-shift',
  [documentTags.receipt]: 'receipt',
  [documentTags.strictForm]: 'receipt',
  [documentTags.closeShift]: 'close-shift',
  [documentTags.stateReport]: 'state-report',
  [documentTags.receiptCorrection]: 'correction',
  [documentTags.strictFormCorrection]: 'correction',
  [documentTags.closeArchive]: 'close-archive',
};

export function documentKind(code: number): DocumentKind {
  return kinds[code] ?? 'other';
}
