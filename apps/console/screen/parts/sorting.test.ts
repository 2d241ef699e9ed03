import { describe, expect, it } from 'vitest';
import { nextSort, sorted } from './sorting.ts';

const columns = [
  { key: 'id', sortBy: ({ id }: { id: string; sum: number | null }) => id },
  { key: 'sum', sortBy: ({ sum }: { id: string; sum: number | null }) => sum },
  { key: 'plain' },
];
const rows = [
  { id: 'till-10', sum: 5 },
  { id: 'till-9', sum: null },
  { id: 'till-2', sum: 70 },
];
const order = (sort?: string) => sorted(rows, columns, sort).map(({ id }) => id);

describe('the order of a list', () => {
  it('follows the column that is asked for, numbers as numbers, what is missing last', () => {
    expect(order('id')).toEqual(['till-2', 'till-9', 'till-10']);
    expect(order('sum')).toEqual(['till-10', 'till-2', 'till-9']);
    expect(order('-sum')).toEqual(['till-2', 'till-10', 'till-9']);
  });

  it('is the list’s own if none is asked for, or one that there is not', () => {
    for (const sort of [undefined, '', 'plain', 'nonsense', '-'])
      expect(order(sort)).toEqual(rows.map(({ id }) => id));
  });

  it('goes up, down and back', () => {
    expect(nextSort(undefined, 'sum')).toBe('sum');
    expect(nextSort('sum', 'sum')).toBe('-sum');
    expect(nextSort('-sum', 'sum')).toBeUndefined();
    expect(nextSort('-sum', 'id')).toBe('id');
  });
});
