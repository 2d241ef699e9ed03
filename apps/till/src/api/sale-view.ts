import type { tillApi } from '@bivak/contracts';
import type { HostSaleState } from '@bivak/domain';
import type { Translate } from '@bivak/messages';
import type { LimitsStore } from '../limits/index.ts';
import { type ReceiptHead, receiptOf } from '../receipt/index.ts';
import type { SaleRecord } from '../sale/index.ts';

export interface SaleViewOptions {
  head: ReceiptHead;
  /** Says receipts in the language in which the till prints. */
  t: Translate;
  limits: LimitsStore;
  /** The last entry that the host has. */
  acknowledgedSeq: () => number;
}

/** A sale as the API answers it. A sale that has no end yet has no outcome to answer: see `sale-outcome-unknown`. */
export function saleView(record: SaleRecord, options: SaleViewOptions): tillApi.Sale {
  const { begun, accepted } = record;
  const maskedPan = maskedPanOf(record);
  return {
    saleId: record.saleId,
    outcome: accepted === null ? 'refused' : 'accepted',
    mode: accepted?.mode ?? begun.requestedMode,
    reason: record.reason,
    receipt: saleReceipt(record, options),
    tender: begun.tender,
    totalMinor: begun.totalMinor,
    currency: begun.currency,
    lineItems: begun.lineItems,
    card: maskedPan === null ? null : { maskedPan },
    checks: accepted?.checks ?? begun.checks,
    fiscal: accepted?.fiscal ?? null,
    soldAt: record.soldAt,
    hostState: hostState(record, options),
  };
}

/** The sale's receipt; null if it was not accepted. */
export function saleReceipt(
  record: SaleRecord,
  { head, t }: Pick<SaleViewOptions, 'head' | 't'>,
): tillApi.Receipt | null {
  const { begun, accepted, saleId, contact } = record;
  if (accepted === null) return null;
  const { lineItems, totalMinor, tender } = begun;
  // A copy that is printed once the host has the sale bears no telephone number.
  const phone = contact === null || contact === 'unknown' ? null : contact.phone;
  const { mode, fiscal } = accepted;
  return receiptOf(
    { saleId, lineItems, totalMinor, tender, mode, fiscal, phone, maskedPan: maskedPanOf(record) },
    head,
    t,
  );
}

function maskedPanOf({ begun }: SaleRecord): string | null {
  return 'card' in begun ? (begun.card?.maskedPan ?? null) : begun.maskedPan;
}

function hostState(
  { begun, accepted, saleId, endSeq }: SaleRecord,
  { limits, acknowledgedSeq }: SaleViewOptions,
): HostSaleState {
  if (begun.tender === 'cash' || accepted === null) return 'not-a-payment';
  return limits.outcome(saleId) ?? (endSeq !== null && endSeq <= acknowledgedSeq() ? 'shipped' : 'waiting');
}
