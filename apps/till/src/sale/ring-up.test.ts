import type { Problem } from '@bivak/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCatalogue } from './catalogue.ts';
import { contentsOf, maxSaleMinor, ringUp } from './ring-up.ts';

const catalogue = parseCatalogue(`sku;barcode;name_ru;name_en;category_ru;category_en;price_rub;vat;color
TEA;2000001001011;Чай;Tea;Н;D;120,00;22;#8a4b2a
DIAMOND;2000001001028;Бриллиант;Diamond;Н;D;1000000;22;#ffffff
LONG;2000001001035;${'Я'.repeat(128)};Long;Н;D;1;22;#ffffff
`);
const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
  } catch (error) {
    return (error as Problem).code;
  }
};

describe('ringing up', () => {
  it('prices each item and the whole', () => {
    expect(ringUp([{ sku: 'TEA', quantity: 3 }], catalogue)).toEqual({
      lineItems: [
        { sku: 'TEA', name: 'Чай', quantity: 3, priceMinor: 12_000, sumMinor: 36_000, vatRate: '22' },
      ],
      totalMinor: 36_000,
    });
  });

  it.each([
    ['unknown-sku', [{ sku: 'NO', quantity: 1 }]],
    ['bad-quantity', [{ sku: 'TEA', quantity: 0 }]],
    ['bad-quantity', [{ sku: 'TEA', quantity: -2 }]],
    ['bad-quantity', [{ sku: 'TEA', quantity: 0.5 }]],
    ['sum-overflow', [{ sku: 'DIAMOND', quantity: Number.MAX_SAFE_INTEGER }]],
    ['sum-overflow', [{ sku: 'DIAMOND', quantity: 10_000 }]],
    ['sum-overflow', Array.from({ length: 3 }, () => ({ sku: 'DIAMOND', quantity: 4_000 }))],
    ['sale-too-long', Array.from({ length: 145 }, () => ({ sku: 'LONG', quantity: 1 }))],
  ])('refuses by name: %s', (code, items) => {
    expect(codeOf(() => ringUp(items, catalogue))).toBe(code);
  });

  it('gives the exact sum, or says that it overflows', () => {
    const items = fc.array(
      fc.record({ sku: fc.constantFrom('TEA', 'DIAMOND'), quantity: fc.integer({ min: 1, max: 10_000 }) }),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(
      fc.property(items, (list) => {
        const exact = list.reduce(
          (total, { sku, quantity }) =>
            total + BigInt(catalogue.bySku.get(sku)!.priceMinor) * BigInt(quantity),
          0n,
        );
        if (exact > BigInt(maxSaleMinor)) expect(codeOf(() => ringUp(list, catalogue))).toBe('sum-overflow');
        else expect(BigInt(ringUp(list, catalogue).totalMinor)).toBe(exact);
      }),
    );
  });
});

describe('the contents of a sale', () => {
  const tea = { sku: 'TEA', quantity: 2 };
  it('are the same in whatever order', () => {
    const milk = { sku: 'MILK', quantity: 1 };
    const one = contentsOf({ items: [tea, milk], tender: 'card' });
    expect(contentsOf({ items: [milk, tea], tender: 'card', contact: null })).toBe(one);
  });

  it('differ in items, quantity, tender and contact', () => {
    const all: Parameters<typeof contentsOf>[0][] = [
      { items: [tea], tender: 'card' },
      { items: [tea], tender: 'cash' },
      { items: [{ ...tea, quantity: 3 }], tender: 'card' },
      { items: [{ ...tea, sku: 'MILK' }], tender: 'card' },
      { items: [tea], tender: 'card', contact: { phone: '+79001234567' } },
    ];
    expect(new Set(all.map(contentsOf)).size).toBe(all.length);
  });
});
