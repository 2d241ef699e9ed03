import { hostApi } from '@bivak/contracts';
import { describe, expect, it } from 'vitest';
import { filterOf, paymentFilter, paymentStages, paymentStates, searchMatches, standsIn } from './filter.ts';

describe('a filter in an address', () => {
  it('drops what no filter knows, so that the host is never asked for it', () => {
    expect(
      filterOf({ state: 'lost', stage: 'moon', tillId: "'", search: 1234, sort: '-sum', lang: 'ru' }),
    ).toEqual({
      search: '1234',
      sort: '-sum',
    });
    expect(filterOf({ search: 'x'.repeat(61) })).toEqual({});
    expect(filterOf({ search: 'a\u0000b' })).toEqual({});
  });

  it('does not mix debts’ states with payments’', () => {
    expect(paymentFilter({ state: 'stop-listed' }).state).toBeUndefined();
    expect(paymentFilter({ state: 'declined' }).state).toBe('declined');
  });

  it('opens from each stage all that the stage counts', () => {
    const staged = paymentStages.flatMap((stage) => paymentStates({ stage }));
    const elsewhere = ['declined', 'cancelled']; // with the debts; not counted
    expect([...staged, ...elsewhere].toSorted()).toEqual(hostApi.paymentState.options.toSorted());
    expect(standsIn('collected', { debtId: 'till-1-000001' })).toBe(false);
    expect(standsIn(undefined, { debtId: 'till-1-000001' })).toBe(true);
  });

  it.each([
    ['000012', true],
    ['1234', true],
    ['234', true],
    ['123', false],
    ['1 249', false],
    ['1249', true],
    ['1249,00', true],
    ['1249.50', false],
  ])('finds "%s": %s', (search, found) => {
    expect(searchMatches(search, 'till-1-000012', '220220******1234', 124_900)).toBe(found);
  });
});
