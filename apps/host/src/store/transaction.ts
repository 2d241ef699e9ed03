import { type Key, PendingChanges } from './changes.ts';
import type { Queries } from './queries.ts';
import type { PendingSums } from './sums.ts';
import type { Row, TableName } from './tables.ts';

/** One transaction. What is changed through it is written before its next statement, or its commit. */
export interface Transaction extends Queries {
  /** Changes columns of one row; all that is changed of it without a statement in between is one update. */
  change<Name extends TableName>(table: Name, key: Key, columns: Partial<Row<Name>>): void;
  /** Adds a row. */
  insert<Name extends TableName>(table: Name, row: Row<Name>): void;
  /** Adds to the counts and sums of a row, which is made if it is not there. */
  add<Name extends TableName>(table: Name, key: Key, amounts: { [Column in keyof Row<Name>]?: number }): void;
}

/** What works of one transaction have in common. */
export interface Shared {
  /** Takes statements in order. */
  send: Queries['query'];
  /** Written by {@link sendSums} once all works are done. */
  sums: PendingSums;
  /** What is done after the commit. */
  acts: (() => void)[];
}

/**
 * Runs `work` as a part of a transaction. Resolves once all that it has changed is written too; its sums, the commit and its
 * acts are the caller's.
 */
export async function inTransaction<Result>(
  work: (queries: Transaction) => Promise<Result>,
  { send, sums, acts }: Shared,
): Promise<Result> {
  const pending = new PendingChanges();
  const written: Promise<unknown>[] = [];
  const flush = (): void => {
    for (const statement of pending.take()) {
      const sent = send(statement);
      // Told at the end, whatever else fails before.
      sent.catch(() => {});
      written.push(sent);
    }
  };
  const result = await work({
    query: (statement) => {
      flush();
      return send(statement);
    },
    onCommit: (act) => acts.push(act),
    change: (table, key, columns) => pending.change(table, key, columns),
    insert: (table, row) => pending.insert(table, row),
    add: (table, key, amounts) => sums.add(table, key, amounts as Record<string, number>),
  });
  flush();
  await Promise.all(written);
  return result;
}

/** The last statements before the commit. */
export async function sendSums({ send, sums }: Shared): Promise<void> {
  await Promise.all(sums.take().map(send));
}
