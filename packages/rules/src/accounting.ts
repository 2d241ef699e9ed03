import type { EntryDecision, PaymentState, QuarantineReason, SaleEndDecision } from '@bivak/domain';
import { maxUnendedSaleMs } from './stays.ts';

/** What a person may decide about each reason for which an accepted sale by card is no payment. */
const ofCardSale: Readonly<Record<QuarantineReason['kind'], readonly EntryDecision[]>> = {
  // A newer host reads and collects them by itself.
  'unknown-kind': [],
  'newer-version': [],
  // Another sale under a number that was used, or one of which the journal says two things: it may have its own money.
  'sale-repeated': ['collect', 'dismiss'],
  'ended-before': ['collect', 'dismiss'],
  'given-back': ['collect', 'dismiss'],
  // Nothing that a bank would take can be made of them.
  'malformed-body': ['dismiss'],
  'no-intent': ['dismiss'],
  'no-card': ['dismiss'],
  'sale-of-another-till': ['dismiss'],
  'wrong-currency': ['dismiss'],
  'zero-sum': ['dismiss'],
  'sum-too-large': ['dismiss'],
  'tender-differs': ['dismiss'],
  'card-unreadable': ['dismiss'],
  'card-refused': ['dismiss'],
  'not-storable': ['dismiss'],
};

/** What a person may decide about a quarantined entry; of one that is no accepted sale by card, nothing can be collected. */
export function entryDecisionsFor(
  reason: Pick<QuarantineReason, 'kind'>,
  isCardSale: boolean,
): readonly EntryDecision[] {
  const offered = ofCardSale[reason.kind];
  return isCardSale ? offered : offered.filter((decision) => decision !== 'collect');
}

/** A sale as far as its end goes. */
export interface SaleEndFacts {
  state: PaymentState;
  /** Its till has said that it was sold. */
  isAccepted: boolean;
  /** Its till, or a person, has said that it was not. */
  cancelRequested: boolean;
  /** What a person has decided about its end. */
  decision: SaleEndDecision | null;
  receivedAtMs: number;
}

/** What a person may decide about a sale that was debited online and that its till has not ended for the longest time. */
export function saleEndDecisionsFor(sale: SaleEndFacts, nowMs: number): readonly SaleEndDecision[] {
  const isOpen =
    sale.state === 'collected' && !sale.isAccepted && !sale.cancelRequested && sale.decision === null;
  return isOpen && nowMs - sale.receivedAtMs >= maxUnendedSaleMs ? ['keep', 'give-back'] : [];
}
