import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BookLine, readBooks } from './books.ts';

const line = (kind: BookLine['kind'], stan: string, change: Partial<BookLine> = {}): BookLine => ({
  bankId: 'north',
  kind,
  amountMinor: 500,
  stan,
  rrn: `6329${stan}`,
  ...change,
});
const standing = (lines: BookLine[], attempts: Parameters<typeof readBooks>[1] = []) => {
  const reading = readBooks(500, attempts, lines);
  return reading.isClear ? reading.standing.map(({ bankId, stan }) => `${bankId} ${stan}`) : reading.cause;
};

describe('the banks’ books about a payment', () => {
  it('say which debits stand', () => {
    expect(standing([])).toEqual([]);
    expect(standing([line('debit', '1')])).toEqual(['north 1']);
    expect(standing([line('debit', '1'), line('reversal', '1')])).toEqual([]);
    expect(
      standing([line('debit', '1'), line('reversal', '1'), line('debit', '7', { bankId: 'volga' })]),
    ).toEqual(['volga 7']);
    expect(standing([line('debit', '1'), line('debit', '2')])).toEqual(['north 1', 'north 2']);
  });

  it('count a refund for a debit at its bank, last for one that is known to be approved', () => {
    expect(standing([line('debit', '1'), line('refund', '9')])).toEqual([]);
    const approved = { bankId: 'north', stan: '1', rrn: '63291', state: 'approved' } as const;
    const lines = [line('debit', '1'), line('debit', '2'), line('refund', '9')];
    expect(standing(lines, [approved])).toEqual(['north 1']);
  });

  it('are not clear if sums are others, or an approval is not in them', () => {
    expect(standing([line('debit', '1', { amountMinor: 400 })])).toBe('other-sum');
    expect(standing([line('reversal', '1')])).toBe('other-sum');
    expect(standing([line('refund', '1')])).toBe('other-sum');
    const approved = { bankId: 'north', stan: '5', rrn: '63295', state: 'approved' } as const;
    expect(standing([line('debit', '1')], [approved])).toBe('approval-not-found');
    expect(standing([line('debit', '1')], [{ ...approved, state: 'unknown' }])).toEqual(['north 1']);
  });

  it('never let more stand than has moved', () => {
    const anyLine = fc.record({
      bankId: fc.constantFrom('north', 'volga'),
      kind: fc.constantFrom('debit' as const, 'reversal' as const, 'refund' as const),
      amountMinor: fc.constantFrom(500, 500, 500, 100),
      stan: fc.constantFrom('1', '2', '3'),
      rrn: fc.constant('r'),
    });
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 8 }), (lines) => {
        const reading = readBooks(500, [], lines);
        if (!reading.isClear) return;
        const net = lines.reduce(
          (sum, { kind, amountMinor }) => sum + (kind === 'debit' ? amountMinor : -amountMinor),
          0,
        );
        expect(reading.standing.length * 500).toBe(net);
      }),
    );
  });
});
