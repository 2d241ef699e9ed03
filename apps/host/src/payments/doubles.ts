import { possibleDouble } from '@bivak/rules';
import { type Database, type Row, sql } from '../store/index.ts';
import type { FoldContext } from './fold.ts';
import { addEvent, type HeldPayment, type PaymentKey, recorder } from './timeline.ts';

/** What tells of a sale whether it is another one rung up twice. */
export interface FoldedSale extends PaymentKey {
  tillId: string;
  cardReference: string;
  amountMinor: number;
}

/**
 * Flags a payment, and the one that it may repeat: the same card, sum and till within a minute. Nothing is held for it: the
 * cashier was asked, and only people can say. Looked at once the payment is committed, so that of two which are folded at the
 * same time one sees the other; the same payment once more changes nothing.
 */
export async function flagDouble({ database, log }: FoldContext, sale: FoldedSale): Promise<void> {
  const pair = await pairOf(database, sale);
  if (pair === undefined) return;
  await database.transaction(async (queries) => {
    // In one order, whichever of them has found the other.
    for (const { id, otherId, at } of pair.toSorted((a, b) => a.id.localeCompare(b.id))) {
      const [flagged] = await queries.query<HeldPayment>(sql`
        update payments set double_of = ${otherId} where bucket = ${sale.bucket} and payment_id = ${id} and double_of is null
        returning bucket, payment_id, last_event`);
      if (flagged === undefined) continue;
      const event = { kind: 'possible-double', data: { otherId } } as const;
      await addEvent(recorder(queries, log), flagged, at, event);
    }
  });
}

type Neighbour = Pick<Row<'payments'>, 'payment_id' | 'sold_at' | 'received_at'>;

async function pairOf(
  database: Database,
  { bucket, payment_id, tillId, cardReference, amountMinor }: FoldedSale,
): Promise<{ id: string; otherId: string; at: Date }[] | undefined> {
  const found = await database.query<Neighbour>(sql`
    select payment_id, sold_at, received_at from payments
    where bucket = ${bucket} and card_reference = ${cardReference} and till_id = ${tillId} and amount_minor = ${amountMinor}
      and not cancel_requested`);
  const own = found.find((one) => one.payment_id === payment_id);
  if (own === undefined || found.length < 2) return undefined;
  const tapOf = (one: Neighbour) => ({
    saleId: one.payment_id,
    cardReference,
    amountMinor,
    atMs: one.sold_at.getTime(),
  });
  const other = possibleDouble(tapOf(own), found.map(tapOf));
  if (other === undefined) return undefined;
  const at = own.received_at;
  return [
    { id: payment_id, otherId: other.saleId, at },
    { id: other.saleId, otherId: payment_id, at },
  ];
}
