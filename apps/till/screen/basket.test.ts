import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Basket, type BasketAction, changeBasket, emptyBasket, readBasket } from './basket.ts';

const play = (...actions: BasketAction[]): Basket => actions.reduce(changeBasket, emptyBasket('key-1'));

describe('the basket', () => {
  it('counts pieces of an item', () => {
    expect(play({ do: 'add', sku: 'a' }, { do: 'add', sku: 'b' }, { do: 'add', sku: 'a' }).items).toEqual([
      { sku: 'a', quantity: 2 },
      { sku: 'b', quantity: 1 },
    ]);
  });

  it('drops an item at none, and brings back what was taken away', () => {
    const taken = play({ do: 'add', sku: 'a' }, { do: 'add', sku: 'b' }, { do: 'change', sku: 'a', by: -1 });
    expect(taken.items).toEqual([{ sku: 'b', quantity: 1 }]);
    expect(changeBasket(taken, { do: 'undo' }).items).toEqual([
      { sku: 'a', quantity: 1 },
      { sku: 'b', quantity: 1 },
    ]);
    expect(changeBasket(changeBasket(taken, { do: 'clear' }), { do: 'undo' }).items).toEqual(taken.items);
  });

  it('keeps the key of its sale until the next one', () => {
    expect(
      play({ do: 'add', sku: 'a' }, { do: 'phone', phone: '+79000000001' }, { do: 'clear' }).saleKey,
    ).toBe('key-1');
    expect(play({ do: 'add', sku: 'a' }, { do: 'next', saleKey: 'key-2' })).toEqual(emptyBasket('key-2'));
  });

  it('forgets the buyer’s phone with the items, and brings both back', () => {
    const rungUp = play({ do: 'add', sku: 'a' }, { do: 'phone', phone: '+79000000001' });
    const cleared = changeBasket(rungUp, { do: 'clear' });
    expect(cleared).toMatchObject({ items: [], phone: null });
    expect(changeBasket(cleared, { do: 'undo' })).toEqual(rungUp);
  });

  it('keeps items and phone for another try if the sale was not made', () => {
    const rungUp = play({ do: 'add', sku: 'a' }, { do: 'phone', phone: '+79000000001' });
    expect(changeBasket(rungUp, { do: 'again', saleKey: 'key-2' })).toEqual({ ...rungUp, saleKey: 'key-2' });
  });

  it('holds whole, positive quantities whatever is pressed, and is read back as it was stored', () => {
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
        expect(basket.items.every(({ quantity }) => Number.isInteger(quantity) && quantity > 0)).toBe(true);
        expect(readBasket(JSON.stringify(basket))?.items).toEqual(basket.items);
      }),
    );
  });

  it.each([null, 'x', '{}', '{"saleKey":"k","items":[{"sku":1}]}'])('takes %j for no basket', (text) => {
    expect(readBasket(text)).toBeUndefined();
  });
});
