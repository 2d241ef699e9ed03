import type { CardHandle } from '../banks/index.ts';
import type { KeptPart } from '../keys/card-vault.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { type Queries, type Row, sql } from '../store/index.ts';

type KeptCardRow = Pick<
  Row<'payments'>,
  'payment_id' | 'card_reference' | 'card_track' | 'card_track_key' | 'card_account' | 'card_account_key'
>;

/**
 * The card of a payment for one message: a first debit is made by its track; whatever comes later needs number and expiry only.
 * Throws CardDataError if it cannot be opened.
 */
export function messageCard({ cards }: KeyStore, payment: KeptCardRow, isByTrack: boolean): CardHandle {
  const { payment_id: paymentId, card_reference: cardReference } = payment;
  const account = partOf(payment.card_account_key, payment.card_account);
  const track = isByTrack ? partOf(payment.card_track_key, payment.card_track) : null;
  return cards.open({ track, account }, { paymentId, cardReference });
}

const partOf = (dataKey: string | null, sealed: string | null): KeptPart | null =>
  dataKey === null || sealed === null ? null : { dataKey, sealed };

/** The same for a message that another host has handed over. Rejects if there is no such payment. */
export async function readMessageCard(
  queries: Queries,
  keys: KeyStore,
  paymentId: string,
  isByTrack: boolean,
): Promise<CardHandle> {
  const [payment] = await queries.query<KeptCardRow>(sql`
    select payment_id, card_reference, card_track, card_track_key, card_account, card_account_key
    from payments where payment_id = ${paymentId}`);
  if (payment === undefined) throw new Error(`no payment ${paymentId}`);
  return messageCard(keys, payment, isByTrack);
}
