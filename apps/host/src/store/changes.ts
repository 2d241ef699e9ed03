import type { Statement } from './queries.ts';
import { type Row, type TableName, tables } from './tables.ts';

/** The columns by which one row is found; the bucket comes first. */
export type Key = Readonly<Record<string, string | number>>;

/**
 * What a transaction is yet to write: changes of the same row become one statement, and so do rows that are added to the same
 * table. What is added comes before what is changed.
 */
export class PendingChanges {
  readonly #changes = new Map<string, { table: TableName; key: Key; columns: Record<string, unknown> }>();
  readonly #inserts = new Map<TableName, Record<string, unknown>[]>();

  change<Name extends TableName>(table: Name, key: Key, columns: Partial<Row<Name>>): void {
    const isIt = (row: Record<string, unknown>): boolean =>
      Object.entries(key).every(([column, value]) => row[column] === value);
    const added = this.#inserts.get(table)?.find(isIt);
    if (added !== undefined) {
      Object.assign(added, columns);
      return;
    }
    const name = `${table} ${JSON.stringify(Object.values(key))}`;
    const pending = this.#changes.get(name);
    if (pending === undefined) this.#changes.set(name, { table, key, columns: { ...columns } });
    else Object.assign(pending.columns, columns);
  }

  insert<Name extends TableName>(table: Name, row: Row<Name>): void {
    const rows = this.#inserts.get(table);
    if (rows === undefined) this.#inserts.set(table, [{ ...row }]);
    else rows.push({ ...row });
  }

  /** The statements that write what is pending, which then is no more. */
  take(): Statement[] {
    if (this.#changes.size === 0 && this.#inserts.size === 0) return [];
    const statements = [
      ...[...this.#inserts].map(([table, rows]) => insertOf(table, rows)),
      ...[...this.#changes.values()].map(({ table, key, columns }) => updateOf(table, key, columns)),
    ];
    this.#changes.clear();
    this.#inserts.clear();
    return statements;
  }
}

const bucketColumns = ['bucket', 'till_bucket'];

/** JSON goes to the server as text. */
function parameterOf(table: TableName, column: string, value: unknown): unknown {
  const columns: Readonly<Record<string, { type: string } | undefined>> = tables[table];
  return columns[column]?.type === 'jsonb' && value !== null ? JSON.stringify(value) : value;
}

function updateOf(table: TableName, key: Key, columns: Readonly<Record<string, unknown>>): Statement {
  const [bucket] = Object.keys(key);
  if (bucket === undefined || !bucketColumns.includes(bucket))
    throw new Error(`a change of ${table} has to name its bucket first`);
  const values: unknown[] = [];
  const equal = ([column, value]: [string, unknown]): string =>
    `${column} = $${values.push(parameterOf(table, column, value))}`;
  const set = Object.entries(columns).map(equal).join(', ');
  const where = Object.entries(key).map(equal).join(' and ');
  return { text: `update ${table} set ${set} where ${where}`, values };
}

function insertOf(table: TableName, rows: readonly Readonly<Record<string, unknown>>[]): Statement {
  const columns = Object.keys(rows[0]!);
  if (!bucketColumns.includes(columns[0]!)) throw new Error(`a row of ${table} has to name its bucket first`);
  const values: unknown[] = [];
  const places = rows.map(
    (row) =>
      `(${columns.map((column) => `$${values.push(parameterOf(table, column, row[column]))}`).join(', ')})`,
  );
  return { text: `insert into ${table} (${columns.join(', ')}) values ${places.join(', ')}`, values };
}
