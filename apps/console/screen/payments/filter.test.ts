import { debtState, paymentState } from '@bivak/domain';
import { describe, expect, it } from 'vitest';
import {
  filterOf,
  isInFilter,
  paymentFilter,
  paymentStages,
  paymentStates,
  searchMatches,
} from './filter.ts';

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
    for (const state of debtState.options) expect(paymentFilter({ state }).state).toBeUndefined();
    expect(paymentFilter({ state: 'declined' }).state).toBe('declined');
  });

  it('opens from each stage all that the stage counts', () => {
    const staged = paymentStages.flatMap((stage) => paymentStates({ stage }));
    const elsewhere = ['declined', 'cancelled']; // with the debts; not counted
    expect([...staged, ...elsewhere].toSorted()).toEqual(paymentState.options.toSorted());
    const indebted = { debtId: 'till-1-000001', wait: null };
    expect(isInFilter({ stage: 'collected' }, indebted)).toBe(false);
    expect(isInFilter({}, indebted)).toBe(true);
  });

  it('opens from each reason to wait those that wait for it, with a debt or without', () => {
    const { waitKind } = paymentFilter({ waitKind: 'banks-blocked', stage: 'collected' });
    expect(paymentFilter({ waitKind: 'the moon' })).toEqual(paymentFilter({}));
    expect(paymentStates({ waitKind })).toEqual(['received', 'routed']);
    const reason = { kind: 'banks-blocked' as const, bankIds: ['north'] };
    expect(isInFilter({ waitKind }, { debtId: 'till-1-000001', wait: { reason, untilAt: null } })).toBe(true);
    expect(isInFilter({ waitKind }, { debtId: null, wait: null })).toBe(false);
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
