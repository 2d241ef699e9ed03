import {
  amountMinor,
  bankSessionState,
  count,
  currency,
  debitFlow,
  exchangeFailure,
  reversalReasons,
} from '@bivak/domain';
import { z } from 'zod';

/**
 * What hosts of one store say to each other. Every request carries `Authorization: Bearer JWT` (HS256, by a key that all of
 * them derive from one that they are given; `sub` = the host's name, `jti` = the request's own name); 401 `not-authenticated`
 * otherwise. Card data is in none of them.
 *
 * - `POST /v1/peers/news` {@link news}: what the others need not look for in the store
 * - `POST /v1/peers/lines` → {@link lines}: how the bank sessions are that the host holds
 * - `POST /v1/peers/exchange` {@link exchange} → {@link exchangeAnswer}: a message for the host that holds its bank's connection.
 *   It is carried out once: 409 if a request of this name was taken before
 */
export const newsItem = z.discriminatedUnion('kind', [
  /** Who waits for it can be answered: a payment, or a debt, was decided. */
  z.object({ kind: z.literal('decided'), key: z.string() }),
  /** A host has given its bank connections up. */
  z.object({ kind: z.literal('lines-free') }),
]);
export type NewsItem = z.infer<typeof newsItem>;
export const maxNewsItems = 500;
export const news = z.object({ items: z.array(newsItem).max(maxNewsItems) });

export const lineState = z.object({
  bankId: z.string(),
  session: bankSessionState,
  lastAnswerAtMs: z.number().nullable(),
  unreadableMessages: count,
  unauthenticMessages: count,
});
export const lines = z.object({ states: z.array(lineState) });

const atMs = z.number().int();
/** A message about money without its card: `reference` is the payment whose card it is. */
const money = z.object({
  reference: z.string(),
  amountMinor,
  currency,
  stan: z.string(),
  rrn: z.string(),
  transmittedAtMs: atMs,
  soldAtMs: atMs,
  timeZone: z.string(),
});
const debit = money.extend({ deferred: z.boolean(), resubmission: z.boolean() });
const namedDebit = debit.extend({
  flow: debitFlow,
  bankRrn: z.string().nullable(),
  authorisationCode: z.string().nullable(),
});
const original = namedDebit.pick({
  stan: true,
  rrn: true,
  bankRrn: true,
  transmittedAtMs: true,
  flow: true,
});

export const bankMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('debit'), flow: debitFlow, request: debit }),
  z.object({ kind: z.literal('completion'), request: namedDebit, repeat: z.boolean() }),
  z.object({
    kind: z.literal('reversal'),
    request: namedDebit.extend({ reason: z.enum(reversalReasons) }),
    repeat: z.boolean(),
  }),
  z.object({ kind: z.literal('refund'), request: money.extend({ original }) }),
  z.object({ kind: z.literal('inquiry'), request: namedDebit.extend({ inquiryStan: z.string() }) }),
]);
export type BankMessage = z.infer<typeof bankMessage>;

export const exchange = z.object({
  bankId: z.string(),
  /** It leaves before this instant, or not at all. */
  leavesUntilMs: atMs,
  /** Made by the card's track; else by number and expiry. */
  isByTrack: z.boolean(),
  message: bankMessage,
});
export type Exchange = z.infer<typeof exchange>;

export const exchangeAnswer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answered'),
    responseCode: z.string(),
    authorisationCode: z.string().nullable(),
    amountMinor: z.number().nullable(),
    bankRrn: z.string().nullable(),
    adviceCode: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('not-sent'),
    failure: exchangeFailure,
    isOurs: z.literal(true).optional(),
  }),
  z.object({ kind: z.literal('unknown'), failure: exchangeFailure, isOurs: z.literal(true).optional() }),
]);
export type ExchangeAnswer = z.infer<typeof exchangeAnswer>;
