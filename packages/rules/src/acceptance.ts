import {
  type CardMode,
  type Check,
  checkRefusals,
  type OfflineLimits,
  type RefusalReason,
} from '@bivak/domain';
import { isTakenAfterExpiry } from './expiry-rules.ts';
import { schemeOf } from './scheme-rules.ts';

/** What is accepted offline and not yet known to be collected or declined. */
export interface Outstanding {
  sumMinor: number;
  count: number;
}

/** Everything that the till knows when it decides; sums in minor units, ages in milliseconds. */
export interface AcceptanceInput {
  nowMs: number;
  /** `online`: the host will be asked, so that limits and offline permission do not apply. */
  mode: CardMode;
  /** `expiry` is YYMM; `serviceCode` three digits (ISO/IEC 7813). */
  card: { maskedPan: string; expiry: string; serviceCode: string };
  totalMinor: number;
  limits: OfflineLimits;
  /** `ageMs` is the time since the till's list was last confirmed by the host; null if it never had one. */
  stopList: { listed: boolean; ageMs: number | null };
  /** The key of the reader that has sealed the card, and whether the host opens that, as far as is known. */
  readerKey: { keyId: string; isOpened: boolean };
  cardOutstanding: Outstanding;
  tillOutstanding: Outstanding;
  /** How far the clock stands behind the newest instant that the journal holds; 0 for a sane clock. */
  clockBehindMs: number;
}

export interface AcceptanceResult {
  accepted: boolean;
  /** The first check that failed, in the order in which they are made; null if all passed. */
  reason: RefusalReason | null;
  checks: Check[];
}

/** A clock that went back further than this is not trusted with an expiry date or the age of a list. */
const maxClockBehindMs = 5 * 60_000;

/**
 * Decides whether a card is accepted. Every check is made and named, also after one has failed, so that the record
 * shows all that was wrong; the reason given to the cashier is the first.
 */
export function decideAcceptance(input: AcceptanceInput): AcceptanceResult {
  const always = [stopListHit(input), expiry(input), clock(input)];
  const offline = [stopListAge(input), offlinePermitted(input), readerKey(input), ...limits(input)];
  const checks = input.mode === 'online' ? always : [...always, ...offline];
  const failed = checks.find(({ passed }) => !passed);
  return {
    accepted: failed === undefined,
    reason: failed === undefined ? null : checkRefusals[failed.name],
    checks,
  };
}

const stopListHit = ({ stopList }: AcceptanceInput): Check => ({
  name: 'stop-list',
  isListed: stopList.listed,
  passed: !stopList.listed,
});

function stopListAge({ stopList, limits }: AcceptanceInput): Check {
  const [valueMs, limitMs] = [stopList.ageMs, limits.stopListMaxAgeMs];
  return { name: 'stop-list-age', valueMs, limitMs, passed: valueMs !== null && valueMs <= limitMs };
}

/**
 * A card is good through the last day of the month that it bears (in the latest time zone that has that day), and longer if
 * its scheme has it so.
 */
function expiry({ card, mode, nowMs }: AcceptanceInput): Check {
  const year = 2000 + Number(card.expiry.slice(0, 2));
  const month = Number(card.expiry.slice(2));
  const endsMs = Date.UTC(year, month, 1, 12);
  const passed = nowMs < endsMs || isTakenAfterExpiry(schemeOf(card.maskedPan), mode, nowMs);
  return { name: 'expiry', expiry: card.expiry, passed };
}

/**
 * ISO/IEC 7813, service code: the second digit 2 or 4 asks for the issuer's authorisation online; the first digit 7
 * is for private use between two parties and 9 a test card; the third digit 3 is for cash machines and 4 for cash only,
 * neither of which buys goods.
 */
function offlinePermitted({ card: { serviceCode } }: AcceptanceInput): Check {
  return { name: 'offline-permitted', serviceCode, passed: /^[1256]0[^34]$/.test(serviceCode) };
}

/** What the host cannot open nobody can debit. Online it says so while the buyer waits, and so learns of a reader that was mended. */
const readerKey = ({ readerKey: { keyId, isOpened } }: AcceptanceInput): Check => ({
  name: 'reader-key',
  keyId,
  passed: isOpened,
});

function limits({ totalMinor, limits, cardOutstanding, tillOutstanding }: AcceptanceInput): Check[] {
  return [
    ofMoney('sale-sum', totalMinor, limits.perSaleMinor),
    ofMoney('card-sum', cardOutstanding.sumMinor + totalMinor, limits.perCardMinor),
    ofCount('card-count', cardOutstanding.count + 1, limits.perCardCount),
    ofMoney('till-sum', tillOutstanding.sumMinor + totalMinor, limits.perTillMinor),
    ofCount('till-count', tillOutstanding.count + 1, limits.perTillCount),
  ];
}

function clock({ clockBehindMs: valueMs }: AcceptanceInput): Check {
  return { name: 'clock', valueMs, limitMs: maxClockBehindMs, passed: valueMs <= maxClockBehindMs };
}

const ofMoney = (
  name: 'sale-sum' | 'card-sum' | 'till-sum',
  valueMinor: number,
  limitMinor: number,
): Check => ({ name, valueMinor, limitMinor, passed: valueMinor <= limitMinor });

const ofCount = (name: 'card-count' | 'till-count', valueCount: number, limitCount: number): Check => ({
  name,
  valueCount,
  limitCount,
  passed: valueCount <= limitCount,
});
