import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AcceptanceInput, decideAcceptance } from './acceptance.ts';

const nowMs = Date.UTC(2026, 10, 24, 9);
const good: AcceptanceInput = {
  nowMs,
  mode: 'offline',
  card: { expiry: '2812', serviceCode: '201' },
  totalMinor: 50_000,
  limits: {
    perSaleMinor: 500_000,
    perCardMinor: 1_000_000,
    perCardCount: 5,
    perTillMinor: 10_000_000,
    perTillCount: 200,
    stopListMaxAgeMs: 7 * 24 * 3_600_000,
  },
  stopList: { listed: false, ageMs: 3_600_000 },
  cardOutstanding: { sumMinor: 0, count: 0 },
  tillOutstanding: { sumMinor: 0, count: 0 },
  clockBehindMs: 0,
};

describe('accepting a card without a link', () => {
  it('accepts a good card and names every check', () => {
    const result = decideAcceptance(good);
    expect(result.accepted).toBe(true);
    expect(result.reason).toBeNull();
    expect(result.checks.map(({ name }) => name)).toEqual([
      'stop-list',
      'expiry',
      'clock',
      'stop-list-age',
      'offline-permitted',
      'sale-sum',
      'card-sum',
      'card-count',
      'till-sum',
      'till-count',
    ]);
    expect(result.checks.find(({ name }) => name === 'sale-sum')).toEqual({
      name: 'sale-sum',
      valueMinor: 50_000,
      limitMinor: 500_000,
      passed: true,
    });
  });

  it.each([
    ['stop-listed', { stopList: { listed: true, ageMs: 0 } }],
    ['stop-list-too-old', { stopList: { listed: false, ageMs: 8 * 24 * 3_600_000 } }],
    ['stop-list-too-old', { stopList: { listed: false, ageMs: null } }],
    ['expired-card', { card: { expiry: '2610', serviceCode: '201' } }],
    ['offline-not-permitted', { card: { expiry: '2812', serviceCode: '221' } }],
    ['offline-not-permitted', { card: { expiry: '2812', serviceCode: '204' } }],
    ['offline-not-permitted', { card: { expiry: '2812', serviceCode: '901' } }],
    ['over-sale-limit', { totalMinor: 500_001 }],
    ['over-card-limit', { cardOutstanding: { sumMinor: 960_000, count: 1 } }],
    ['over-card-count', { cardOutstanding: { sumMinor: 5, count: 5 } }],
    ['over-till-limit', { tillOutstanding: { sumMinor: 9_960_000, count: 1 } }],
    ['over-till-count', { tillOutstanding: { sumMinor: 5, count: 200 } }],
    ['clock-unsure', { clockBehindMs: 600_000 }],
  ] satisfies [string, Partial<AcceptanceInput>][])('refuses: %s', (reason, change) => {
    expect(decideAcceptance({ ...good, ...change })).toMatchObject({ accepted: false, reason });
  });

  it('takes a card through the last day of its month', () => {
    const at = (instant: string) =>
      decideAcceptance({ ...good, card: { ...good.card, expiry: '2611' }, nowMs: Date.parse(instant) });
    expect(at('2026-11-30T23:59:00Z').accepted).toBe(true);
    expect(at('2026-12-02T00:00:00Z').reason).toBe('expired-card');
  });

  it('gives the first reason and names all that failed', () => {
    const result = decideAcceptance({ ...good, stopList: { listed: true, ageMs: 0 }, totalMinor: 600_000 });
    expect(result.reason).toBe('stop-listed');
    expect(result.checks.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual([
      'stop-list',
      'sale-sum',
    ]);
  });

  it('leaves limits to the host when the host is asked, but never takes a listed or expired card', () => {
    expect(decideAcceptance({ ...good, mode: 'online', totalMinor: 5_000_000 }).accepted).toBe(true);
    expect(decideAcceptance({ ...good, mode: 'online', stopList: { listed: true, ageMs: 0 } }).reason).toBe(
      'stop-listed',
    );
    expect(
      decideAcceptance({ ...good, mode: 'online', card: { expiry: '2001', serviceCode: '201' } }).reason,
    ).toBe('expired-card');
  });

  it('accepts only what stays within every limit', () => {
    const outstanding = fc.record({ sumMinor: fc.nat(2_000_000), count: fc.nat(10) });
    fc.assert(
      fc.property(
        fc.nat(1_000_000),
        outstanding,
        outstanding,
        (totalMinor, cardOutstanding, tillOutstanding) => {
          const { accepted } = decideAcceptance({ ...good, totalMinor, cardOutstanding, tillOutstanding });
          const { limits } = good;
          const within =
            totalMinor <= limits.perSaleMinor &&
            cardOutstanding.sumMinor + totalMinor <= limits.perCardMinor &&
            cardOutstanding.count < limits.perCardCount &&
            tillOutstanding.sumMinor + totalMinor <= limits.perTillMinor &&
            tillOutstanding.count < limits.perTillCount;
          expect(accepted).toBe(within);
        },
      ),
    );
  });
});
