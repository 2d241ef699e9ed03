import type { CardMode, Scheme } from '@bivak/domain';

/** In which mode a scheme's cards are taken although the month that they bear is over. */
interface ExpiryRow {
  scheme: Scheme;
  mode: CardMode;
  /** The row holds until this instant (exclusive); null: without an end. */
  toMs: number | null;
  source: string;
}

const midnightInMoscow = (day: string): number => Date.parse(`${day}T00:00:00+03:00`);

/** Dated rows; a card for which there is none is taken through its month, and no longer. */
const expiryRows: readonly ExpiryRow[] = [
  {
    scheme: 'mir',
    mode: 'online',
    toMs: null,
    source: 'NSPK (press, December 2025): cards past their date stay valid; the issuer decides',
  },
  {
    scheme: 'mir',
    mode: 'offline',
    toMs: midnightInMoscow('2030-01-01'),
    source: 'NSPK (press, December 2025): deferred and offline use of cards past their date ends by 2030',
  },
];

/** True if cards of the scheme are taken in this mode at the instant `atMs` although their month is over. */
export const isTakenAfterExpiry = (scheme: Scheme, mode: CardMode, atMs: number): boolean =>
  expiryRows.some(
    (row) => row.scheme === scheme && row.mode === mode && (row.toMs === null || atMs < row.toMs),
  );
