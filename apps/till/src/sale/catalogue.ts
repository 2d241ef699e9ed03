import type { tillApi } from '@bivak/contracts';
import { vatRates } from '@bivak/money';
import { CsvError, parse } from 'csv-parse/sync';

export type CatalogueItem = tillApi.Catalogue['items'][number];

/** The goods of a till. */
export interface Catalogue {
  categories: tillApi.Catalogue['categories'];
  items: CatalogueItem[];
  bySku: ReadonlyMap<string, CatalogueItem>;
}

/** A catalogue file that cannot be used; the message names the line and what to mend. */
export class CatalogueError extends Error {}

const columns = [
  'sku',
  'barcode',
  'name_ru',
  'name_en',
  'category_ru',
  'category_en',
  'price_rub',
  'vat',
  'color',
] as const;
type Fields = Record<(typeof columns)[number], string>;

/**
 * Reads a merchant's export (CSV; fields separated by semicolon, comma or tab; see data/README.md for the columns).
 * Letters with marks that were written in two pieces ("й" by some systems) become one, as printers have them.
 * Throws {@link CatalogueError}, which names the first line that does not fit.
 */
export function parseCatalogue(text: string): Catalogue {
  const items: CatalogueItem[] = [];
  const categories = new Map<string, { id: string; ru: string; en: string }>();
  const seen = new Map<string, number>();
  for (const { record, info } of records(text.normalize('NFC'))) {
    const fail = (what: string): never => {
      throw new CatalogueError(`line ${info.lines}: ${what}`);
    };
    const item = itemOf(record, fail);
    for (const [name, value] of [
      ['sku', item.sku],
      ['barcode', item.barcode],
    ]) {
      const earlier = seen.get(`${name} ${value}`);
      if (earlier !== undefined) fail(`${name} ${value} is on line ${earlier} already`);
      seen.set(`${name} ${value}`, info.lines);
    }
    if (!categories.has(item.category))
      categories.set(item.category, { id: item.category, ru: record.category_ru, en: record.category_en });
    items.push(item);
  }
  if (items.length === 0) throw new CatalogueError('line 2: there are no goods');
  return {
    categories: [...categories.values()],
    items,
    bySku: new Map(items.map((item) => [item.sku, item])),
  };
}

function records(text: string): { record: Fields; info: { lines: number } }[] {
  const header = text.slice(0, text.search(/\r?\n|$/)).replace(/^\uFEFF/, '');
  const delimiter = [';', '\t', ','].find((mark) => header.includes(mark)) ?? ';';
  const names = header.split(delimiter).map((name) => name.trim().replaceAll('"', ''));
  const missing = columns.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new CatalogueError(
      `line 1: no column ${missing.join(', ')} (the columns are ${columns.join(', ')})`,
    );
  try {
    return parse(text, {
      bom: true,
      columns: names,
      from_line: 2,
      delimiter,
      trim: true,
      skip_empty_lines: true,
      info: true,
    }) as unknown as {
      record: Fields;
      info: { lines: number };
    }[];
  } catch (error) {
    if (error instanceof CsvError) throw new CatalogueError(`line ${error.lines ?? '?'}: ${error.message}`);
    throw error;
  }
}

function itemOf(record: Fields, fail: (what: string) => never): CatalogueItem {
  const { sku, barcode, name_ru: nameRu, name_en: nameEn, category_ru, category_en, vat, color } = record;
  if (!/^[\w.-]{1,64}$/.test(sku)) fail(`sku "${sku}" has to be 1–64 letters, digits, points, hyphens`);
  if (!isBarcode(barcode)) fail(`barcode "${barcode}" is no EAN-13 or EAN-8 with a right check digit`);
  // 128 characters is what a fiscal document holds (tag 1030).
  for (const name of [nameRu, nameEn]) {
    if (name.length === 0 || name.length > 128) fail(`name "${name}" has to be 1–128 characters`);
    // A printer would take them for commands, and the host's database holds not all of them.
    if (/\p{Cc}/u.test(name)) fail(`name ${JSON.stringify(name)} holds a control character`);
  }
  if (category_ru === '' || category_en === '') fail('the category has no name');
  if (!(vatRates as readonly string[]).includes(vat))
    fail(`vat "${vat}" is no rate (${vatRates.join(', ')})`);
  if (!/^#[0-9a-f]{6}$/i.test(color)) fail(`color "${color}" is not of the form #rrggbb`);
  return {
    sku,
    barcode,
    nameRu,
    nameEn,
    category: category_en.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-'),
    priceMinor: priceMinorOf(record.price_rub, fail),
    vatRate: vat,
    color,
  };
}

/** A price of more than this is a slip of the pen: a million roubles for one piece. */
const highestPriceMinor = 100_000_000;

function priceMinorOf(text: string, fail: (what: string) => never): number {
  const match = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(text.replaceAll(/[\s\u00A0]/g, ''));
  if (match === null) return fail(`price "${text}" is no sum in roubles such as 120,00`);
  const priceMinor = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  if (priceMinor < 1 || priceMinor > highestPriceMinor)
    return fail(`price "${text}" is not between 0,01 and 1 000 000 roubles`);
  return priceMinor;
}

/** GS1 General Specifications, 7.9: from the right, digits count three times and once by turns. */
function isBarcode(text: string): boolean {
  if (!/^(\d{8}|\d{13})$/.test(text)) return false;
  const sum = [...text]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}
