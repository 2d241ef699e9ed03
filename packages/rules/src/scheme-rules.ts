import { type RetryClass, type Scheme, schemes } from '@bivak/domain';
import { asIso87 } from './action-codes.ts';

interface CodeRow {
  scheme: Scheme;
  /** DE 39 values; null stands for every other code. */
  codes: readonly string[] | null;
  retryClass: RetryClass;
  /** The row holds from this instant (inclusive) to that one (exclusive); null: without an end. */
  fromMs: number | null;
  toMs: number | null;
  source: string;
}

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);
const visaRules = 'Visa Core Rules, April 2026, categories of decline codes';
const noRuleFound = 'no public rule found: the cautious default until the acquirer names its own';

function row(
  scheme: Scheme,
  retryClass: RetryClass,
  codes: string | null,
  source: string,
  dates: { from?: string; to?: string } = {},
): CodeRow {
  return {
    scheme,
    codes: codes === null ? null : codes.split(' '),
    retryClass,
    fromMs: dates.from === undefined ? null : day(dates.from),
    toMs: dates.to === undefined ? null : day(dates.to),
    source,
  };
}

/** An issuer that still calls a card expired which its scheme keeps valid may think otherwise tomorrow. */
const expiredIsNoEnd = (scheme: Scheme): CodeRow[] =>
  scheme === 'mir' ? [row(scheme, 'later', '54', 'NSPK: cards past their date stay valid')] : [];

const never = '04 07 12 14 15 41 43 46 R0 R1 R3';
const later = '03 19 51 59 61 62 65 75 78 86 91 93 96 N3 N4 5C 9G';
const mendData = '54 55 82 1A 6P N7 63';

/** Dated rows; the first that fits decides. Mir and others have no public rule and follow Visa's classes. */
const codeRows: readonly CodeRow[] = schemes.flatMap((scheme) => {
  const source = scheme === 'visa' ? visaRules : noRuleFound;
  return [
    ...expiredIsNoEnd(scheme),
    row(scheme, 'never', never, source),
    row(scheme, 'never', '57', source, { from: '2026-10-25' }),
    row(scheme, 'later', later, source),
    row(scheme, 'later', '83', source, { from: '2026-10-25' }),
    row(scheme, 'mend-data', mendData, source),
    row(scheme, 'generic', null, source),
  ];
});

interface AdviceRow {
  codes: readonly string[];
  retryClass: RetryClass;
  waitMs: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Mastercard's merchant advice code (DE 48 SE 84), which decides before the response code does. */
const adviceRows: readonly AdviceRow[] = [
  { codes: ['01'], retryClass: 'mend-data', waitMs: 0 },
  { codes: ['02'], retryClass: 'later', waitMs: 72 * hourMs },
  { codes: ['03', '21', '40', '41'], retryClass: 'never', waitMs: 0 },
  { codes: ['24'], retryClass: 'later', waitMs: hourMs },
  { codes: ['25'], retryClass: 'later', waitMs: dayMs },
  { codes: ['26'], retryClass: 'later', waitMs: 2 * dayMs },
  { codes: ['27'], retryClass: 'later', waitMs: 4 * dayMs },
  { codes: ['28'], retryClass: 'later', waitMs: 6 * dayMs },
  { codes: ['29'], retryClass: 'later', waitMs: 8 * dayMs },
  { codes: ['30'], retryClass: 'later', waitMs: 10 * dayMs },
  // A virtual card of many uses: the scheme asks for caution and names no time.
  { codes: ['43'], retryClass: 'generic', waitMs: dayMs },
];

/** How many declined attempts a scheme bears in a time, counted per card and acceptor whatever bank carries them. */
export interface Budget {
  windowMs: number;
  attemptsMax: number;
  /** What is counted together: every attempt with the card, or those for the same sum. */
  per: 'card' | 'card-and-amount';
  /** The row holds from this instant (inclusive) to that one (exclusive); null: without an end. */
  fromMs: number | null;
  toMs: number | null;
  source: string;
}

function budget(
  per: Budget['per'],
  attemptsMax: number,
  windowMs: number,
  source: string,
  dates: { from?: string; to?: string } = {},
): Budget {
  const fromMs = dates.from === undefined ? null : day(dates.from);
  const toMs = dates.to === undefined ? null : day(dates.to);
  return { windowMs, attemptsMax, per, fromMs, toMs, source };
}

const budgetRows: Readonly<Record<Scheme, readonly Budget[]>> = {
  visa: [
    budget('card', 15, 30 * dayMs, 'Visa: 15 in 30 days until May 2025', { to: '2025-05-01' }),
    budget('card', 20, 30 * dayMs, 'Visa Core Rules, April 2026: 20 in 30 days', { from: '2025-05-01' }),
  ],
  mastercard: [
    budget('card', 10, dayMs, 'Mastercard: 10 declines in 24 hours for a card'),
    budget('card-and-amount', 35, 30 * dayMs, 'Mastercard: 35 in 30 days for card, acceptor and amount'),
  ],
  mir: [budget('card', 15, 30 * dayMs, noRuleFound)],
  other: [budget('card', 15, 30 * dayMs, noRuleFound)],
};

/** The scheme by the first digits of a masked or full card number (ISO/IEC 7812 ranges of the schemes). */
export function schemeOf(maskedPan: string): Scheme {
  const six = Number(maskedPan.slice(0, 6));
  if (maskedPan.startsWith('4')) return 'visa';
  if (six >= 220_000 && six <= 220_499) return 'mir';
  if ((six >= 510_000 && six <= 559_999) || (six >= 222_100 && six <= 272_099)) return 'mastercard';
  return 'other';
}

export interface Classification {
  retryClass: RetryClass;
  /** No retry earlier than this after the decline. */
  waitMs: number;
  source: string;
}

/**
 * What a decline allows, by the rows that hold at the instant `atMs`. `adviceCode` is Mastercard's, null if none came:
 * read as "do not retry now", which no schedule does, since it leaves half a day between two attempts. An advice code that
 * nobody has listed is read so too, with a day's wait.
 */
export function classifyDecline(
  scheme: Scheme,
  responseCode: string,
  adviceCode: string | null,
  atMs: number,
): Classification {
  const code = asIso87(responseCode);
  const found = codeRows.find(
    ({ scheme: rowScheme, codes, fromMs, toMs }) =>
      rowScheme === scheme &&
      (codes === null || codes.includes(code)) &&
      (fromMs === null || atMs >= fromMs) &&
      (toMs === null || atMs < toMs),
  )!;
  const byCode = { retryClass: found.retryClass, waitMs: 0, source: found.source };
  if (scheme !== 'mastercard' || adviceCode === null || byCode.retryClass === 'never') return byCode;
  const advice = adviceRows.find(({ codes }) => codes.includes(adviceCode));
  const source = `Mastercard advice code ${adviceCode} (DE 48 SE 84)`;
  if (advice === undefined) return { retryClass: 'generic', waitMs: dayMs, source };
  return { retryClass: advice.retryClass, waitMs: advice.waitMs, source };
}

/** The budgets of a scheme that hold at the instant `atMs`. */
export function budgetsOf(scheme: Scheme, atMs: number): readonly Budget[] {
  return budgetRows[scheme].filter(
    ({ fromMs, toMs }) => (fromMs === null || atMs >= fromMs) && (toMs === null || atMs < toMs),
  );
}

/** An attempt that counts: made with the card at this acceptor, whatever bank has carried it and whatever debt it was for. */
export interface CardAttempt {
  atMs: number;
  amountMinor: number;
}

/**
 * How much of a budget an attempt may spend: `whole`, or `unreachable`, while the issuer is known not to be reached. A third
 * is then kept for when it is back and an attempt can help.
 */
export type Share = 'whole' | 'unreachable';
const maxOf = ({ attemptsMax }: Budget, share: Share): number =>
  share === 'whole' ? attemptsMax : attemptsMax - Math.ceil(attemptsMax / 3);

/** The earliest instant, `fromMs` or later, at which one more attempt for `amountMinor` stays within every budget of the scheme. */
export function nextWithinBudgetMs(
  scheme: Scheme,
  attempts: readonly CardAttempt[],
  amountMinor: number,
  fromMs: number,
  share: Share = 'whole',
): number {
  return budgetsOf(scheme, fromMs).reduce(
    (earliestMs, budget) =>
      withinOne(budget, maxOf(budget, share), countedAtMs(budget, attempts, amountMinor), earliestMs),
    fromMs,
  );
}

/** How many more attempts for `amountMinor` the budgets bear at the instant `atMs`. */
export const attemptsLeft = (
  scheme: Scheme,
  attempts: readonly CardAttempt[],
  amountMinor: number,
  atMs: number,
  share: Share,
): number =>
  Math.min(
    ...budgetsOf(scheme, atMs).map((budget) => {
      const spent = countedAtMs(budget, attempts, amountMinor).filter((at) => at > atMs - budget.windowMs);
      return Math.max(0, maxOf(budget, share) - spent.length);
    }),
  );

const countedAtMs = (
  { per }: Budget,
  attempts: readonly CardAttempt[],
  amountMinor: number,
): readonly number[] =>
  attempts.filter((attempt) => per === 'card' || attempt.amountMinor === amountMinor).map(({ atMs }) => atMs);

function withinOne(
  { windowMs }: Budget,
  attemptsMax: number,
  attemptsAtMs: readonly number[],
  fromMs: number,
): number {
  const inWindow = attemptsAtMs.filter((atMs) => atMs > fromMs - windowMs).toSorted((a, b) => a - b);
  if (inWindow.length < attemptsMax) return fromMs;
  return inWindow[inWindow.length - attemptsMax]! + windowMs;
}
