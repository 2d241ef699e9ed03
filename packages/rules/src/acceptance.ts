import type { Check, RefusalReason, uplinkApi } from '@bivak/contracts';

/** What is accepted offline and not yet known to be collected or declined. */
export interface Outstanding {
  sumMinor: number;
  count: number;
}

/** Everything that the till knows when it decides; sums in minor units, ages in milliseconds. */
export interface AcceptanceInput {
  nowMs: number;
  /** `online`: the host will be asked, so that limits and offline permission do not apply. */
  mode: 'offline' | 'online';
  /** `expiry` is YYMM; `serviceCode` three digits (ISO/IEC 7813). */
  card: { expiry: string; serviceCode: string };
  totalMinor: number;
  limits: uplinkApi.OfflineLimits;
  /** `ageMs` is the time since the till's list was last confirmed by the host; null where it never had one. */
  stopList: { listed: boolean; ageMs: number | null };
  cardOutstanding: Outstanding;
  tillOutstanding: Outstanding;
  /** How far the clock stands behind the newest instant that the journal holds; 0 for a sane clock. */
  clockBehindMs: number;
}

export interface AcceptanceResult {
  accepted: boolean;
  /** The first check that failed, in the order in which they are made; null where all passed. */
  reason: RefusalReason | null;
  checks: Check[];
}

/** A clock that went back further than this is not trusted with an expiry date or the age of a list. */
const clockBehindAllowedMs = 5 * 60_000;

/**
 * Decides whether a card is accepted. Every check is made and named, also after one has failed, so that the record
 * shows all that was wrong; the reason given to the cashier is the first.
 */
export function decideAcceptance(input: AcceptanceInput): AcceptanceResult {
  const always = [stopListHit(input), expiry(input), clock(input)];
  const offline = [
    stopListAge(input),
    offlinePermitted(input),
    perSale(input),
    perCardSum(input),
    perCardCount(input),
    perTillSum(input),
    perTillCount(input),
  ];
  const made = input.mode === 'online' ? always : [...always, ...offline];
  const failed = made.find(({ check }) => !check.passed);
  return {
    accepted: failed === undefined,
    reason: failed?.reason ?? null,
    checks: made.map(({ check }) => check),
  };
}

interface Made {
  reason: RefusalReason;
  check: Check;
}

const made = (name: string, reason: RefusalReason, passed: boolean, detail: string): Made => ({
  reason,
  check: { name, passed, detail },
});

function stopListHit({ stopList }: AcceptanceInput): Made {
  return made(
    'stop-list',
    'stop-listed',
    !stopList.listed,
    stopList.listed ? 'the card is listed' : 'the card is not listed',
  );
}

function stopListAge({ stopList, limits }: AcceptanceInput): Made {
  const { ageMs } = stopList;
  const passed = ageMs !== null && ageMs <= limits.stopListMaxAgeMs;
  const age = ageMs === null ? 'never had one' : `${hours(ageMs)} h old`;
  return made(
    'stop-list age',
    'stop-list-too-old',
    passed,
    `${age}, at most ${hours(limits.stopListMaxAgeMs)} h`,
  );
}

/** A card is good through the last day of the month that it bears (in the latest time zone that has that day). */
function expiry({ card, nowMs }: AcceptanceInput): Made {
  const year = 2000 + Number(card.expiry.slice(0, 2));
  const month = Number(card.expiry.slice(2));
  const endsMs = Date.UTC(year, month, 1, 12);
  return made(
    'expiry',
    'expired-card',
    nowMs < endsMs,
    `good through ${year}-${String(month).padStart(2, '0')}`,
  );
}

/**
 * ISO/IEC 7813, service code: the second digit 2 or 4 asks for the issuer's authorisation online; the first digit 7
 * is for private use between two parties and 9 a test card; the third digit 3 is for cash machines and 4 for cash only,
 * neither of which buys goods.
 */
function offlinePermitted({ card }: AcceptanceInput): Made {
  const passed = /^[1256]0[^34]$/.test(card.serviceCode);
  return made('offline permitted', 'offline-not-permitted', passed, `service code ${card.serviceCode}`);
}

function perSale({ totalMinor, limits }: AcceptanceInput): Made {
  return atMost('sum of the sale', 'over-sale-limit', totalMinor, limits.perSaleMinor);
}

function perCardSum({ totalMinor, limits, cardOutstanding }: AcceptanceInput): Made {
  return atMost(
    'sum on the card',
    'over-card-limit',
    cardOutstanding.sumMinor + totalMinor,
    limits.perCardMinor,
  );
}

function perCardCount({ limits, cardOutstanding }: AcceptanceInput): Made {
  return atMost('sales on the card', 'over-card-count', cardOutstanding.count + 1, limits.perCardCount);
}

function perTillSum({ totalMinor, limits, tillOutstanding }: AcceptanceInput): Made {
  return atMost(
    'sum on the till',
    'over-till-limit',
    tillOutstanding.sumMinor + totalMinor,
    limits.perTillMinor,
  );
}

function perTillCount({ limits, tillOutstanding }: AcceptanceInput): Made {
  return atMost('sales on the till', 'over-till-count', tillOutstanding.count + 1, limits.perTillCount);
}

function clock({ clockBehindMs }: AcceptanceInput): Made {
  const passed = clockBehindMs <= clockBehindAllowedMs;
  return made(
    'clock',
    'clock-unsure',
    passed,
    `${Math.round(clockBehindMs / 1000)} s behind the journal, at most 300 s`,
  );
}

function atMost(name: string, reason: RefusalReason, value: number, limit: number): Made {
  return made(name, reason, value <= limit, `${value} of at most ${limit}`);
}

const hours = (ms: number): number => Math.round(ms / 3_600_000);
