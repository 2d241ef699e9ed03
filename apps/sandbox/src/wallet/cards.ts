import { banks } from '../world/business.ts';

/** A card of the wallet before it has a number. */
export interface CardPlan {
  card: string;
  label: { ru: string; en: string };
  /** Issuer by its code in banks-db. */
  issuer: string;
  serviceCode: string;
  /** Months from the journey's beginning to its last month; negative: it has expired. */
  expiresInMonths: number;
  balanceMinor: number;
  issuerAnswers: 'by-balance' | 'stolen' | 'do-not-honour';
  phone: string | null;
}

const otherIssuers = ['ru-rosbank', 'ru-akbarsbank', 'ru-raiffeisen'] as const;
/** Cards in turn: one of each of the sandbox's own banks, then those of others. */
const issuersInTurn: readonly string[] = [
  ...Object.values(banks).flatMap(({ issuers }) => issuers),
  ...otherIssuers,
];

/** ISO/IEC 7813: international chip card, normal authorisation, no restrictions. */
const anywhere = '201';
/** ISO/IEC 7813, second digit 2: by the issuer, online only. */
const onlineOnly = '221';

const ordinary: Omit<CardPlan, 'card' | 'label' | 'issuer'> = {
  serviceCode: anywhere,
  expiresInMonths: 30,
  balanceMinor: 5_000_000,
  issuerAnswers: 'by-balance',
  phone: null,
};

function special(
  card: string,
  ru: string,
  en: string,
  index: number,
  change: Partial<CardPlan> = {},
): CardPlan {
  return {
    ...ordinary,
    card,
    label: { ru, en },
    issuer: issuersInTurn[index % issuersInTurn.length]!,
    ...change,
  };
}

const phoneOf = (number: number): string => `+7900000${String(number).padStart(4, '0')}`;
const two = (number: number): string => String(number).padStart(2, '0');

/** The whole wallet. */
export const cardPlans: readonly CardPlan[] = [
  ...Array.from({ length: 36 }, (_, index) =>
    special(`buyer-${two(index + 1)}`, `Покупатель ${index + 1}`, `Buyer ${index + 1}`, index, {
      phone: index % 3 === 0 ? phoneOf(index + 1) : null,
    }),
  ),
  ...Array.from({ length: 5 }, (_, index) =>
    special(`short-${index + 1}`, `Пустой счёт ${index + 1}`, `Empty account ${index + 1}`, index, {
      balanceMinor: 5_000,
      phone: phoneOf(101 + index),
    }),
  ),
  special('stolen-1', 'Украденная карта 1', 'Stolen card 1', 1, {
    issuerAnswers: 'stolen',
    phone: phoneOf(201),
  }),
  special('stolen-2', 'Украденная карта 2', 'Stolen card 2', 4, {
    issuerAnswers: 'stolen',
    phone: phoneOf(202),
  }),
  special('expired', 'Просроченная карта', 'Expired card', 3, { expiresInMonths: -2 }),
  special('online-only', 'Карта только со связью', 'Card for online only', 5, { serviceCode: onlineOnly }),
  special('frequent', 'Частый покупатель', 'Frequent buyer', 0),
];
