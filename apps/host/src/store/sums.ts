import type { Key } from './changes.ts';
import type { Statement } from './queries.ts';
import type { TableName } from './tables.ts';

type Amounts = Readonly<Record<string, number>>;

/**
 * Counts and sums that a transaction adds to. Each row is added to once, just before the commit, and rows are taken in the
 * order of their keys: many transactions add to the same ones, and none of them waits in a circle.
 */
export class PendingSums {
  readonly #sums = new Map<string, { table: TableName; key: Key; amounts: Record<string, number> }>();

  add(table: TableName, key: Key, amounts: Amounts): void {
    const name = `${table} ${Object.values(key)
      .map((value) => (typeof value === 'number' ? String(value).padStart(5, '0') : value))
      .join(' ')}`;
    const sum = this.#sums.get(name);
    if (sum === undefined) {
      this.#sums.set(name, { table, key, amounts: { ...amounts } });
      return;
    }
    for (const [column, amount] of Object.entries(amounts))
      sum.amounts[column] = (sum.amounts[column] ?? 0) + amount;
  }

  /** The statements that add what is pending, which then is no more. */
  take(): Statement[] {
    const sorted = [...this.#sums.entries()]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, sum]) => sum)
      .filter(({ amounts }) => Object.values(amounts).some((amount) => amount !== 0));
    this.#sums.clear();
    return [...Map.groupBy(sorted, ({ table }) => table)].flatMap(([table, sums]) =>
      parts(sums).map((part) => additionOf(table, part)),
    );
  }
}

/** Rows of one statement: there are so many and no more, so that few statements are parsed. */
const rowsOfAStatement = [64, 16, 4, 1];

function parts<Item>(items: readonly Item[]): Item[][] {
  const found: Item[][] = [];
  for (let from = 0; from < items.length; ) {
    const size = rowsOfAStatement.find((one) => one <= items.length - from)!;
    found.push(items.slice(from, from + size));
    from += size;
  }
  return found;
}

function additionOf(table: TableName, sums: readonly { key: Key; amounts: Amounts }[]): Statement {
  const keys = Object.keys(sums[0]!.key);
  const columns = Object.keys(sums[0]!.amounts);
  const values: unknown[] = [];
  const places = sums.map(({ key, amounts }) => {
    const row = [...keys.map((name) => key[name]), ...columns.map((name) => amounts[name])];
    return `(${row.map((value) => `$${values.push(value)}`).join(', ')})`;
  });
  const added = columns.map((name) => `${name} = ${table}.${name} + excluded.${name}`);
  const text = `insert into ${table} (${[...keys, ...columns].join(', ')}) values ${places.join(', ')}
    on conflict (${keys.join(', ')}) do update set ${added.join(', ')}`;
  return { text, values };
}
