import type { CardTap } from '@bivak/domain';
import { possibleDouble } from '@bivak/rules';
import type { SaleRecord, SaleStore } from './store.ts';

/** True if a sale with the same card and sum was accepted here less than `withinMs` ago: the cashier is asked about it. */
export function isPossibleDouble(
  { cardReference }: Pick<CardTap, 'cardReference'>,
  sale: { saleId: string; amountMinor: number; atMs: number },
  store: Pick<SaleStore, 'recentByCard'>,
  withinMs: number,
): boolean {
  const others = store.recentByCard(sale.amountMinor).flatMap(tapOf);
  return possibleDouble({ ...sale, cardReference }, others, withinMs) !== undefined;
}

function tapOf({ saleId, soldAt, begun }: SaleRecord) {
  if (!('card' in begun) || begun.card === null) return [];
  const { cardReference } = begun.card;
  return [{ saleId, cardReference, amountMinor: begun.totalMinor, atMs: Date.parse(soldAt) }];
}
