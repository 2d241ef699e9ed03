import { CardDataError } from '@bivak/card';
import type { CardDataFault } from '@bivak/domain';
import { intentAttachments, readContent } from '@bivak/journal';
import { currentEpoch } from '../epoch/epoch.ts';
import {
  attachmentsOf,
  cardAttachment,
  contactAttachment,
  type KeptAttachment,
} from '../intake/attachments.ts';
import type { KeptCard } from '../keys/card-vault.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { cardBucket, type Database, ksnBucket, type Queries, type Row, sql } from '../store/index.ts';
import type { CardIntent } from './sale-reading.ts';

/** What a till has sent beside the intent of a sale, as its payment keeps it. */
export interface SentCard {
  card: KeptCard;
  /** The buyer's telephone number; null if he gave none. */
  phone: string | null;
}

interface Opening {
  database: Database;
  keys: KeyStore;
}

/** A sale that is about to become a payment. */
interface OpenedSale {
  tillId: string;
  paymentId: string;
  /** The store's epoch in which its entry was first sent. */
  epoch: number;
}

/**
 * Opens what was sent beside an intent, for the payment that it is about to become: the card has to be the one that the sale
 * says, sealed for this very sale and sum, and its tap must have paid for nothing else. Gives what is wrong with it if not. What
 * was sent again after the store was put back has no card any more (the till has destroyed it once it was acknowledged): it can be
 * found in the banks' books all the same.
 */
export async function openSent(
  { database, keys }: Opening,
  read: CardIntent,
  { tillId, paymentId, epoch }: OpenedSale,
): Promise<SentCard | { fault: CardDataFault }> {
  const sent = await attachmentsOf(database, tillId, read.envelope.seq);
  const opened = keepCard(keys, sent, read, { tillId, paymentId });
  const isGone = 'fault' in opened && opened.fault === 'missing' && (await isOfEarlierEpoch(database, epoch));
  const card = isGone ? destroyedCard : opened;
  if ('fault' in card) return card;
  if (!(await claimTap(database, read.card.ksn, paymentId))) return { fault: 'used-by-another-sale' };
  return { card, phone: phoneIn(keys, sent) };
}

const destroyedCard: KeptCard = { track: null, account: null };

const isOfEarlierEpoch = async (queries: Queries, epoch: number): Promise<boolean> =>
  epoch < (await currentEpoch(queries)).epoch;

/** True if the sale has its payment already: what was sent beside it is kept there. */
export async function hasPayment(
  queries: Queries,
  cardReference: string,
  paymentId: string,
): Promise<boolean> {
  const found = await queries.query(sql`
    select payment_id from payments where bucket = ${cardBucket(cardReference)} and payment_id = ${paymentId}`);
  return found.length > 0;
}

function keepCard(
  { cards }: KeyStore,
  sent: readonly KeptAttachment[],
  { card: summary, intent }: CardIntent,
  { tillId, paymentId }: { tillId: string; paymentId: string },
): KeptCard | { fault: CardDataFault } {
  const found = sent.find(({ name }) => name === cardAttachment);
  if (found === undefined) return { fault: 'missing' };
  const { saleId, totalMinor: amountMinor, currency } = intent;
  try {
    const content = cards.openArrived(found.data_key, found.sealed);
    const block = readContent(intentAttachments.card, { content });
    if (block === undefined) return { fault: 'not-hex' };
    const tap = { summary, ...block, purchase: { tillId, saleId, amountMinor, currency } };
    return cards.keep(tap, { track: found.data_key, account: found.account_key! }, paymentId);
  } catch (error) {
    if (error instanceof CardDataError) return { fault: error.fault };
    throw error;
  }
}

/** Decoration, as far as the money is concerned: one that cannot be read is none. */
function phoneIn({ cards }: KeyStore, sent: readonly KeptAttachment[]): string | null {
  const found = sent.find(({ name }) => name === contactAttachment);
  if (found === undefined) return null;
  try {
    const content = cards.openArrived(found.data_key, found.sealed);
    return readContent(intentAttachments.contact, { content })?.phone ?? null;
  } catch (error) {
    if (error instanceof CardDataError) return null;
    throw error;
  }
}

/**
 * A key serial number is used by one payment: the first that claims it. A second one is another sale for which the same tap is
 * to pay, or a reader that has lost its memory. The same payment once more is no second one.
 */
async function claimTap(database: Database, ksn: string, paymentId: string): Promise<boolean> {
  const bucket = ksnBucket(ksn);
  return database.shared(`tap ${bucket}`, async (queries) => {
    const claimed = await queries.query(sql`
      insert into card_taps (bucket, ksn, payment_id) values (${bucket}, ${ksn}, ${paymentId})
      on conflict (bucket, ksn) do nothing returning ksn`);
    if (claimed.length > 0) return true;
    const [tap] = await queries.query<Pick<Row<'card_taps'>, 'payment_id'>>(sql`
    select payment_id from card_taps where bucket = ${bucket} and ksn = ${ksn}`);
    return tap?.payment_id === paymentId;
  });
}

/** Faults that are no fault of the reader's key: another key would not mend them. */
const faultsOfTheSale: readonly CardDataFault[] = [
  'other-card-than-reference',
  'other-mask',
  'other-expiry',
  'other-service-code',
  'used-by-another-sale',
  'missing',
  'destroyed',
];
export const isFaultOfSale = (fault: CardDataFault): boolean => faultsOfTheSale.includes(fault);
