import type { BankHealth } from '@bivak/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BankContract, orderBanks } from './routing.ts';

const contracts: BankContract[] = [
  { bankId: 'north', feePercent: '1.9', onUsFeePercent: '0.9' },
  { bankId: 'volga', feePercent: '1.6', onUsFeePercent: '0.8' },
  { bankId: 'ural', feePercent: '1.7', onUsFeePercent: '1.0' },
];
const order = (issuerBankId: string | null, health: [string, BankHealth][] = []) =>
  orderBanks({ amountMinor: 100_000, issuerBankId }, contracts, new Map(health)).ranked.map(
    ({ bankId }) => bankId,
  );

describe('choosing a bank', () => {
  it('takes the cheapest for a card of another issuer', () => {
    expect(order(null)).toEqual(['volga', 'ural', 'north']);
  });

  it('takes the issuer itself if it is one of ours', () => {
    expect(order('north')).toEqual(['north', 'volga', 'ural']);
    const { ranked } = orderBanks({ amountMinor: 100_000, issuerBankId: 'north' }, contracts, new Map());
    expect(ranked[0]).toEqual({
      bankId: 'north',
      costMinor: 900,
      route: { kind: 'on-us', feePercent: '0.9', isFailing: false },
    });
  });

  it('asks a failing bank last and a blocked one never', () => {
    expect(order(null, [['volga', 'failing']])).toEqual(['ural', 'north', 'volga']);
    expect(order(null, [['volga', 'blocked']])).toEqual(['ural', 'north']);
    const blocked = new Map(contracts.map(({ bankId }) => [bankId, 'blocked'] as const));
    expect(orderBanks({ amountMinor: 100_000, issuerBankId: null }, contracts, blocked)).toEqual({
      ranked: [],
      blocked: ['north', 'volga', 'ural'],
    });
  });

  it('never puts a dearer bank before a cheaper one of the same health', () => {
    const health = fc.constantFrom<BankHealth>('healthy', 'failing', 'blocked');
    fc.assert(
      fc.property(
        fc.nat(10_000_000),
        fc.constantFrom(null, 'north', 'volga', 'ural'),
        fc.tuple(health, health, health),
        (amountMinor, issuerBankId, states) => {
          const map = new Map(contracts.map(({ bankId }, index) => [bankId, states[index]!]));
          const { ranked } = orderBanks({ amountMinor, issuerBankId }, contracts, map);
          for (const [index, bank] of ranked.entries()) {
            const next = ranked[index + 1];
            if (next === undefined || map.get(next.bankId) !== map.get(bank.bankId)) continue;
            expect(bank.costMinor).toBeLessThanOrEqual(next.costMinor);
          }
        },
      ),
    );
  });
});
