import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from './index.ts';
import { type Row, tables } from './tables.ts';
import { startTestDatabases, type TestDatabases } from './testing/databases.ts';

describe('the schema in the program', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());

  it('is the one of the store: tables, columns, types, and what may be null', async () => {
    const { database } = await databases.fresh();
    const found = await database.query<{
      table: string;
      column: string;
      type: string;
      nullable: boolean;
    }>(sql`
      select table_name as table, column_name as column, data_type as type, is_nullable = 'YES' as nullable
      from information_schema.columns where table_schema = 'public'`);
    const inStore = found.map(
      ({ table, column, type, nullable }) => `${table}.${column} ${type} ${nullable ? 'null' : 'not null'}`,
    );
    const inProgram = Object.entries(tables).flatMap(([table, columns]) =>
      Object.entries(columns).map(
        ([column, { type, nullable }]) => `${table}.${column} ${type} ${nullable ? 'null' : 'not null'}`,
      ),
    );
    expect(inStore.toSorted()).toEqual(inProgram.toSorted());
  });

  it('types a row by its columns', () => {
    const row: Pick<Row<'payments'>, 'state' | 'due_at' | 'amount_minor' | 'pending_outcome'> = {
      state: 'received',
      due_at: null,
      amount_minor: 1,
      pending_outcome: 'recovered',
    };
    // @ts-expect-error a payment has no such state
    row.state = 'settled';
    // @ts-expect-error it always has a sum
    row.amount_minor = null;
    expect(row).toBeDefined();
  });
});
