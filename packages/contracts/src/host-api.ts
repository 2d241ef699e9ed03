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
  debtState,
  disputeCause,
  fiscalMark,
  instant,
  lineItem,
  localName,
  maskedPan,
  noticeKind,
  noticeState,
  paymentState,
  percent,
  rankedBank,
  responseMeaning,
  retryClass,
  route,
  saleId,
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
  /** The latest decline's code and what it says. */
  responseCode: z.string(),
  meaning: responseMeaning,
  retryClass,
  attemptsMade: z.number().int(),
  openedAt: instant,
  declinedAt: instant,
  nextAttemptAt: instant.nullable(),
  windowEndsAt: instant,
  closedAt: instant.nullable(),
  hasContact: z.boolean(),
  notices: z.array(z.object({ kind: noticeKind, at: instant, state: noticeState })),
});
export type Debt = z.infer<typeof debt>;

/** `GET /v1/stop-list` */
export const stopListEntry = z.object({
  cardReference,
  maskedPan: maskedPan.nullable(),
  /** The decline for which the card is listed. */
  responseCode: z.string(),
  meaning: responseMeaning,
  since: instant,
  debtId: z.string().nullable(),
});
export const stopList = z.object({
  version: z.number().int(),
  issuedAt: instant.nullable(),
  entries: z.array(stopListEntry),
});
export type StopList = z.infer<typeof stopList>;

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
