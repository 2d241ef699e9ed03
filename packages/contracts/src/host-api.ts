import {
  alarm,
  amountMinor,
  attemptCause,
  attemptDecision,
  attemptState,
  bankHealth,
  bankSessionState,
  cardMode,
  cardReference,
  checks,
  count,
  currency,
  debtDecision,
  debtState,
  disputeCause,
  doubtFacts,
  entryDecision,
  fiscalMark,
  instant,
  intakeFault,
  lineItem,
  localName,
  maskedPan,
  noticeKind,
  noticeShortfall,
  noticeState,
  paymentState,
  percent,
  quarantineReason,
  rankedBank,
  responseMeaning,
  retryClass,
  route,
  saleEndDecision,
  saleId,
  storeDecision,
  storeEpoch,
  tillId,
  timelineEntry,
  waitReason,
} from '@bivak/domain';
import { z } from 'zod';

/** A page of a list: `GET …?limit=&cursor=`; `nextCursor` is null at the end. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** How many, and for how much in all. */
export const stage = z.object({ count, sumMinor: amountMinor });
export type Stage = z.infer<typeof stage>;

/** Why a payment waits, and until when; `untilAt` null: until something else happens. */
export const wait = z.object({ reason: waitReason, untilAt: instant.nullable() });
export type Wait = z.infer<typeof wait>;

/** `GET /v1/payments?state=&tillId=&search=` (search: last four digits, sale id, sum). The payment's id is its sale's identity. */
export const payment = z.object({
  id: saleId,
  tillId,
  state: paymentState,
  amountMinor,
  currency,
  maskedPan,
  mode: cardMode,
  soldAt: instant,
  receivedAt: instant,
  /** When the bank wants to have seen it. */
  bankDueAt: instant,
  collectedAt: instant.nullable(),
  /** The bank that collected it, or the last one tried. */
  bankId: z.string().nullable(),
  issuer: z.string().nullable(),
  debtId: z.string().nullable(),
  /** It is `declined` by nobody: no bank reached the card's issuer. */
  isUnreached: z.boolean(),
  /** A sale of its till with the same card and sum within a minute: one of them may be a mistake. */
  doubleOf: saleId.nullable(),
  /** Null if nothing is waited for. */
  wait: wait.nullable(),
});
export type Payment = z.infer<typeof payment>;

export const attempt = z.object({
  number: z.number().int(),
  bankId: z.string(),
  state: attemptState,
  cause: attemptCause,
  stan: z.string(),
  rrn: z.string(),
  storedAt: instant,
  sentAt: instant.nullable(),
  answeredAt: instant.nullable(),
  responseCode: z.string().nullable(),
  meaning: responseMeaning.nullable(),
  /** What the bank takes for it if it approves. */
  feeMinor: amountMinor.nullable(),
  route,
  /** How often its reversal was sent without an answer. */
  reversalTries: z.number().int(),
});
export type Attempt = z.infer<typeof attempt>;

/** One line, and nothing that turns the direction of the text around it. */
const line = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u, 'holds a control character');
const personName = line(60);

/** `POST /v1/payments/{id}/attempts/{number}/decision`: what a person has decided about an attempt, by the bank's books. */
export const decision = z.strictObject({
  decision: attemptDecision,
  /** Who has decided: the name of a person. */
  by: personName,
  /** What it rests on, as the line of a bank's day file. */
  why: line(500),
});

/** An attempt about which a person has to decide, and what he may. */
export const neededDecision = z.object({
  attempt: z.number().int(),
  bankId: z.string(),
  cause: disputeCause,
  since: instant,
  options: z.array(attemptDecision),
});
export type NeededDecision = z.infer<typeof neededDecision>;

/** A decision that was made. */
export const madeDecision = z.object({
  attempt: z.number().int(),
  decision: attemptDecision,
  by: z.string(),
  why: z.string(),
  at: instant,
});

/** `GET /v1/payments/{id}`: the payment, its attempts, and its timeline. */
export const paymentDetail = payment.extend({
  attempts: z.array(attempt),
  lineItems: z.array(lineItem),
  /** The checks of the acceptance; of the intent while the sale has no end. */
  checks,
  fiscal: fiscalMark.nullable(),
  /** The banks in their order when the last attempt was made. */
  routing: z.array(rankedBank),
  timeline: z.array(timelineEntry),
  neededDecisions: z.array(neededDecision),
  /** Of a sale that was approved online and has no end: since when, and what a person may decide. */
  neededEndDecision: z.object({ since: instant, options: z.array(saleEndDecision) }).nullable(),
  decisions: z.array(madeDecision),
});
export type PaymentDetail = z.infer<typeof paymentDetail>;

/** `GET /v1/debts?state=` */
export const debt = z.object({
  id: saleId,
  paymentId: saleId,
  tillId,
  state: debtState,
  amountMinor,
  currency,
  maskedPan,
  /** The latest answer's code and what it says; null: no bank has answered. */
  responseCode: z.string().nullable(),
  meaning: responseMeaning.nullable(),
  retryClass,
  attemptsMade: z.number().int(),
  openedAt: instant,
  declinedAt: instant,
  nextAttemptAt: instant.nullable(),
  windowEndsAt: instant,
  closedAt: instant.nullable(),
  hasContact: z.boolean(),
  notices: z.array(z.object({ kind: noticeKind, at: instant, state: noticeState })),
  /** What a person has to decide about its card; null: nothing. */
  neededDecision: z
    .object({ shortfall: noticeShortfall, since: instant, options: z.array(debtDecision) })
    .nullable(),
  /** What a person has decided about its card; null: nothing. */
  decision: z.object({ decision: debtDecision, by: z.string(), why: z.string(), at: instant }).nullable(),
});
export type Debt = z.infer<typeof debt>;

/** `POST /v1/debts/{id}/decision`: what a person has decided about a debt whose holder was not told as was promised. */
export const debtDecisionMade = decision.extend({ decision: debtDecision });

/** `GET /v1/stop-list` */
export const stopListEntry = z.object({
  cardReference,
  maskedPan: maskedPan.nullable(),
  /** The answer for which the card is listed; null: no bank has answered. */
  responseCode: z.string().nullable(),
  meaning: responseMeaning.nullable(),
  since: instant,
  debtId: z.string().nullable(),
});
export const stopList = z.object({
  version: z.number().int(),
  issuedAt: instant.nullable(),
  entries: z.array(stopListEntry),
});
export type StopList = z.infer<typeof stopList>;

/** Accepted sales by card minus what accounts for them: 0, or explained line by line ({@link unaccountedLine}). */
export const unaccounted = z.object({
  count,
  /** In the host's currency. */
  sumMinor: amountMinor,
  /** Of the count those whose sum is not in it, because it is not known or in another currency. */
  otherSums: count,
});
export type Unaccounted = z.infer<typeof unaccounted>;

/**
 * `GET /v1/unaccounted?tillId=&state=`: an accepted sale by card that is no payment, or another entry that was quarantined
 * (`isCardSale` false), in the order of tills and numbers. `state`: `open`, or `ended` by what a person decided.
 */
export const unaccountedLine = z.object({
  tillId,
  seq: z.number().int(),
  entryKind: z.string(),
  saleId: saleId.nullable(),
  amountMinor: amountMinor.nullable(),
  currency: currency.nullable(),
  isCardSale: z.boolean(),
  /** `waiting`: it is folded next. */
  reason: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('waiting') }),
    ...quarantineReason.options,
  ]),
  since: instant,
  /** What a person may decide. */
  options: z.array(entryDecision),
  decided: z.object({ decision: entryDecision, by: z.string(), why: z.string(), at: instant }).nullable(),
});
export type UnaccountedLine = z.infer<typeof unaccountedLine>;
export const unaccountedList = page(unaccountedLine);

/** `POST /v1/tills/{tillId}/entries/{seq}/decision` */
export const entryDecisionMade = z.strictObject({ decision: entryDecision, by: personName, why: line(500) });
export const entryDecided = z.object({ tillId, seq: z.number().int(), decision: entryDecision });

/** `POST /v1/payments/{id}/decision`: about a sale that was approved online and whose till never wrote its end. */
export const endDecisionMade = z.strictObject({ decision: saleEndDecision, by: personName, why: line(500) });

/** `GET /v1/rejected-entries?tillId=`: an entry that was not taken; the journal behind it waits at the till. */
export const rejectedEntry = z.object({
  tillId,
  afterSeq: z.number().int(),
  entryHash: z.string(),
  fault: intakeFault,
  /** Its beginning, with card numbers masked. */
  entry: z.string(),
  rejectedAt: instant,
});
export type RejectedEntry = z.infer<typeof rejectedEntry>;
export const rejectedList = page(rejectedEntry);

/** `GET /v1/tills` */
export const tillSummary = z.object({
  tillId,
  place: z.string(),
  enrolledAt: instant.nullable(),
  lastContactAt: instant.nullable(),
  acknowledgedSeq: z.number().int(),
  stopListVersion: z.number().int().nullable(),
  /** Accepted sales that the till has shipped, by tender. */
  cardSales: count,
  cashSales: count,
  /** Entries that cannot become payments (now); of them those that only a newer host can explain. */
  quarantinedEntries: count,
  unexplainedEntries: count,
  unaccounted,
  /** Alarms that have not ended. */
  alarms: z.array(alarm),
});
export type TillSummary = z.infer<typeof tillSummary>;

/** `GET /v1/alarms?state=&tillId=`, and `POST /v1/alarms/{alarmId}/acknowledgement`: somebody has seen it. */
export const alarmList = page(alarm);
export const acknowledgement = z.strictObject({
  /** Who has seen it: the name of a person. */
  by: personName,
});

/** `GET /v1/banks` */
export const bank = z.object({
  bankId: z.string(),
  name: localName,
  session: bankSessionState,
  health: bankHealth,
  feePercent: percent,
  onUsFeePercent: percent,
  collected: stage,
  lastAnswerAt: instant.nullable(),
  /** Its messages that this host could not read, or whose authentication code was wrong or missing, since it was started. */
  unreadableMessages: count,
  unauthenticMessages: count,
});
export type Bank = z.infer<typeof bank>;

/** Lists that always fit on one page answer in the same form, with `nextCursor` null. */
export const tillList = page(tillSummary);
export const bankList = page(bank);
export const paymentList = page(payment);
export const debtList = page(debt);

/** `GET /v1/money`: where the money is now; each payment stands in exactly one stage. */
export const money = z.object({
  currency,
  toBeSent: stage,
  atBanks: stage,
  /** Collected at the first cycle; what was declined first and paid later is `recovered`. */
  collected: stage,
  declined: stage,
  recovered: stage,
  stopListed: stage,
  unaccounted,
});
export type Money = z.infer<typeof money>;

/** `GET /v1/work`: what is under way; the sandbox's scenario waits until all counts are 0 before it moves the clock. */
export const work = z.object({
  intakeBacklog: count,
  paymentsInFlight: count,
  debtsAttempting: count,
  noticesInFlight: count,
  /** Payments that wait, by the kind of reason, with the first instant at which one of them is looked at again. */
  waiting: z.array(
    z.object({
      kind: z.enum(waitReason.options.map((option) => option.shape.kind.value)),
      count,
      sumMinor: amountMinor,
      nextAt: instant.nullable(),
    }),
  ),
  /** The next instant at which something is due by the schedule, or null. */
  nextDueAt: instant.nullable(),
});
export type Work = z.infer<typeof work>;

/** `GET /v1/store`: whether the store is known to be as new as the world, and what is at stake if it is not. */
export const store = z.object({
  ...storeEpoch.shape,
  beganAt: instant,
  /** Who has decided that a restored store goes on; null in its first epoch. */
  decidedBy: z.string().nullable(),
  why: z.string().nullable(),
  doubts: z.array(z.intersection(doubtFacts, z.object({ foundAt: instant }))),
  /** What would be held if a person decides that the store was restored. */
  atStake: stage,
  /** What is held since it was: perhaps debited in the time that was lost. */
  perhapsDebited: stage,
  /** What a person may decide now. */
  options: z.array(storeDecision),
});
export type Store = z.infer<typeof store>;

/** `POST /v1/store/decision` */
export const storeDecisionMade = z.strictObject({ decision: storeDecision, by: personName, why: line(500) });

/** `GET /v1/store/perhaps-debited?cursor=`: the payments that are held, in no order. */
export const heldPayment = z.object({ paymentId: saleId, amountMinor });
export const heldPaymentList = page(heldPayment);
export type HeldPaymentList = z.infer<typeof heldPaymentList>;

/** A line of a bank's day file about one payment: what has really moved. */
export const bookLine = z.object({
  bankId: z.string(),
  kind: z.enum(['debit', 'reversal', 'refund']),
  amountMinor,
  stan: z.string().regex(/^\d{1,6}$/),
  rrn: z.string().max(12),
});
export type BookLine = z.infer<typeof bookLine>;
/** A line as a bank's day file has it, one JSON object a line; `reference` is the payment's id. */
export const dayFileLine = bookLine.omit({ bankId: true }).extend({ reference: z.string() });

/**
 * `POST /v1/store/books`: what the banks' books say of payments that are held. They have to be of every bank, and whole up to
 * `until`, which is not before the epoch began.
 */
export const booksRead = z.strictObject({
  by: personName,
  why: line(500),
  until: instant,
  bankIds: z.array(z.string()).min(1).max(100),
  payments: z
    .array(z.strictObject({ paymentId: saleId, lines: z.array(bookLine).max(200) }))
    .min(1)
    .max(500),
});
export type BooksRead = z.infer<typeof booksRead>;

/** `POST /v1/store/nothing-debited`: a person knows that nothing but what the store knows was debited for these payments. */
export const nothingDebited = z.strictObject({
  by: personName,
  why: line(500),
  paymentIds: z.array(saleId).min(1).max(500),
});

/** What came of it: payments that go on, and those for which the books give no clear answer: they stay held. */
export const heldResult = z.object({ cleared: z.array(saleId), unclear: z.array(saleId) });
export type HeldResult = z.infer<typeof heldResult>;
