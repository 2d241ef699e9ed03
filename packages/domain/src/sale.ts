import { defineLifecycle, type StateOf } from '@bivak/lifecycle';
import { z } from 'zod';
import { checks, refusalReason } from './acceptance.ts';
import { fiscalMark } from './fiscal.ts';
import { amountMinor, currency, instant, phone, saleId } from './primitives.ts';
import { vatRate } from './vat.ts';

/** The life of a sale at the counter. What is not stored yet (`rung-up`) is lost with the till, and nothing has happened. */
export const saleLifecycle = defineLifecycle({
  name: 'sale',
  initial: 'rung-up',
  states: {
    'rung-up': {
      to: ['refused', 'intended'],
      means: 'items, sum and identity are known; the card is prompted for; nothing is stored',
    },
    refused: { to: [], means: 'the till took no card or would not take it; nothing was signed' },
    intended: {
      to: ['accepted', 'abandoned'],
      means:
        'stored; the host may have been asked and the drive may have signed: never done again, only resolved',
    },
    accepted: { to: [], means: 'the drive has signed: items and receipt are the buyer’s' },
    abandoned: { to: [], means: 'ended without a fiscal document; what was authorised has to be given back' },
  },
});
export type SaleState = StateOf<typeof saleLifecycle>;

/** How a sale is paid. */
export const tenders = ['card', 'cash'] as const;
export const tender = z.enum(tenders);
export type Tender = z.infer<typeof tender>;

/** How a card is authorised: `online` while the buyer waits, `offline` by the till alone. */
export const cardModes = ['offline', 'online'] as const;
export const cardMode = z.enum(cardModes);
export type CardMode = z.infer<typeof cardMode>;

export const saleMode = z.enum([...cardModes, 'cash']);
export type SaleMode = z.infer<typeof saleMode>;

/** One item of a sale: what was sold, how many pieces, and for how much. */
export const lineItem = z.object({
  sku: z.string(),
  name: z.string(),
  /** Pieces. */
  quantity: z.number().int().min(1),
  priceMinor: amountMinor,
  sumMinor: amountMinor,
  vatRate,
});
export type LineItem = z.infer<typeof lineItem>;

/** Where the buyer may be told of a decline; given of his own will. */
export const contact = z.object({ phone });
export type Contact = z.infer<typeof contact>;

/**
 * What the till is asked for and keeps as it was asked: a member that is added here travels from `POST /v1/sales` into the
 * journal, and the same `saleKey` with another value of it is another sale.
 */
export const saleRequest = z.object({ saleKey: z.string(), tender });
export type SaleRequest = z.infer<typeof saleRequest>;

/** What every record of a sale says, however it ended. */
export const saleBasics = saleRequest.extend({
  saleId,
  lineItems: z.array(lineItem).min(1),
  totalMinor: amountMinor,
  currency,
  shiftNumber: z.number().int().min(1),
  /** How the sale was asked for. */
  requestedMode: saleMode,
});

/** A sale that the drive has signed. */
export const acceptance = z.object({ saleId, mode: saleMode, fiscal: fiscalMark, checks });

export const saleOutcomes = ['accepted', 'refused'] as const;
export const saleOutcome = z.enum(saleOutcomes);

/** What became of a payment, as its till is told. */
export const paymentOutcomes = ['collected', 'declined', 'recovered'] as const;
export const paymentOutcomeState = z.enum(paymentOutcomes);
export type PaymentOutcomeState = z.infer<typeof paymentOutcomeState>;

/** What the host has made of a sale, as its till knows: `waiting` until shipped, then `shipped`, then the outcome. */
export const hostSaleState = z.enum(['waiting', 'shipped', ...paymentOutcomes, 'not-a-payment']);
export type HostSaleState = z.infer<typeof hostSaleState>;

export const paymentOutcome = z.object({
  /** Place in the till's list of outcomes: what `outcomesAfter` counts. */
  cursor: z.number().int(),
  saleId,
  state: paymentOutcomeState,
  at: instant,
});
export type PaymentOutcome = z.infer<typeof paymentOutcome>;

/** A sale that ended without a fiscal document. */
export const abandonment = z.object({ saleId, reason: refusalReason });
