import { compactLocal, type LocalSeconds } from './local-time.ts';
import { fail, ok, type Result } from './result.ts';

/** What the QR code of a receipt says. */
export interface ReceiptQr {
  /** The wall clock on the receipt. */
  soldAtLocal: LocalSeconds;
  /** Whether the text gives seconds even if they are 0. */
  withSeconds?: boolean;
  totalMinor: number;
  driveNumber: string;
  documentNumber: number;
  fiscalSign: number;
  /** 1 sale, 2 return of a sale, 3 purchase, 4 return of a purchase. */
  operation: 1 | 2 | 3 | 4;
}

/** The text of a receipt's QR code, e.g. `t=20170216T1336&s=780.00&fn=9999078900001327&i=91&fp=1697013557&n=1`. */
export function formatQr(qr: ReceiptQr): string {
  const compact = compactLocal(qr.soldAtLocal);
  const time = qr.withSeconds === true ? compact.padEnd(15, '0') : compact;
  const sum = `${Math.floor(qr.totalMinor / 100)}.${(qr.totalMinor % 100).toString().padStart(2, '0')}`;
  return `t=${time}&s=${sum}&fn=${qr.driveNumber}&i=${qr.documentNumber}&fp=${qr.fiscalSign}&n=${qr.operation}`;
}

const pattern =
  /^t=(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?&s=(\d{1,13})\.(\d{2})&fn=(\d{16})&i=(\d{1,10})&fp=(\d{1,10})&n=([1-4])$/;

export function parseQr(text: string): Result<ReceiptQr> {
  const match = pattern.exec(text);
  if (match === null) {
    return fail('bad-value', 0, 'a receipt’s QR code reads t=…T…&s=….…&fn=16 digits&i=…&fp=…&n=1…4');
  }
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0));
  const ms = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
  const qr: ReceiptQr = {
    soldAtLocal: ms / 1000,
    withSeconds: match[6] !== undefined,
    totalMinor: Number(match[7]) * 100 + Number(match[8]),
    driveNumber: match[9]!,
    documentNumber: Number(match[10]),
    fiscalSign: Number(match[11]),
    operation: Number(match[12]) as ReceiptQr['operation'],
  };
  if (formatQr(qr).split('&')[0] !== text.split('&')[0]) {
    return fail('bad-value', 2, 'there is no such date and time');
  }
  if (qr.fiscalSign > 0xffff_ffff) return fail('too-large', text.indexOf('fp='), 'a fiscal sign has 32 bits');
  if (qr.documentNumber > 0xffff_ffff)
    return fail('too-large', text.indexOf('i='), 'a document number has 32 bits');
  return ok(qr);
}
