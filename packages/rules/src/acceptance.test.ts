import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AcceptanceInput, decideAcceptance } from './acceptance.ts';

const nowMs = Date.UTC(2026, 10, 24, 9);
const good: AcceptanceInput = {
  nowMs,
  mode: 'offline',
  card: { maskedPan: '400000******0002', expiry: '2812', serviceCode: '201' },
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
  readerKey: { keyId: 'b17a000000000001', isOpened: true },
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
      'reader-key',
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
    ['reader-key-unknown', { readerKey: { keyId: 'b17a000000000001', isOpened: false } }],
    ['expired-card', { card: { maskedPan: '400000******0002', expiry: '2610', serviceCode: '201' } }],
    [
      'offline-not-permitted',
      { card: { maskedPan: '400000******0002', expiry: '2812', serviceCode: '221' } },
    ],
    [
      'offline-not-permitted',
      { card: { maskedPan: '400000******0002', expiry: '2812', serviceCode: '204' } },
    ],
    [
      'offline-not-permitted',
      { card: { maskedPan: '400000******0002', expiry: '2812', serviceCode: '901' } },
    ],
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
    const readerKey = { keyId: 'b17a000000000001', isOpened: false };
    expect(decideAcceptance({ ...good, mode: 'online', readerKey }).accepted).toBe(true);
    expect(decideAcceptance({ ...good, mode: 'online', stopList: { listed: true, ageMs: 0 } }).reason).toBe(
      'stop-listed',
    );
    expect(
      decideAcceptance({
        ...good,
        mode: 'online',
        card: { maskedPan: '400000******0002', expiry: '2001', serviceCode: '201' },
      }).reason,
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

describe('a card whose month is over', () => {
  const at = (date: string, mode: 'offline' | 'online', maskedPan: string): boolean =>
    decideAcceptance({
      ...good,
      mode,
      nowMs: Date.parse(date),
      card: { maskedPan, expiry: '2610', serviceCode: '201' },
    }).accepted;
  const mir = '220220******1234';

  it('goes to the issuer if it is Мир’s, and is taken offline until 2030', () => {
    expect(at('2026-11-24T09:00:00Z', 'online', mir)).toBe(true);
    expect(at('2026-11-24T09:00:00Z', 'offline', mir)).toBe(true);
    expect(at('2029-12-31T20:59:59Z', 'offline', mir)).toBe(true);
    expect(at('2029-12-31T21:00:00Z', 'offline', mir)).toBe(false);
    expect(at('2035-01-01T00:00:00Z', 'online', mir)).toBe(true);
  });

  it('is not taken if another scheme’s', () => {
    for (const maskedPan of ['400000******0002', '510000******0008', '600000******0007'])
      for (const mode of ['offline', 'online'] as const)
        expect(at('2026-11-24T09:00:00Z', mode, maskedPan)).toBe(false);
  });
});
