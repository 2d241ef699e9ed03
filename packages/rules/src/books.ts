import type { AttemptState } from '@bivak/domain';

/** A line of a bank's day file about a payment: what has really moved. */
export interface BookLine {
  bankId: string;
  kind: 'debit' | 'reversal' | 'refund';
  amountMinor: number;
  /** Of the debit that is made or reversed; a refund has its own. */
  stan: string;
  rrn: string;
}

/** A debit that stands: made, and not given back. */
export interface StandingDebit {
  bankId: string;
  stan: string;
  rrn: string;
}

/** An attempt that the store knows. */
export type KnownAttempt = StandingDebit & { state: AttemptState };

/**
 * What the banks' books say of a payment: the debits that stand, or why they give no clear answer:
 * - `other-sum`: what stands is no whole number of debits of this payment
 * - `approval-not-found`: the store knows an approval, and the books hold no debit for it
 */
export type BooksReading =
  | { isClear: true; standing: readonly StandingDebit[] }
  | { isClear: false; cause: 'other-sum' | 'approval-not-found' };

const isSame = (one: StandingDebit, other: StandingDebit): boolean =>
  one.bankId === other.bankId && one.stan === other.stan && one.rrn === other.rrn;

/**
 * Reads the books of all banks about one payment of which it is not known what was debited. A refund bears numbers of its own:
 * it counts for a debit at its bank that the store does not know to be approved, before one that it does.
 */
export function readBooks(
  amountMinor: number,
  attempts: readonly KnownAttempt[],
  lines: readonly BookLine[],
): BooksReading {
  const standing: StandingDebit[] = [];
  for (const atBank of Map.groupBy(lines, ({ bankId }) => bankId).values()) {
    const found = standingAt(amountMinor, attempts, atBank);
    if (found === undefined) return { isClear: false, cause: 'other-sum' };
    standing.push(...found);
  }
  const approved = attempts.filter(({ state }) => state === 'approved');
  const isFound = approved.every((attempt) => standing.some((debit) => isSame(debit, attempt)));
  return isFound ? { isClear: true, standing } : { isClear: false, cause: 'approval-not-found' };
}

/** The debits that stand at one bank; undefined if what stands there is no whole number of them. */
function standingAt(
  amountMinor: number,
  attempts: readonly KnownAttempt[],
  lines: readonly BookLine[],
): StandingDebit[] | undefined {
  const debits: (StandingDebit & { netMinor: number })[] = [];
  let refundedMinor = 0;
  for (const { bankId, kind, amountMinor: movedMinor, stan, rrn } of lines) {
    if (kind === 'refund') {
      refundedMinor += movedMinor;
      continue;
    }
    const key = { bankId, stan, rrn };
    let debit = debits.find((one) => isSame(one, key));
    if (debit === undefined) {
      debit = { ...key, netMinor: 0 };
      debits.push(debit);
    }
    debit.netMinor += kind === 'debit' ? movedMinor : -movedMinor;
  }
  const made = debits.filter(({ netMinor }) => netMinor !== 0);
  const refunds = refundedMinor / amountMinor;
  const isWhole = made.every(({ netMinor }) => netMinor === amountMinor) && Number.isInteger(refunds);
  if (!isWhole || refunds > made.length) return undefined;
  const isApproved = (debit: StandingDebit): boolean =>
    attempts.some((attempt) => attempt.state === 'approved' && isSame(attempt, debit));
  const inOrder = [...made.filter((debit) => !isApproved(debit)), ...made.filter(isApproved)];
  return inOrder.slice(refunds).map(({ bankId, stan, rrn }) => ({ bankId, stan, rrn }));
}
