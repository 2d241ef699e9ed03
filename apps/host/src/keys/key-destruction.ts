import { type Database, type Queries, type Row, rows, sql } from '../store/index.ts';
import type { DataKeys } from './data-keys.ts';

const batchSize = 500;

/** Writes down, with what forgets their ciphertext, that these keys are to be destroyed. */
export async function destroyLater(
  queries: Queries,
  bucket: number,
  dataKeys: readonly string[],
): Promise<void> {
  if (dataKeys.length === 0) return;
  const list = dataKeys.map((dataKey) => [bucket, dataKey]);
  await queries.query(sql`
    insert into key_destructions (bucket, data_key) values ${rows(list)} on conflict (bucket, data_key) do nothing`);
}

/** Destroys the keys that are to be. After a crash in between they are destroyed once more. */
export async function destroyKeys(database: Database, dataKeys: Pick<DataKeys, 'destroy'>): Promise<void> {
  for (;;) {
    const pending = await database.query<Row<'key_destructions'>>(
      sql`select bucket, data_key from key_destructions limit ${batchSize}`,
    );
    await dataKeys.destroy(pending.map(({ data_key }) => data_key));
    const forget = ([bucket, ofBucket]: [number, typeof pending]): Promise<unknown> => {
      const ids = ofBucket.map(({ data_key }) => data_key);
      return database.shared(`card ${bucket}`, (queries) =>
        queries.query(sql`
          delete from key_destructions where bucket = ${bucket} and data_key = any(${ids}::text[])`),
      );
    };
    await Promise.all([...Map.groupBy(pending, (one) => one.bucket)].map(forget));
    if (pending.length < batchSize) return;
  }
}
