import { setImmediate } from 'node:timers/promises';
import { destroyLater } from '../keys/key-destruction.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { type Queries, type Row, rows, sql, tillBucket } from '../store/index.ts';
import type { GoodEntry } from './verification.ts';

/** What lies beside an entry, encrypted under a data key of its own. */
export type KeptAttachment = Omit<Row<'intake_attachments'>, 'till_bucket' | 'till_id'>;

/** The name under which card data lies; from it two parts are kept, each under its own key. */
export const cardAttachment = 'card';
export const contactAttachment = 'contact';

/** Every key of an attachment. */
export const keysOf = ({
  data_key,
  account_key,
}: Pick<KeptAttachment, 'data_key' | 'account_key'>): string[] =>
  account_key === null ? [data_key] : [data_key, account_key];

/** So many are encrypted between two looks at the rest of the world: a few milliseconds. */
const sliceLength = 50;

/** Encrypts what has arrived beside these entries; its keys are on the disk when this resolves. */
export async function sealAttachments(
  { cards, dataKeys }: KeyStore,
  entries: readonly GoodEntry[],
): Promise<KeptAttachment[]> {
  const arrived = entries.flatMap(({ seq, attachments }) =>
    Object.entries(attachments).map(([name, { content }]) => ({ seq, name, content })),
  );
  const isCard = (name: string): boolean => name === cardAttachment;
  const keys = await dataKeys.create(arrived.length + arrived.filter(({ name }) => isCard(name)).length);
  const kept: KeptAttachment[] = [];
  for (const { seq, name, content } of arrived) {
    const [dataKey, accountKey] = [keys.pop()!, isCard(name) ? keys.pop()! : null];
    // Its commitment is verified, and nobody asks again: the salt goes no further.
    const sealed = cards.sealArrived(dataKey, content);
    kept.push({ seq, name, data_key: dataKey, account_key: accountKey, sealed });
    if (kept.length % sliceLength === 0) await setImmediate();
  }
  return kept;
}

/** Of one statement: see `append` in `intake.ts`. */
const maxRows = 250;

export async function storeAttachments(
  queries: Queries,
  tillId: string,
  kept: readonly KeptAttachment[],
): Promise<void> {
  const bucket = tillBucket(tillId);
  for (let from = 0; from < kept.length; from += maxRows) {
    const list = kept
      .slice(from, from + maxRows)
      .map((one) => [bucket, tillId, one.seq, one.name, one.data_key, one.account_key, one.sealed]);
    await queries.query(sql`
      insert into intake_attachments (till_bucket, till_id, seq, name, data_key, account_key, sealed) values ${rows(list)}
      on conflict (till_bucket, till_id, seq, name) do nothing`);
  }
}

/** What lies beside an entry now. */
export async function attachmentsOf(
  queries: Queries,
  tillId: string,
  seq: number,
): Promise<KeptAttachment[]> {
  return queries.query<KeptAttachment>(sql`
    select seq, name, data_key, account_key, sealed from intake_attachments
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq = ${seq}`);
}

/**
 * Removes what lies beside entries, for good. Of card data that is kept with a payment only the row goes; every other key is
 * destroyed.
 */
export async function dropAttachments(
  queries: Queries,
  tillId: string,
  { seqs, isCardKept }: { seqs: readonly number[]; isCardKept: boolean },
): Promise<void> {
  if (seqs.length === 0) return;
  const dropped = await queries.query<Pick<KeptAttachment, 'name' | 'data_key' | 'account_key'>>(sql`
    delete from intake_attachments
    where till_bucket = ${tillBucket(tillId)} and till_id = ${tillId} and seq = any(${seqs}::bigint[])
    returning name, data_key, account_key`);
  const keys = dropped.flatMap((one) => (isCardKept && one.name === cardAttachment ? [] : keysOf(one)));
  await destroyLater(queries, tillBucket(tillId), keys);
}
