/** A sale as far as it may be another one rung up twice. */
export interface SaleTap {
  saleId: string;
  /** The card's reference, never its number. */
  cardReference: string;
  amountMinor: number;
  atMs: number;
}

/** So close together the same sum from the same card is more often a mistake than two purchases. */
export const doubleWithinMs = 60_000;

/** The sale of the same till (all of `others` are its) that this one may repeat: the newest; undefined if there is none. */
export function possibleDouble(
  sale: SaleTap,
  others: readonly SaleTap[],
  withinMs: number = doubleWithinMs,
): SaleTap | undefined {
  return others
    .filter(
      ({ saleId, cardReference, amountMinor, atMs }) =>
        saleId !== sale.saleId &&
        cardReference === sale.cardReference &&
        amountMinor === sale.amountMinor &&
        Math.abs(sale.atMs - atMs) < withinMs,
    )
    .toSorted((a, b) => b.atMs - a.atMs)[0];
}
