import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Basket, type BasketAction, changeBasket, emptyBasket, readBasket } from './basket.ts';

const play = (...actions: BasketAction[]): Basket => actions.reduce(changeBasket, emptyBasket('key-1'));

describe('the basket', () => {
  it('counts pieces of a good', () => {
    expect(play({ do: 'add', sku: 'a' }, { do: 'add', sku: 'b' }, { do: 'add', sku: 'a' }).lines).toEqual([
      { sku: 'a', quantity: 2 },
      { sku: 'b', quantity: 1 },
    ]);
  });

  it('drops a line at none, and brings back what was taken away', () => {
    const taken = play({ do: 'add', sku: 'a' }, { do: 'add', sku: 'b' }, { do: 'change', sku: 'a', by: -1 });
    expect(taken.lines).toEqual([{ sku: 'b', quantity: 1 }]);
    expect(changeBasket(taken, { do: 'undo' }).lines).toEqual([
      { sku: 'a', quantity: 1 },
      { sku: 'b', quantity: 1 },
    ]);
    expect(changeBasket(changeBasket(taken, { do: 'clear' }), { do: 'undo' }).lines).toEqual(taken.lines);
  });

  it('keeps the key of its sale until the next one', () => {
    expect(
      play({ do: 'add', sku: 'a' }, { do: 'phone', phone: '+79000000001' }, { do: 'clear' }).saleKey,
    ).toBe('key-1');
    expect(play({ do: 'add', sku: 'a' }, { do: 'next', saleKey: 'key-2' })).toEqual(emptyBasket('key-2'));
  });

  it('forgets the buyer’s phone with his goods, and brings both back', () => {
    const rungUp = play({ do: 'add', sku: 'a' }, { do: 'phone', phone: '+79000000001' });
    const cleared = changeBasket(rungUp, { do: 'clear' });
    expect(cleared).toMatchObject({ lines: [], phone: null });
    expect(changeBasket(cleared, { do: 'undo' })).toEqual(rungUp);
  });

  it('keeps goods and phone for another try when a sale did not come about', () => {
    const rungUp = play({ do: 'add', sku: 'a' }, { do: 'phone', phone: '+79000000001' });
    expect(changeBasket(rungUp, { do: 'again', saleKey: 'key-2' })).toEqual({ ...rungUp, saleKey: 'key-2' });
  });

  it('holds whole, positive quantities whatever is pressed, and is read back as it was kept', () => {
    const action = fc.oneof(
      fc.record({ do: fc.constant('add' as const), sku: fc.constantFrom('a', 'b', 'c') }),
      fc.record({
        do: fc.constant('change' as const),
        sku: fc.constantFrom('a', 'b', 'c'),
        by: fc.integer({ min: -3, max: 3 }),
      }),
      fc.constant({ do: 'clear' as const }),
      fc.constant({ do: 'undo' as const }),
    );
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        const basket = play(...actions);
        expect(basket.lines.every(({ quantity }) => Number.isInteger(quantity) && quantity > 0)).toBe(true);
        expect(readBasket(JSON.stringify(basket))?.lines).toEqual(basket.lines);
      }),
    );
  });

  it.each([null, 'x', '{}', '{"saleKey":"k","lines":[{"sku":1}]}'])('takes %j for no basket', (text) => {
    expect(readBasket(text)).toBeUndefined();
  });
});
