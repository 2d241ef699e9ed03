import type { Language, RefusalReason, tillApi } from '@bivak/contracts';
import { refusalReason } from '@bivak/contracts';
import { refusalWords } from '@bivak/words';
import type { LimitsStore } from '../limits/index.ts';
import { type ReceiptHead, receiptOf } from '../receipt/index.ts';
import type { SaleRecord } from '../sale/index.ts';

export interface SaleViewOptions {
  head: ReceiptHead;
  limits: LimitsStore;
  /** The last entry that the host has. */
  acknowledgedSeq: () => number;
}

/** A sale as the API answers it. A sale that has no end yet has no outcome to answer: see `sale-outcome-unknown`. */
export function saleView(record: SaleRecord, options: SaleViewOptions): tillApi.Sale {
  const { begun, accepted } = record;
  const reason = record.reason === null ? null : refusalReason.parse(record.reason);
  const maskedPan = maskedPanOf(record);
  return {
    saleId: record.saleId,
    outcome: accepted === null ? 'refused' : 'accepted',
    mode: accepted?.mode ?? begun.asked ?? (begun.tender === 'cash' ? 'cash' : 'offline'),
    reason,
    words: reason === null ? null : wordsOf(reason),
    receipt: saleReceipt(record, options.head),
    tender: begun.tender,
    totalMinor: begun.totalMinor,
    currency: begun.currency,
    lines: begun.lines,
    card: maskedPan === null ? null : { maskedPan },
    checks: accepted?.checks ?? begun.checks,
    fiscal: accepted?.fiscal ?? null,
    soldAt: record.soldAt,
    hostState: hostState(record, options),
  };
}

/** The sale's receipt; null where it was not accepted. */
export function saleReceipt(record: SaleRecord, head: ReceiptHead): tillApi.Receipt | null {
  const { begun, accepted, saleId } = record;
  if (accepted === null) return null;
  const { lines, totalMinor, tender } = begun;
  const phone = 'contact' in begun ? (begun.contact?.phone ?? null) : null;
  const { mode, fiscal } = accepted;
  return receiptOf(
    { saleId, lines, totalMinor, tender, mode, fiscal, phone, maskedPan: maskedPanOf(record) },
    head,
  );
}

function maskedPanOf({ begun }: SaleRecord): string | null {
  return 'card' in begun ? (begun.card?.maskedPan ?? null) : begun.maskedPan;
}

function wordsOf(reason: RefusalReason): Record<Language, { reason: string; advice: string }> {
  return refusalWords[reason]!;
}

function hostState(
  { begun, accepted, saleId, endSeq }: SaleRecord,
  { limits, acknowledgedSeq }: SaleViewOptions,
): tillApi.Sale['hostState'] {
  if (begun.tender === 'cash' || accepted === null) return 'not-a-payment';
  return limits.outcome(saleId) ?? (endSeq !== null && endSeq <= acknowledgedSeq() ? 'shipped' : 'waiting');
}
