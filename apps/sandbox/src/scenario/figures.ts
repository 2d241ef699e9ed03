import type { sandboxApi } from '@bivak/contracts';
import type { RefusalReason } from '@bivak/domain';

/** A bank's books, as the bank itself keeps them. */
export interface BankLedger {
  bankId: string;
  entries: readonly sandboxApi.LedgerEntry[];
}

/** What was answered at the counter: the only place that knows of a refusal, which leaves neither money nor a receipt. */
export interface CounterAnswer {
  saleId: string;
  outcome: 'accepted' | 'refused';
  reason: RefusalReason | null;
  maskedPan: string | null;
}

/** Everything that is counted, and from whom: nothing of it comes from the host. */
export interface Evidence {
  ledgers: readonly BankLedger[];
  sms: readonly sandboxApi.Sms[];
  fiscalDocuments: readonly sandboxApi.FiscalDocument[];
  counter: readonly CounterAnswer[];
}

/** What the banks' books together say of one sale. */
export interface SaleAtBanks {
  saleId: string;
  debits: number;
  reversals: number;
  declines: number;
  /** Debits less what was reversed. */
  netDebits: number;
  netMinor: number;
  lastWord: 'debit' | 'decline' | 'reversal' | 'none';
}

/** What each sale came to at the banks, by sale. */
export function salesAtBanks(ledgers: readonly BankLedger[]): Map<string, SaleAtBanks> {
  const sales = new Map<string, SaleAtBanks>();
  const entries = ledgers.flatMap((ledger) => ledger.entries);
  for (const entry of entries.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    const sale = sales.get(entry.reference) ?? {
      saleId: entry.reference,
      debits: 0,
      reversals: 0,
      declines: 0,
      netDebits: 0,
      netMinor: 0,
      lastWord: 'none' as const,
    };
    sales.set(entry.reference, add(sale, entry));
  }
  return sales;
}

function add(sale: SaleAtBanks, entry: sandboxApi.LedgerEntry): SaleAtBanks {
  switch (entry.kind) {
    case 'debit':
      return {
        ...sale,
        debits: sale.debits + 1,
        netDebits: sale.netDebits + 1,
        netMinor: sale.netMinor + entry.amountMinor,
        lastWord: 'debit',
      };
    case 'reversal':
    case 'refund':
      return {
        ...sale,
        reversals: sale.reversals + 1,
        netDebits: sale.netDebits - 1,
        netMinor: sale.netMinor - entry.amountMinor,
        lastWord: 'reversal',
      };
    case 'decline':
      return { ...sale, declines: sale.declines + 1, lastWord: 'decline' };
    case 'reversal-of-nothing':
    case 'reservation':
    case 'release':
    case 'lapse':
      return sale; // no money moved: it says nothing of the sale
  }
}

/**
 * True if no sale ever had two debits at once: each was reversed before another bank was tried. Of a reversal and a
 * debit of the same millisecond the reversal counts first: the debit was sent upon its answer.
 */
export function neverTwiceAtOnce(ledgers: readonly BankLedger[]): boolean {
  const steps = ledgers
    .flatMap(({ entries }) => entries)
    .flatMap(({ at, reference, kind }) =>
      kind === 'debit' || kind === 'reversal' || kind === 'refund'
        ? [{ at, reference, by: kind === 'debit' ? 1 : -1 }]
        : [],
    )
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.by - b.by);
  const standing = new Map<string, number>();
  return steps.every(({ reference, by }) => {
    const now = (standing.get(reference) ?? 0) + by;
    standing.set(reference, now);
    return now <= 1;
  });
}

/**
 * The figures of the scenario, joined by the sale's identity, which the bank's books (merchant's reference) and the
 * fiscal archive (tag 1192) carry.
 *
 * - `doubleDebited`: sales with more than one debit that was not reversed.
 * - `lost`: fiscal receipts paid by card with neither such a debit nor a bank's decline as the last word about them,
 *   receipts whose debit is of another sum, and debits that no receipt stands behind.
 * - `debts`: sales that a bank declined and whose items had been handed out; `recovered`: those collected after all.
 * - `stopListed`: cards that a till refused because they were listed.
 */
export function countFigures({
  ledgers,
  sms,
  fiscalDocuments,
  counter,
}: Evidence): sandboxApi.ScenarioFigures {
  const atBanks = salesAtBanks(ledgers);
  const receipts = fiscalDocuments.filter(({ kind }) => kind === 'receipt');
  const cardReceipts = receipts.filter(({ cardMinor }) => (cardMinor ?? 0) > 0);
  const receiptOf = new Map(
    cardReceipts.flatMap((receipt) => (receipt.saleId === null ? [] : [[receipt.saleId, receipt]])),
  );
  const collected = [...atBanks.values()].filter(({ netDebits }) => netDebits > 0);
  const declined = [...atBanks.values()].filter(
    ({ saleId, declines }) => declines > 0 && receiptOf.has(saleId),
  );
  const unaccounted = cardReceipts.filter(({ saleId, cardMinor }) => {
    const sale = saleId === null ? undefined : atBanks.get(saleId);
    if (sale === undefined) return true;
    if (sale.netDebits > 0) return sale.netDebits === 1 && sale.netMinor !== cardMinor;
    return sale.lastWord !== 'decline';
  });
  const withoutReceipt = collected.filter(({ saleId }) => !receiptOf.has(saleId));
  const refusals = counter.filter(({ outcome }) => outcome === 'refused');
  return {
    sales: receipts.length,
    cardSales: cardReceipts.length,
    refused: countBy(refusals.map(({ reason }) => reason ?? 'unknown')),
    fiscalDocuments: fiscalDocuments.length,
    collected: collected.length,
    collectedMinor: collected.reduce((sum, { netMinor }) => sum + netMinor, 0),
    debts: declined.length,
    recovered: declined.filter(({ netDebits }) => netDebits > 0).length,
    stopListed: new Set(
      refusals.filter(({ reason }) => reason === 'stop-listed').map(({ maskedPan }) => maskedPan),
    ).size,
    sms: sms.length,
    reversals: ledgers.flatMap(({ entries }) => entries).filter(({ kind }) => kind === 'reversal').length,
    doubleDebited: collected.filter(({ netDebits }) => netDebits > 1).length,
    lost: unaccounted.length + withoutReceipt.length,
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
