import {
  amountMinor,
  checks,
  contact,
  currency,
  fiscalMark,
  hostSaleState,
  instant,
  lineItem,
  maskedPan,
  refusalReason,
  saleId,
  saleMode,
  saleOutcome,
  saleRequest,
  tender,
  tillId,
  vatRate,
} from '@bivak/domain';
import { z } from 'zod';
import { readerPrompts } from './reader-api.ts';

/** The most pieces of one item in a sale. */
export const maxQuantity = 10_000;

/** `POST /v1/sales`. The same `saleKey` with the same contents gives the same sale; with others, 409 `sale-key-reused`. */
export const newSale = z.strictObject({
  ...saleRequest.shape,
  saleKey: z.string().min(1).max(100),
  items: z
    .array(
      z.strictObject({ sku: z.string().min(1).max(64), quantity: z.number().int().min(1).max(maxQuantity) }),
    )
    .min(1)
    .max(200),
  contact: contact.strict().optional(),
  /** The cashier has said that it is another purchase, although the same card has just paid the same sum. */
  isAnotherPurchase: z.literal(true).optional(),
});
export type NewSale = z.infer<typeof newSale>;

/** A receipt as it is shown and printed: text lines of the printer's width, then the QR code. */
export const receipt = z.object({
  widthChars: z.number().int(),
  lines: z.array(z.string()),
  qr: z.string().nullable(),
});
export type Receipt = z.infer<typeof receipt>;

export const sale = z.object({
  saleId,
  outcome: saleOutcome,
  /** How a card sale was accepted; `cash` for a cash sale. A refused sale has the mode in which it was requested. */
  mode: saleMode,
  reason: refusalReason.nullable(),
  receipt: receipt.nullable(),
  tender,
  totalMinor: amountMinor,
  currency,
  lineItems: z.array(lineItem),
  card: z.object({ maskedPan }).nullable(),
  checks,
  fiscal: fiscalMark.nullable(),
  soldAt: instant,
  /** What the host has made of it: `waiting` until shipped, then `shipped`, then what became of the payment. */
  hostState: hostSaleState,
});
export type Sale = z.infer<typeof sale>;

export const itemReportRow = z.object({
  sku: z.string(),
  name: z.string(),
  vatRate,
  cardQuantity: z.number().int(),
  cardSumMinor: amountMinor,
  cashQuantity: z.number().int(),
  cashSumMinor: amountMinor,
});
/** `GET /v1/reports/items?shift=current|all`: sales by item, made without a link. */
export const itemReport = z.object({
  tillId,
  from: instant.nullable(),
  to: instant,
  currency,
  rows: z.array(itemReportRow),
  vat: z.array(
    z.object({
      vatRate,
      cardSumMinor: amountMinor,
      cashSumMinor: amountMinor,
      vatMinor: amountMinor,
    }),
  ),
  totals: z.object({
    sales: z.number().int(),
    cardSales: z.number().int(),
    cashSales: z.number().int(),
    cardMinor: amountMinor,
    cashMinor: amountMinor,
    sumMinor: amountMinor,
  }),
  /** The report as it is printed, 42 characters wide. */
  print: receipt,
});
export type ItemReport = z.infer<typeof itemReport>;

/** `weak`: too slow or too unsteady for a buyer who waits. */
const linkState = z.enum(['up', 'weak', 'down']);
export type LinkState = z.infer<typeof linkState>;

const cardPrompt = z.enum(['idle', ...readerPrompts]);
export type CardPrompt = z.infer<typeof cardPrompt>;

export const tillStatus = z.object({
  tillId,
  merchant: z.string(),
  place: z.string(),
  timeZone: z.string(),
  now: instant,
  currency,
  link: z.object({
    state: linkState,
    since: instant,
    lastContactAt: instant.nullable(),
  }),
  /** Journal entries and accepted card sales which the host has not acknowledged. */
  queue: z.object({
    entries: z.number().int(),
    sales: z.number().int(),
    sumMinor: amountMinor,
    oldestAt: instant.nullable(),
  }),
  /** The three clocks of the most urgent sale; null if nothing runs. */
  clocks: z.object({
    bankDueAt: instant.nullable(),
    recoveryEndsAt: instant.nullable(),
    driveDueAt: instant.nullable(),
  }),
  limits: z.object({
    perSaleMinor: amountMinor,
    perCardMinor: amountMinor,
    perCardCount: z.number().int(),
    tillMinorLeft: amountMinor,
    tillCountLeft: z.number().int(),
  }),
  stopList: z.object({
    version: z.number().int(),
    entries: z.number().int(),
    issuedAt: instant.nullable(),
    ageMs: z.number().int().nullable(),
  }),
  shift: z.object({ number: z.number().int(), open: z.boolean(), openedAt: instant.nullable() }),
  drive: z.object({
    number: z.string(),
    state: z.enum(['ready', 'silent', 'refusing']),
    unsentDocuments: z.number().int(),
    oldestUnsentAt: instant.nullable(),
    daysLeftToSend: z.number().nullable(),
  }),
  /** What the buyer is to do with the card now; `idle` when no card is asked for. */
  cardPrompt,
  /** The host has shown that the till's data was rolled back to an old copy: nothing is sold (`till-data-old`). */
  isRolledBack: z.boolean(),
});
export type TillStatus = z.infer<typeof tillStatus>;

/** `GET /v1/catalogue`: what the screen shows as tiles. */
export const catalogue = z.object({
  currency,
  categories: z.array(z.object({ id: z.string(), ru: z.string(), en: z.string() })),
  items: z.array(
    z.object({
      sku: z.string(),
      barcode: z.string(),
      nameRu: z.string(),
      nameEn: z.string(),
      category: z.string(),
      priceMinor: amountMinor,
      vatRate,
      color: z.string(),
    }),
  ),
});
export type Catalogue = z.infer<typeof catalogue>;
