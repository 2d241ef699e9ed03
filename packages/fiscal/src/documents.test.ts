import { describe, expect, it } from 'vitest';
import {
  documentFacts,
  modeFields,
  type ReceiptInput,
  receiptFields,
  registrationFields,
  type Seller,
  shiftFields,
} from './documents.ts';
import { decodeFields, encodeFields, type Field, numberOf } from './fields.ts';
import { orThrow } from './result.ts';
import { signToTag1077 } from './sign.ts';

const seller: Seller = {
  name: 'ООО «Буфет дальнего следования»',
  inn: '7704358518',
  address: 'Москва, Комсомольская пл., 2',
  place: 'поезд 002М',
  operatorName: 'ОФД песочницы',
  operatorInn: '7702203276',
  taxSystem: 1,
};
const receipt: ReceiptInput = {
  saleId: 'till-1-000012',
  cashier: 'Анна',
  lines: [
    { name: 'Чай «Бивак»', quantity: 2, priceMinor: 6100, sumMinor: 12200, vatRate: '22' },
    { name: 'Хлеб', quantity: 1, priceMinor: 5500, sumMinor: 5500, vatRate: '10' },
    { name: 'Открытка', quantity: 1, priceMinor: 100, sumMinor: 100, vatRate: 'none' },
    { name: 'Книга', quantity: 1, priceMinor: 300, sumMinor: 300, vatRate: '0' },
  ],
  totalMinor: 18100,
  cashMinor: 0,
  cardMinor: 18100,
  phone: '+79001234567',
};

describe('receipt', () => {
  it('has its lines, its payment, its VAT by rate, the buyer’s phone and the sale’s identity', () => {
    const fields = orThrow(decodeFields(orThrow(encodeFields(orThrow(receiptFields(seller, receipt))))));
    const value = (tag: number): unknown => fields.find((field) => field.tag === tag)?.value;
    expect([value(1031), value(1081), value(1008), value(1192)]).toEqual([
      0,
      18100,
      '+79001234567',
      'till-1-000012',
    ]);
    expect([value(1103), value(1104), value(1105), value(1102)]).toEqual([500, 300, 100, undefined]);
    expect(value(1115)).toEqual([
      {
        tag: 1119,
        value: [
          { tag: 1199, value: 11 },
          { tag: 1120, value: 2200 },
        ],
      },
    ]);
    const items = fields.filter((field) => field.tag === 1059).map((field) => field.value as Field[]);
    expect(items).toHaveLength(4);
    expect(items[0]).toContainEqual({ tag: 1030, value: 'Чай "Бивак"' });
    expect(items.map((item) => numberOf(item, 1199))).toEqual([11, 2, 6, 5]);
    expect(items.map((item) => numberOf(item, 1200))).toEqual([2200, 500, undefined, undefined]);
  });

  it.each<[string, Partial<ReceiptInput>]>([
    ['a total that the lines do not make', { totalMinor: 1, cardMinor: 1 }],
    ['a payment that does not make the total', { cashMinor: 1 }],
    ['no lines', { lines: [], totalMinor: 0, cardMinor: 0 }],
    [
      'a line whose sum is wrong',
      { lines: [{ ...receipt.lines[0]!, sumMinor: 7 }], totalMinor: 7, cardMinor: 7 },
    ],
    ['a sale identity that tag 1192 cannot hold', { saleId: 'a-till-with-a-long-name-000001' }],
  ])('is refused with %s', (_, change) => {
    expect(receiptFields(seller, { ...receipt, ...change }).ok).toBe(false);
  });
});

describe('other documents', () => {
  it('can be written and keep to the tags’ lengths', () => {
    const long = { ...seller, name: '«'.repeat(500), place: '…'.repeat(200) };
    for (const one of [seller, long]) {
      expect(encodeFields(registrationFields(one, '000000000002', 'Анна')).ok).toBe(true);
      expect(encodeFields(shiftFields(one, 'Анна')).ok).toBe(true);
    }
  });

  it('say each mode of a registration by its own tag', () => {
    expect(modeFields(0b00_1110)).toEqual([
      { tag: 1056, value: 0 },
      { tag: 1002, value: 1 },
      { tag: 1001, value: 1 },
      { tag: 1109, value: 1 },
      { tag: 1110, value: 0 },
      { tag: 1108, value: 0 },
    ]);
  });

  it('say what they are', () => {
    const fields: Field[] = [
      { tag: 1041, value: '9999078900005488' },
      { tag: 1040, value: 3 },
      { tag: 1012, value: 1_800_000_000 },
      { tag: 1077, value: signToTag1077(77) },
      { tag: 1192, value: 'till-1-000001' },
    ];
    expect(orThrow(documentFacts(3, fields))).toMatchObject({
      fiscalSign: 77,
      saleId: 'till-1-000001',
      totalMinor: null,
    });
    for (let missing = 0; missing < 4; missing += 1) {
      expect(documentFacts(3, fields.toSpliced(missing, 1)).ok).toBe(false);
    }
  });
});
