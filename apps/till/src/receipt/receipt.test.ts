import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRenderer } from '@bivak/messages';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escPos } from './escpos.ts';
import { centred, leftRight, sum, widthChars, wrap } from './layout.ts';
import { filePrinter } from './printer.ts';
import { type ReceiptSale, receiptOf } from './receipt.ts';

const head = {
  merchant: {
    name: 'Буфет дальнего следования',
    inn: '7701234560',
    address: '107140, Москва, Комсомольская пл., 3',
  },
  place: 'Поезд 002Э, вагон-ресторан',
  timeZone: 'Europe/Moscow',
  serialNumber: '00106700000101',
  cashier: 'Кассир',
  taxSystem: 1,
};
const sale: ReceiptSale = {
  saleId: 'till-1-000012',
  lineItems: [
    {
      sku: 'A',
      name: 'Чай чёрный «Поезд» — в подстаканнике с лимоном и сахаром',
      quantity: 2,
      priceMinor: 12_000,
      sumMinor: 24_000,
      vatRate: '22',
    },
    { sku: 'B', name: 'Молоко', quantity: 1, priceMinor: 7_550, sumMinor: 7_550, vatRate: '10' },
  ],
  totalMinor: 31_550,
  tender: 'card',
  mode: 'offline',
  maskedPan: '220220******1234',
  phone: '+79001234567',
  fiscal: {
    driveNumber: '9999078900005488',
    registrationNumber: '0000001001012345',
    documentNumber: 91,
    fiscalSign: 1_697_013_557,
    shiftNumber: 4,
    receiptNumber: 3,
    signedAt: '2026-11-24T09:05:00.000Z',
    qr: 't=20261124T1205&s=315.50&fn=9999078900005488&i=91&fp=1697013557&n=1',
  },
};

const { t } = createRenderer({ language: 'ru' });

describe('a receipt', () => {
  const { lines, qr } = receiptOf(sale, head, t);
  const has = (text: string): boolean => lines.some((line) => line.includes(text));

  it('has what the law asks for, in the till’s local time', () => {
    for (const text of [
      'ИНН 7701234560',
      'ОСН',
      'ПРИХОД',
      '24.11.2026 12:05',
      'СМЕНА 4',
      'ЧЕК 3',
      '2 x 120.00',
      '=315.50',
      'БЕЗНАЛИЧНЫМИ',
      'НДС 22%',
      '=43.28',
      '=6.86',
      '0000001001012345',
      '9999078900005488',
      'ФД 91',
      'ФП 1697013557',
      'till-1-000012',
      '+79001234567',
      '220220******1234',
      'без связи',
    ])
      expect(has(text), text).toBe(true);
    expect(qr).toBe(sale.fiscal.qr);
  });

  it('is nowhere wider than the paper', () => {
    expect(Math.max(...lines.map((line) => line.length))).toBe(widthChars);
  });

  it('for cash has no card', () => {
    const cash = receiptOf({ ...sale, tender: 'cash', mode: 'cash', maskedPan: null, phone: null }, head, t);
    expect(cash.lines.join('\n')).toMatch(/НАЛИЧНЫМИ/);
    expect(cash.lines.join('\n')).not.toMatch(/КАРТА|БЕЗНАЛИЧНЫМИ|ЭЛ\. АДР/);
  });

  it('goes to the printer in code page 866, every letter of it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bivak-printer-'));
    const file = join(folder, 'printer.escpos');
    const printer = filePrinter(file);
    await Promise.all([
      printer.print({ widthChars, lines, qr }),
      printer.print({ widthChars, lines: ['ещё'], qr: null }),
    ]);
    const bytes = readFileSync(file);
    expect([...bytes.subarray(0, 2)]).toEqual([0x1b, 0x40]); // ESC @: initialise
    expect(bytes.includes(Buffer.from([0x1b, 0x74, 17]))).toBe(true); // ESC t 17: code page 866
    expect(bytes.includes(Buffer.from([0x8f, 0x90, 0x88, 0x95, 0x8e, 0x84]))).toBe(true); // ПРИХОД
    expect(bytes.includes(Buffer.from(sale.fiscal.qr))).toBe(true);
    const text = Buffer.from(escPos({ widthChars, lines, qr: null })).toString('latin1');
    expect(text.replaceAll('\x1b', '')).not.toContain('?');
    rmSync(folder, { recursive: true });
  });
});

describe('the layout', () => {
  it('keeps every word and stays on the paper', () => {
    const word = fc.string({ minLength: 1, maxLength: 60 }).filter((text) => !text.includes(' '));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        const lines = wrap(words.join(' '));
        expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''));
        expect(lines.every((line) => line.length <= widthChars)).toBe(true);
        expect(centred(words.join(' ')).every((line) => line.length <= widthChars)).toBe(true);
      }),
    );
  });

  it('puts the right part at the right edge', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 120 }),
        fc.string({ minLength: 1, maxLength: 30 }),
        (left, right) => {
          const lines = leftRight(left, right);
          expect(lines.at(-1)!.endsWith(right)).toBe(true);
          expect(lines.every((line) => line.length <= widthChars)).toBe(true);
        },
      ),
    );
  });

  it('writes sums with two places', () => {
    expect([0, 5, 100, 124_900].map(sum)).toEqual(['0.00', '0.05', '1.00', '1249.00']);
  });
});
