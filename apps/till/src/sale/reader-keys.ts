import { serialNumberParts } from '@bivak/card';
import { first, type Journal } from '../journal/index.ts';

/**
 * How far the key counter of each reader had come, also over a restart. A reader counts up and never back (X9.24-3): a serial
 * number that is not above the last one was used, or its reader has lost its memory.
 */
export interface ReaderKeys {
  isUnused(ksn: string): boolean;
  /** Uses the number up; runs in the transaction of the entry that names it. One that was used stays so. */
  use(ksn: string): void;
}

export function readerKeys({ database }: Journal): ReaderKeys {
  const select = database.prepare('SELECT counter FROM reader_key WHERE initial_key_id = ?');
  const insert = database.prepare(
    `INSERT INTO reader_key (initial_key_id, counter) VALUES (?, ?)
     ON CONFLICT (initial_key_id) DO UPDATE SET counter = max(counter, excluded.counter)`,
  );
  return {
    isUnused(ksn) {
      const { initialKeyId, counter } = serialNumberParts(ksn);
      return counter > (first<{ counter: number }>(select, initialKeyId)?.counter ?? 0);
    },
    use(ksn) {
      const { initialKeyId, counter } = serialNumberParts(ksn);
      insert.run(initialKeyId, counter);
    },
  };
}
