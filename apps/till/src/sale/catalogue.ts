import type { tillApi } from '@bivak/contracts';
import { vatRates } from '@bivak/domain';
import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';

export type CatalogueItem = tillApi.Catalogue['items'][number];

/** The items that a till sells. */
export interface Catalogue {
  categories: tillApi.Catalogue['categories'];
  items: CatalogueItem[];
  bySku: ReadonlyMap<string, CatalogueItem>;
}

/** A catalogue file that cannot be used; the message names the line and what to mend. */
export class CatalogueError extends Error {}

/** A price of more than this is a slip of the pen: a million roubles for one piece. */
const maxPriceMinor = 100_000_000;

// 128 characters is what a fiscal document holds (tag 1030).
const itemName = z
  .string()
  .min(1, 'has to be 1–128 characters')
  .max(128, 'has to be 1–128 characters')
  // A printer would take them for commands, and the host's database does not hold all of them.
  .refine((text) => !/\p{Cc}/u.test(text), 'holds a control character');
const categoryName = z.string().min(1, 'is missing: the category has no name');

const price = z.string().transform((text, context) => {
  const match = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(text.replaceAll(/[\s\u00A0]/g, ''));
  const priceMinor = Number(match?.[1]) * 100 + Number((match?.[2] ?? '').padEnd(2, '0'));
  if (match === null) context.addIssue('is no sum in roubles such as 120,00');
  else if (priceMinor < 1 || priceMinor > maxPriceMinor)
    context.addIssue('is not between 0,01 and 1 000 000 roubles');
  return priceMinor;
});

/** A row of the file, by the names of its columns. */
const row = z.object({
  sku: z.string().regex(/^[\w.-]{1,64}$/, 'has to be 1–64 letters, digits, points, hyphens'),
  barcode: z.string().refine(isBarcode, 'is no EAN-13 or EAN-8 with a right check digit'),
  name_ru: itemName,
  name_en: itemName,
  category_ru: categoryName,
  category_en: categoryName,
  price_rub: price,
  vat: z.enum(vatRates, `is no rate (${vatRates.join(', ')})`),
  color: z.string().regex(/^#[0-9a-f]{6}$/i, 'is not of the form #rrggbb'),
});
type Row = z.infer<typeof row>;
const columns = Object.keys(row.shape) as (keyof Row)[];

/**
 * Reads a merchant's export (CSV; fields separated by semicolon, comma or tab; see data/README.md for the columns).
 * Letters with marks that were written in two pieces ("й" by some systems) become one, as printers have them.
 * Throws {@link CatalogueError}, which names the first line that is not valid.
 */
export function parseCatalogue(text: string): Catalogue {
  const items: CatalogueItem[] = [];
  const categories = new Map<string, { id: string; ru: string; en: string }>();
  const lineOf = new Map<string, number>();
  for (const { record, info } of records(text.normalize('NFC'))) {
    const valid = validRow(record, info.lines);
    for (const column of ['sku', 'barcode'] as const) {
      const named = `${column} ${valid[column]}`;
      const earlierLine = lineOf.get(named);
      if (earlierLine !== undefined)
        throw new CatalogueError(`line ${info.lines}: ${named} is on line ${earlierLine} already`);
      lineOf.set(named, info.lines);
    }
    const item = itemOf(valid);
    if (!categories.has(item.category))
      categories.set(item.category, { id: item.category, ru: valid.category_ru, en: valid.category_en });
    items.push(item);
  }
  if (items.length === 0) throw new CatalogueError('line 2: there are no items');
  return {
    categories: [...categories.values()],
    items,
    bySku: new Map(items.map((item) => [item.sku, item])),
  };
}

function records(text: string): { record: Record<string, string>; info: { lines: number } }[] {
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
    }) as unknown as { record: Record<string, string>; info: { lines: number } }[];
  } catch (error) {
    if (error instanceof CsvError) throw new CatalogueError(`line ${error.lines ?? '?'}: ${error.message}`);
    throw error;
  }
}

function validRow(record: Record<string, string>, line: number): Row {
  const result = row.safeParse(record);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const column = String(path[0]);
  throw new CatalogueError(`line ${line}: ${column} ${JSON.stringify(record[column])} ${message}`);
}

const itemOf = (valid: Row): CatalogueItem => ({
  sku: valid.sku,
  barcode: valid.barcode,
  nameRu: valid.name_ru,
  nameEn: valid.name_en,
  category: valid.category_en.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-'),
  priceMinor: valid.price_rub,
  vatRate: valid.vat,
  color: valid.color,
});

/** GS1 General Specifications, 7.9: from the right, digits count three times and once by turns. */
function isBarcode(text: string): boolean {
  if (!/^(\d{8}|\d{13})$/.test(text)) return false;
  const sum = [...text]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}
