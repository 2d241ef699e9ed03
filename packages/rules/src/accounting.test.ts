import { quarantineReason } from '@bivak/domain';
import { describe, expect, it } from 'vitest';
import { entryDecisionsFor, type SaleEndFacts, saleEndDecisionsFor } from './accounting.ts';
import { maxUnendedSaleMs } from './stays.ts';

const kinds = quarantineReason.options.map((option) => option.shape.kind.value);

describe('what a person may decide about a quarantined entry', () => {
  it('is nothing only if a newer host will read it by itself', () => {
    const undecidable = kinds.filter((kind) => entryDecisionsFor({ kind }, true).length === 0);
    expect(undecidable).toEqual(['unknown-kind', 'newer-version']);
  });

  it('is to collect it if it is a sale that a bank would take', () => {
    expect(entryDecisionsFor({ kind: 'sale-repeated' }, true)).toEqual(['collect', 'dismiss']);
    expect(entryDecisionsFor({ kind: 'sale-repeated' }, false)).toEqual(['dismiss']);
    expect(entryDecisionsFor({ kind: 'wrong-currency' }, true)).toEqual(['dismiss']);
  });
});

describe('what a person may decide about a sale without an end', () => {
  const open: SaleEndFacts = {
    state: 'collected',
    isAccepted: false,
    cancelRequested: false,
    decision: null,
    receivedAtMs: 0,
  };

  it('is nothing before the till has had its time', () => {
    expect(saleEndDecisionsFor(open, maxUnendedSaleMs - 1)).toEqual([]);
    expect(saleEndDecisionsFor(open, maxUnendedSaleMs)).toEqual(['keep', 'give-back']);
  });

  it.each<Partial<SaleEndFacts>>([
    { state: 'declined' },
    { state: 'sending' },
    { isAccepted: true },
    { cancelRequested: true },
    { decision: 'keep' },
  ])('is nothing of %o', (change) => {
    expect(saleEndDecisionsFor({ ...open, ...change }, maxUnendedSaleMs)).toEqual([]);
  });
});
