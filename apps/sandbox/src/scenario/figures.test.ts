import type { sandboxApi } from '@bivak/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countFigures, type Evidence, neverTwiceAtOnce, salesAtBanks } from './figures.ts';

const atMs = Date.parse('2026-11-24T08:00:00.000Z');
let entryNumber = 0;
const entry = (
  kind: sandboxApi.LedgerEntry['kind'],
  reference: string,
  amountMinor = 10_000,
  minute = entryNumber,
): sandboxApi.LedgerEntry => {
  entryNumber += 1;
  return {
    number: entryNumber,
    at: new Date(atMs + minute * 60_000).toISOString(),
    kind,
    reference,
    stan: '000001',
    rrn: '000000000001',
    maskedPan: '220000******0001',
    amountMinor,
    currency: 'RUB',
    responseCode: kind === 'decline' ? '51' : '00',
  };
};
const receipt = (saleId: string | null, cardMinor: number, cashMinor = 0): sandboxApi.FiscalDocument => ({
  driveNumber: '9999078900005488',
  documentNumber: 1,
  kind: 'receipt',
  signedAt: new Date(atMs).toISOString(),
  receivedAt: new Date(atMs).toISOString(),
  fiscalSign: 1,
  totalMinor: cardMinor + cashMinor,
  cardMinor,
  cashMinor,
  saleId,
});
const evidence = (facts: Partial<Evidence> & { entries?: sandboxApi.LedgerEntry[] }): Evidence => ({
  ledgers: [{ bankId: 'north', entries: facts.entries ?? [] }],
  sms: [],
  fiscalDocuments: [],
  counter: [],
  ...facts,
});

describe('the figures of the scenario', () => {
  it('count a week in which all went well', () => {
    const shift = { ...receipt(null, 0), kind: 'open-shift' as const };
    const figures = countFigures(
      evidence({
        ledgers: [
          { bankId: 'north', entries: [entry('debit', 'till-1-000001'), entry('decline', 'till-1-000002')] },
          {
            bankId: 'ural',
            entries: [
              entry('decline', 'till-1-000003'),
              entry('debit', 'till-1-000003'),
              entry('reversal-of-nothing', 'till-1-000001'),
            ],
          },
        ],
        fiscalDocuments: [
          shift,
          receipt('till-1-000001', 10_000),
          receipt('till-1-000002', 10_000),
          receipt('till-1-000003', 10_000),
          receipt('till-1-000004', 0, 5_000),
        ],
        counter: [
          { saleId: 'till-1-000005', outcome: 'refused', reason: 'stop-listed', maskedPan: '1' },
          { saleId: 'till-1-000006', outcome: 'refused', reason: 'stop-listed', maskedPan: '1' },
          { saleId: 'till-1-000007', outcome: 'refused', reason: 'expired-card', maskedPan: '2' },
          { saleId: 'till-1-000001', outcome: 'accepted', reason: null, maskedPan: '3' },
        ],
      }),
    );
    expect(figures).toEqual({
      sales: 4,
      cardSales: 3,
      refused: { 'expired-card': 1, 'stop-listed': 2 },
      fiscalDocuments: 5,
      collected: 2,
      collectedMinor: 20_000,
      debts: 2,
      recovered: 1,
      stopListed: 1,
      sms: 0,
      reversals: 0,
      doubleDebited: 0,
      lost: 0,
    });
  });

  it('notice a card debited twice, at one bank or at two', () => {
    const fiscalDocuments = [receipt('till-1-000001', 10_000)];
    const twice = [entry('debit', 'till-1-000001'), entry('debit', 'till-1-000001')];
    expect(countFigures(evidence({ entries: twice, fiscalDocuments })).doubleDebited).toBe(1);
    const ledgers = twice.map((one, index) => ({ bankId: `bank-${index}`, entries: [one] }));
    expect(countFigures(evidence({ ledgers, fiscalDocuments })).doubleDebited).toBe(1);
  });

  it('do not take a debit that was reversed for a second one', () => {
    const entries = [
      entry('debit', 'till-1-000001'),
      entry('reversal', 'till-1-000001'),
      entry('debit', 'till-1-000001'),
    ];
    const figures = countFigures(evidence({ entries, fiscalDocuments: [receipt('till-1-000001', 10_000)] }));
    expect(figures).toMatchObject({
      doubleDebited: 0,
      lost: 0,
      reversals: 1,
      collected: 1,
      collectedMinor: 10_000,
    });
  });

  it.each([
    ['that no bank has seen', []],
    ['whose debit was reversed and not repeated', ['debit', 'reversal']],
    ['whose last word is a reversal after a decline', ['decline', 'debit', 'reversal']],
    ['of which a bank reversed what it never had', ['reversal-of-nothing']],
  ] as const)('count a receipt as lost %s', (_, kinds) => {
    const entries = kinds.map((kind) => entry(kind, 'till-1-000001'));
    expect(
      countFigures(evidence({ entries, fiscalDocuments: [receipt('till-1-000001', 10_000)] })).lost,
    ).toBe(1);
  });

  it('count a receipt as lost whose debit is of another sum, or that has no identity', () => {
    const entries = [entry('debit', 'till-1-000001', 9_999)];
    expect(
      countFigures(evidence({ entries, fiscalDocuments: [receipt('till-1-000001', 10_000)] })).lost,
    ).toBe(1);
    expect(countFigures(evidence({ fiscalDocuments: [receipt(null, 10_000)] })).lost).toBe(1);
  });

  it('count a debit as lost that no receipt stands behind', () => {
    expect(countFigures(evidence({ entries: [entry('debit', 'till-1-000009')] })).lost).toBe(1);
  });

  it('read the banks’ books in the order of time, whichever bank comes first', () => {
    const later = entry('debit', 'till-1-000001', 10_000, 9);
    const earlier = entry('decline', 'till-1-000001', 10_000, 1);
    const sale = salesAtBanks([
      { bankId: 'a', entries: [later] },
      { bankId: 'b', entries: [earlier] },
    ]).get('till-1-000001');
    expect(sale?.lastWord).toBe('debit');
  });

  it('notice two debits at once, also if one was reversed in the end', () => {
    const at = (bankId: string, ...entries: sandboxApi.LedgerEntry[]) => ({ bankId, entries });
    const one = (kind: 'debit' | 'reversal', minute: number) => entry(kind, 'till-1-000001', 10_000, minute);
    const right = [at('a', one('debit', 1), one('reversal', 3)), at('b', one('debit', 3))];
    expect(neverTwiceAtOnce(right)).toBe(true);
    const wrong = [at('a', one('debit', 1), one('reversal', 4)), at('b', one('debit', 3))];
    expect(neverTwiceAtOnce(wrong)).toBe(false);
    expect(salesAtBanks(wrong).get('till-1-000001')?.netDebits).toBe(1);
  });

  it('are nought for lost and doubled exactly if each receipt has one debit of its sum or a decline', () => {
    const fate = fc.constantFrom('collected', 'declined', 'doubled', 'lost', 'wrong-sum');
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 20 }), (fates) => {
        const id = (index: number): string => `till-1-${String(index).padStart(6, '0')}`;
        const entries = fates.flatMap((one, index) => {
          if (one === 'lost') return [];
          if (one === 'declined') return [entry('decline', id(index))];
          const debit = entry('debit', id(index), one === 'wrong-sum' ? 1 : 10_000);
          return one === 'doubled' ? [debit, entry('debit', id(index))] : [debit];
        });
        const fiscalDocuments = fates.map((_, index) => receipt(id(index), 10_000));
        const figures = countFigures(evidence({ entries, fiscalDocuments }));
        const count = (...wanted: string[]) => fates.filter((one) => wanted.includes(one)).length;
        expect(figures.doubleDebited).toBe(count('doubled'));
        expect(figures.lost).toBe(count('lost', 'wrong-sum'));
        expect(figures.collected).toBe(count('collected', 'doubled', 'wrong-sum'));
      }),
    );
  });
});
