import type { tillApi } from '@bivak/contracts';
import type { VatRate } from '@bivak/domain';
import type { Translate } from '@bivak/messages';

/** Characters in a line of an 80 mm printer, font A. */
export const widthChars = 42;

/** A line with one text at the left and one at the right edge; two lines if both do not fit on one. */
export function leftRight(left: string, right: string): string[] {
  const gap = widthChars - left.length - right.length;
  if (gap >= 1) return [left + ' '.repeat(gap) + right];
  const lines = wrap(left);
  const last = lines.at(-1)!;
  const room = widthChars - last.length - right.length;
  if (room >= 1) return [...lines.slice(0, -1), last + ' '.repeat(room) + right];
  return [...lines, right.padStart(widthChars)];
}

export function centred(text: string): string[] {
  return wrap(text).map((line) => (' '.repeat(Math.floor((widthChars - line.length) / 2)) + line).trimEnd());
}

export const rule = (mark = '-'): string => mark.repeat(widthChars);

/** Breaks a text between words; a word that is longer than a line is cut. */
export function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length <= widthChars) {
      line += ` ${rest}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (rest.length > widthChars) {
      lines.push(rest.slice(0, widthChars));
      rest = rest.slice(widthChars);
    }
    line = rest;
  }
  return [...lines, line];
}

/** A sum as Russian receipts have it: "1249.00". */
export function sum(amountMinor: number): string {
  return `${Math.floor(amountMinor / 100)}.${String(amountMinor % 100).padStart(2, '0')}`;
}

/** A VAT rate as receipts name it. */
export const vatName = (vatRate: VatRate, t: Translate): string =>
  vatRate === 'none' ? t('receipt:vat.none') : t('receipt:vat.rate', { rate: vatRate });

/** "24.11.2026 12:05" in the till's time zone. */
export function localTime(instant: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('ru-RU', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(new Date(instant));
  const part = (type: string): string => parts.find((found) => found.type === type)!.value;
  return `${part('day')}.${part('month')}.${part('year')} ${part('hour')}:${part('minute')}`;
}

export const paper = (lines: string[], qr: string | null): tillApi.Receipt => ({ widthChars, lines, qr });
