import type { OfflineLimits } from '@bivak/domain';
import { registrationCheckDigits } from '@bivak/fiscal';

/** The business that the sandbox plays: a shop on a long-distance train, its tills and its banks. */
export const timeZone = 'Europe/Moscow';
export const currency = 'RUB';

/** What a clock that has never run shows: the evening before the journey, 18:00 in Moscow. Fixed, so that the scenario is the same each time. */
export const journeyBeginsAtMs = Date.parse('2026-11-23T15:00:00.000Z');

const inn = '7701234560';
export const merchant = {
  name: 'Буфет дальнего следования',
  inn,
  address: '107140, Москва, Комсомольская пл., 3',
  acceptorId: 'BIVAKTRAIN00001',
  /** ISO 18245: eating places. */
  categoryCode: '5812',
} as const;

/** Who sells, as receipts name him. */
export const cashier = 'Кассир';

export const fiscalOperator = { name: 'Песочный ОФД', inn: '7704567896' } as const;

export const tillIds = ['till-1', 'till-2'] as const;
export type TillId = (typeof tillIds)[number];

export const tills: Readonly<Record<TillId, { place: string; driveNumber: string; serialNumber: string }>> = {
  'till-1': {
    place: 'Поезд 002Э, вагон-ресторан',
    driveNumber: '9999078900005488',
    serialNumber: '00106700000101',
  },
  'till-2': {
    place: 'Поезд 002Э, тележка',
    driveNumber: '9999078900005495',
    serialNumber: '00106700000102',
  },
};

/** The registration number which the tax service would have given a till: its last six digits fit the INN and the serial number. */
export function registrationNumber(tillId: TillId): string {
  const firstTen = `000000100${tillIds.indexOf(tillId) + 1}`;
  return firstTen + registrationCheckDigits(firstTen, inn, tills[tillId].serialNumber);
}

/** What the shop has agreed with a bank, and whose cards the bank has issued. */
interface BankTerms {
  name: { ru: string; en: string };
  /** How the bank speaks: the name of a profile in `@bivak/bank-profiles`. */
  profile: string;
  feePercent: string;
  /** If this bank issued the card. */
  onUsFeePercent: string;
  merchantId: string;
  /** Issuers whose cards count as this bank's own: codes of npm banks-db. They lend their prefixes, nothing else. */
  issuers: readonly string[];
}

/** The banks, each by its id. Nothing else lists them: a bank that is added here has its process, contract and cards. */
export const banks = {
  north: {
    name: { ru: 'Банк Север', en: 'North Bank' },
    profile: 'north',
    feePercent: '1.6',
    onUsFeePercent: '0.9',
    merchantId: 'NORTH0000000001',
    issuers: ['ru-avangard'],
  },
  volga: {
    name: { ru: 'Банк Волга', en: 'Volga Bank' },
    profile: 'volga',
    feePercent: '1.9',
    onUsFeePercent: '1.0',
    merchantId: 'VOLGA0000000001',
    issuers: ['ru-vozrozhdenie'],
  },
  ural: {
    name: { ru: 'Банк Урал', en: 'Ural Bank' },
    profile: 'ural',
    feePercent: '1.7',
    onUsFeePercent: '0.8',
    merchantId: 'URAL00000000001',
    issuers: ['ru-uralsibbank'],
  },
  /** The dearest, and nobody's own: it is asked when the others cannot be. */
  baikal: {
    name: { ru: 'Банк Байкал', en: 'Baikal Bank' },
    profile: 'baikal',
    feePercent: '2.4',
    onUsFeePercent: '1.2',
    merchantId: 'BAIKAL000000001',
    issuers: [],
  },
} as const satisfies Readonly<Record<string, BankTerms>>;
export type BankId = keyof typeof banks;
export const bankIds = Object.keys(banks) as readonly BankId[];

const dayMs = 86_400_000;
export const bankWindowMs = dayMs;
export const recoveryWindowMs = 7 * dayMs;
export const attemptHourLocal = 9;

/** What a till may take without a link. */
export const offlineLimits: OfflineLimits = {
  perSaleMinor: 500_000,
  perCardMinor: 700_000,
  perCardCount: 6,
  perTillMinor: 20_000_000,
  perTillCount: 300,
  stopListMaxAgeMs: 7 * dayMs,
};
