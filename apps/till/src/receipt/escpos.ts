import type { tillApi } from '@bivak/contracts';
import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';

/** What code page 866 lacks, by its nearest sign of the same width. */
const nearest: Readonly<Record<string, string>> = {
  '«': '"',
  '»': '"',
  '“': '"',
  '”': '"',
  '„': '"',
  '’': "'",
  '—': '-',
  '–': '-',
  '…': '.',
  '₽': 'р',
  '\u00A0': ' ',
  '\u202F': ' ',
  '×': 'x',
};

/** The paper as ESC/POS commands: text in code page 866, the QR code below, a cut. */
export function escPos(paper: tillApi.Receipt): Uint8Array {
  const encoder = new ReceiptPrinterEncoder({
    language: 'esc-pos',
    columns: paper.widthChars,
    feedBeforeCut: 4,
    newline: '\n',
  });
  encoder.initialize().codepage('cp866');
  for (const line of paper.lines)
    encoder.line(line.replaceAll(/[«»“”„’—–…₽\u00A0\u202F×]/g, (sign) => nearest[sign]!));
  if (paper.qr !== null)
    encoder.newline().align('center').qrcode(paper.qr, { model: 2, size: 6, errorlevel: 'm' });
  return encoder.cut().encode();
}
