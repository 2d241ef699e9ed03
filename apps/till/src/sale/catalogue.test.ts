import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CatalogueError, parseCatalogue } from './catalogue.ts';

const header = 'sku;barcode;name_ru;name_en;category_ru;category_en;price_rub;vat;color';
const tea = 'TEA;2000001001011;Чай;Tea;Напитки;Hot drinks;120,00;22;#8a4b2a';
const withLine = (line: string) => () => parseCatalogue(`${header}\n${tea}\n${line}\n`);

describe('a catalogue', () => {
  it('of the buffet has at least forty items with real barcodes', () => {
    const catalogue = parseCatalogue(
      readFileSync(new URL('../../../../data/catalogue.csv', import.meta.url), 'utf8'),
    );
    expect(catalogue.items.length).toBeGreaterThanOrEqual(40);
    expect(catalogue.items[0]).toEqual({
      sku: 'BUF-001',
      barcode: '2000001001011',
      nameRu: 'Чай чёрный в подстаканнике',
      nameEn: 'Black tea in a glass holder',
      category: 'hot-drinks',
      priceMinor: 12_000,
      vatRate: '22',
      color: '#8a4b2a',
    });
    expect(catalogue.categories[0]).toEqual({ id: 'hot-drinks', ru: 'Горячие напитки', en: 'Hot drinks' });
    expect(new Set(catalogue.items.map(({ vatRate }) => vatRate))).toEqual(new Set(['22', '10']));
    expect(catalogue.bySku.get('BUF-030')?.priceMinor).toBe(124_900);
  });

  it.each([
    [';', '120,5'],
    [',', '120.50'],
    ['\t', '120,50'],
  ])('may be separated by %j', (mark, price) => {
    const text = `\uFEFF${header}\r\n${tea.replace('120,00', price)}\r\n`.replaceAll(';', mark);
    expect(parseCatalogue(text).items[0]?.priceMinor).toBe(12_050);
  });

  it('may have its columns in any order, and quoted fields', () => {
    const text =
      'vat;color;sku;barcode;"name_ru";name_en;category_ru;category_en;price_rub\n10;#ffffff;A;2000001001011;"Чай; чёрный";Tea;Б;B;1 249,00\n';
    expect(parseCatalogue(text).items[0]).toMatchObject({ nameRu: 'Чай; чёрный', priceMinor: 124_900 });
  });

  it.each([
    ['TEA;2000001001028;Чай;Tea;Н;D;1;22;#8a4b2a', 'line 3: sku TEA is on line 2 already'],
    ['B;2000001001011;Чай;Tea;Н;D;1;22;#8a4b2a', 'line 3: barcode 2000001001011 is on line 2 already'],
    ['B;2000001001029;Чай;Tea;Н;D;1;22;#8a4b2a', 'line 3: barcode "2000001001029" is no EAN'],
    ['B;2000001001028;;Tea;Н;D;1;22;#8a4b2a', 'line 3: name_ru ""'],
    [
      'B;2000001001028;Чай\u001b@;Tea;Н;D;1;22;#8a4b2a',
      'line 3: name_ru "Чай\\u001b@" holds a control character',
    ],
    ['B;2000001001028;Чай;Tea;Н;D;-1;22;#8a4b2a', 'line 3: price_rub "-1"'],
    ['B;2000001001028;Чай;Tea;Н;D;0;22;#8a4b2a', 'line 3: price_rub "0"'],
    ['B;2000001001028;Чай;Tea;Н;D;1,234;22;#8a4b2a', 'line 3: price_rub "1,234"'],
    ['B;2000001001028;Чай;Tea;Н;D;1;18;#8a4b2a', 'line 3: vat "18"'],
    ['B;2000001001028;Чай;Tea;Н;D;1;22;red', 'line 3: color "red"'],
    ['B;2000001001028;Чай;Tea;;D;1;22;#8a4b2a', 'line 3: category_ru "" is missing'],
    ['a b;2000001001028;Чай;Tea;Н;D;1;22;#8a4b2a', 'line 3: sku "a b"'],
    ['B;2000001001028;Чай', 'line 3: '],
  ])('is refused with the line that is not valid: %s', (line, message) => {
    expect(withLine(line)).toThrow(CatalogueError);
    expect(withLine(line)).toThrow(message);
  });

  it('has each letter in one piece', () => {
    expect(parseCatalogue(`${header}\n${tea}`.normalize('NFD')).items[0]?.nameRu).toBe(
      'Чай'.normalize('NFC'),
    );
  });

  it('keeps categories apart whatever their alphabet', () => {
    const line = (sku: string, barcode: string, category: string) =>
      `${sku};${barcode};Чай;Tea;${category};${category};1;22;#8a4b2a`;
    const lines = [line('A', '2000001001011', 'Напитки'), line('B', '2000001001028', 'Еда')];
    const { categories } = parseCatalogue([header, ...lines].join('\n'));
    expect(categories.map(({ ru }) => ru)).toEqual(['Напитки', 'Еда']);
  });

  it('is refused without items, or without a column', () => {
    expect(() => parseCatalogue(`${header}\n`)).toThrow('line 2: there are no items');
    expect(() => parseCatalogue('sku;price\n')).toThrow('line 1: no column barcode, name_ru');
    expect(() => parseCatalogue('')).toThrow('line 1');
  });

  it('gives a catalogue error, and nothing else, for any text', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        try {
          parseCatalogue(`${header}\n${line}`);
        } catch (error) {
          expect(error).toBeInstanceOf(CatalogueError);
        }
      }),
    );
  });
});
