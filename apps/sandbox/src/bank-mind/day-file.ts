import type { Booked } from './books.ts';

/** A line of the file that a bank makes of a business day: what has really moved. */
export interface DayFileLine {
  businessDate: string;
  number: number;
  at: string;
  kind: 'debit' | 'reversal' | 'refund';
  /** The merchant's reference. */
  reference: string;
  /** What has moved: never negative, its direction is its kind. */
  amountMinor: number;
  currency: string;
  maskedPan: string;
  terminalId: string;
  /** Of the merchant's debit; a refund has its own. */
  stan: string;
  rrn: string;
  authorisationCode: string | null;
}

/** The lines of a business day, or of all days: what has moved nothing (declines, reservations and their ends) is not in it. */
export function dayFile(books: readonly Booked[], businessDate?: string): DayFileLine[] {
  return books.flatMap((record) => {
    const { kind } = record;
    if (kind !== 'debit' && kind !== 'reversal' && kind !== 'refund') return [];
    if (businessDate !== undefined && record.businessDate !== businessDate) return [];
    return [
      {
        businessDate: record.businessDate,
        number: record.number,
        at: record.at,
        kind,
        reference: record.reference,
        amountMinor: record.amountMinor,
        currency: record.currency,
        maskedPan: record.maskedPan,
        terminalId: record.terminalId,
        stan: record.stan,
        rrn: record.rrn,
        authorisationCode: record.authorisationCode,
      },
    ];
  });
}

/** One JSON object a line. */
export const jsonLines = (lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');
