import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import { destroyKeys, destroyLater } from '../keys/key-destruction.ts';
import type { KeyStore } from '../keys/key-store.ts';
import {
  type Database,
  type Queries,
  type Row,
  sql,
  startWorker,
  type Transaction,
  type Worker,
} from '../store/index.ts';
import type { PaymentRow } from './rows.ts';
import { keyOf, type PaymentKey } from './timeline.ts';

const dayMs = 86_400_000;
const batchSize = 200;

/**
 * The first answer to a debit is final: the track, which is sensitive authentication data, is needed no more. What encrypts it
 * is destroyed as soon as this is committed.
 */
export function forgetTrack(transaction: Transaction, payment: PaymentRow): void {
  const { bucket, card_track_key: dataKey } = payment;
  if (dataKey === null) return;
  const forgotten = { card_track: null, card_track_key: null };
  transaction.change('payments', keyOf(payment), forgotten);
  transaction.insert('key_destructions', { bucket, data_key: dataKey });
  Object.assign(payment, forgotten);
}

/**
 * Starts what destroys card data: of payments that have needed their card for nothing since the return window, and the keys of
 * all that was forgotten.
 */
export function startCardDestruction(options: {
  database: Database;
  keys: KeyStore;
  clock: Clock;
  log: Logger;
  returnWindowMs: number;
}): Worker {
  const { database, keys, clock, log, returnWindowMs } = options;
  return startWorker('card-destruction', clock, log, async () => {
    const nowMs = clock.nowMs();
    const idle = await idleSince(database, nowMs - returnWindowMs);
    for (const payment of idle)
      await database.transaction((queries) => forgetCard(queries, payment, nowMs - returnWindowMs));
    if (idle.length > 0) log.info({ payments: idle.length }, 'the return window of card data is over');
    await destroyKeys(database, keys.dataKeys);
    return idle.length < batchSize ? null : nowMs;
  });
}

const idleSince = (queries: Queries, sinceMs: number): Promise<PaymentKey[]> =>
  queries.query<PaymentKey>(sql`
    select bucket, payment_id from payments where card_idle_since <= ${new Date(sinceMs)}
    order by card_idle_since limit ${batchSize}`);

/** Forgets the card and the telephone number, unless something needs them after all: then it is looked at again a day later. */
async function forgetCard(queries: Queries, key: PaymentKey, sinceMs: number): Promise<void> {
  type Idle = Pick<Row<'payments'>, 'card_track_key' | 'card_account_key'> & { needed: boolean };
  const [payment] = await queries.query<Idle>(sql`
    select card_track_key, card_account_key,
      state not in ('collected', 'declined', 'cancelled')
        -- Its items were handed over: it is a debt until it is paid.
        or (state = 'declined' and fiscal is not null and not cancel_requested)
        or exists (select 1 from attempts a where a.bucket = payments.bucket and a.payment_id = payments.payment_id
          and a.state in ('stored', 'sent', 'completing', 'unknown', 'reversing', 'refunding', 'disputed')) as needed
    from payments where bucket = ${key.bucket} and payment_id = ${key.payment_id} and card_idle_since <= ${new Date(sinceMs)} for update`);
  if (payment === undefined) return;
  if (payment.needed) {
    await queries.query(sql`
      update payments set card_idle_since = ${new Date(sinceMs + dayMs)}
      where bucket = ${key.bucket} and payment_id = ${key.payment_id}`);
    return;
  }
  await queries.query(sql`
    update payments set card_track = null, card_track_key = null, card_account = null, card_account_key = null, phone = null,
      card_idle_since = null
    where bucket = ${key.bucket} and payment_id = ${key.payment_id}`);
  const { card_track_key, card_account_key } = payment;
  await destroyLater(
    queries,
    key.bucket,
    [card_track_key, card_account_key].filter((dataKey) => dataKey !== null),
  );
}
