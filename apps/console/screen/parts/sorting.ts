/** What a column is sorted by; null stands last, whichever way. */
export type SortValue = string | number | null;

export interface Sortable<Row> {
  key: string;
  sortBy?: ((row: Row) => SortValue) | undefined;
}

/** The order that an address asks for: a column's key, "-" before it for the largest first. */
export interface Order {
  key: string;
  isDescending: boolean;
}

export function readOrder(sort: string | undefined): Order | undefined {
  if (sort === undefined || sort === '') return undefined;
  return sort.startsWith('-')
    ? { key: sort.slice(1), isDescending: true }
    : { key: sort, isDescending: false };
}

/** What a press on a column's title asks for next: up, down, and the list's own order again. */
export function nextSort(sort: string | undefined, key: string): string | undefined {
  if (sort === key) return `-${key}`;
  return sort === `-${key}` ? undefined : key;
}

/** The rows in the order of the address; as they are if the column is unknown or cannot be sorted. */
export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Sortable<Row>[],
  sort: string | undefined,
): readonly Row[] {
  const order = readOrder(sort);
  const value = columns.find(({ key }) => key === order?.key)?.sortBy;
  if (order === undefined || value === undefined) return rows;
  const sign = order.isDescending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right);
    return sign * String(left).localeCompare(String(right), undefined, { numeric: true });
  });
}
