import { type Database, type Row, sql } from '../store/index.ts';

type ReadDebt = Pick<
  Row<'debts'>,
  | 'bucket'
  | 'state'
  | 'response_code'
  | 'declined_cause'
  | 'next_attempt_at'
  | 'retry_class'
  | 'window_ends_at'
>;

/** A debt as the store has it. */
export async function readDebt(database: Database, id: string): Promise<ReadDebt | undefined> {
  const [row] = await database.query<ReadDebt>(sql`
    select bucket, state, response_code, declined_cause, next_attempt_at, retry_class, window_ends_at from debts where payment_id = ${id}`);
  return row;
}

/** The notices of a debt, the first one first. */
export const readNotices = (database: Database, id: string) =>
  database.query<Pick<Row<'notices'>, 'kind' | 'data' | 'state'>>(
    sql`select kind, data, state from notices where payment_id = ${id} order by stored_at, kind`,
  );

/** The answers for which cards are listed. */
export async function readListed(database: Database): Promise<(string | null)[]> {
  const found = await database.query<Pick<Row<'stop_list_entries'>, 'response_code'>>(
    sql`select response_code from stop_list_entries order by payment_id`,
  );
  return found.map(({ response_code }) => response_code);
}

/** The alarms about debts that need a person. */
export const readDebtAlarms = (database: Database) =>
  database.query<Pick<Row<'alarms'>, 'data' | 'ended_at'>>(
    sql`select data, ended_at from alarms where kind = 'debt-needs-decision'`,
  );
